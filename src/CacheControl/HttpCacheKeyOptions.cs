namespace HttpCaching;

/// <summary>The requests that may share a stored response: keys and variants. See <see cref="HttpCacheOptions.Keys"/>.</summary>
public sealed class HttpCacheKeyOptions
{
    internal HttpCacheKeyOptions()
    {
    }

    /// <summary>
    /// Add this function's result to the key of a request (RFC 9111 §2). Default: none. It runs for every request, so it must be fast. If it throws, the request bypasses
    /// the cache.
    /// </summary>
    public Func<HttpRequestMessage, string?>? Material { get; set; }

    /// <summary>Add the values of these request fields to the key, such as <c>Origin</c>. Default: none. Name the fields that an origin heeds without a Vary.</summary>
    public IList<string> Fields { get; } = [];

    /// <summary>
    /// Hash credentials in keys and in what is stored with this secret of 16 bytes or more. Default: random for each process, so that after a restart the stored
    /// responses to requests with credentials are not found. Set it for stores that outlive a process or that several share.
    /// </summary>
    public byte[]? HashKey { get; set; }

    /// <summary>
    /// Expect that a handler below the cache adds these request fields unseen, such as the cookies of a cookie container. A response whose Vary names one is not reused
    /// for requests without it. Default: <c>Cookie</c>.
    /// </summary>
    public IList<string> FieldsAddedBelow { get; } = ["Cookie"];

    /// <summary>Treat <c>de, en</c> and <c>en, de</c> in Accept-Language as different under Vary. Default: true. Switch it off for origins that ignore the order.</summary>
    public bool LanguageOrderIsSignificant { get; set; } = true;
}
