namespace HttpCaching;

/// <summary>
/// Requests that share an exchange with the origin, in this process and among several. See <see cref="HttpCacheOptions.Collapsing"/>;
/// <see cref="HttpCacheOptions.CollapseRequests"/> switches all of it.
/// </summary>
public sealed class HttpCacheCollapsingOptions
{
    internal HttpCacheCollapsingOptions()
    {
    }

    /// <summary>Let this many requests wait for one response; further ones ask the origin themselves. Default: 10,000.</summary>
    public int MaximumWaiters { get; set; } = 10_000;

    /// <summary>
    /// Wait this long for the response head of another request before asking the origin, and join a body that has not moved for no longer than this. Default: 5 s.
    /// The wait counts against <see cref="HttpClient.Timeout"/>: if the response can't be shared after all, a request needs this wait and an exchange of its own.
    /// Keep the sum of both below the timeout.
    /// </summary>
    public TimeSpan MaximumWait { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Agree by this with other processes on which of them asks the origin for a response that none of them has; the others wait until it is stored. Default: none, and
    /// each process asks for itself. It needs a store that the processes share.
    /// </summary>
    public IHttpCacheFlights? Flights { get; set; }

    /// <summary>
    /// Wait this long for the exchange of another process (see <see cref="Flights"/>) before asking the origin. Default: 4 s. Keep it below <see cref="MaximumWait"/>.
    /// </summary>
    public TimeSpan MaximumFlightWait { get; set; } = TimeSpan.FromSeconds(4);
}
