namespace HttpCaching;

/// <summary>The responses that are stored, and how long the cache waits for the store. See <see cref="HttpCacheOptions.Store"/>.</summary>
public sealed class HttpCacheStorageOptions
{
    internal HttpCacheStorageOptions()
    {
    }

    /// <summary>Store, combine and complete parts of representations (RFC 9111 §3.3, §3.4). Default: true. Switch it off if ranges must come from the origin.</summary>
    public bool PartialResponses { get; set; } = true;

    /// <summary>
    /// Keep a body that broke off after at least this many bytes, so that the next request fetches only the rest (RFC 9111 §3.3, §3.4). Default: 1 MiB;
    /// <see langword="null"/> for never. The response needs a strong validator.
    /// </summary>
    public long? KeepIncompleteAbove { get; set; } = 1024 * 1024;

    /// <summary>Store responses to POST for later GET requests if they say so (RFC 9110 §9.3.3). Default: false.</summary>
    public bool Post { get; set; }

    /// <summary>
    /// Store responses with Set-Cookie in a shared cache even if neither public nor s-maxage opens them to it (RFC 9111 §7.3). Default: false, since such cookies are
    /// mostly one user's. A private cache stores them always, except redirects that set cookies.
    /// </summary>
    public bool SetCookie { get; set; }

    /// <summary>Choose the status codes whose responses are stored. Default: <see langword="null"/>, for all that RFC 9111 allows. If the function throws, the response is not stored.</summary>
    public Func<int, bool>? StatusFilter { get; set; }

    /// <summary>
    /// Go on without the store if one call takes longer than this. Default: 2 s. Keep it below <see cref="HttpClient.Timeout"/>: callers with less patience fail while a
    /// store hangs, until the cache leaves it alone (see <see cref="Pause"/>).
    /// </summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// Fail the caller's read if one read of a stored body takes longer than this: its head has been given, so it is too late to ask the origin. Default: 30 s. It counts
    /// for stores whose reads wait, not for memory and local files.
    /// </summary>
    public TimeSpan BodyTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Leave the store alone for this long after five faults in a row or one call that ran out of time. The pause doubles, up to a minute, each time the store fails
    /// again. Default: 5 s.
    /// </summary>
    public TimeSpan Pause { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Write removals that the store has still to carry out into this local directory, one file for each process. If the process ends or is killed, the next one with the same
    /// directory and the same name of the cache (its client's) carries them out. All caches of one name there need the same store. URIs lie in the directory in the clear.
    /// Default: <see langword="null"/>, and pending removals end with the process. Set it for a store on another machine.
    /// </summary>
    public string? PendingRemovalsDirectory { get; set; }
}
