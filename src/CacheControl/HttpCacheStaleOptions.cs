namespace HttpCaching;

/// <summary>Stale responses: when they are served, and validations in the background. See <see cref="HttpCacheOptions.Stale"/>.</summary>
public sealed class HttpCacheStaleOptions
{
    internal HttpCacheStaleOptions()
    {
    }

    /// <summary>
    /// Serve any stale response if the origin can't be reached, unless the response forbids that (RFC 9111 §4.2.4). Default: false. Switch it on for programs that
    /// work offline.
    /// </summary>
    public bool WhenDisconnected { get; set; }

    /// <summary>
    /// Serve stale responses with s-maxage from a shared cache too, as many CDNs do. Default: false, since the RFC forbids it (§5.2.2.10).
    /// </summary>
    public bool WithSharedMaxAge { get; set; }

    /// <summary>
    /// Leave the origin alone for this long after a stale response was served because it failed (see <see cref="HttpCacheOptions.StaleIfError"/>). Default: zero. Raise
    /// it if every request would wait for an origin that is down.
    /// </summary>
    public TimeSpan FailedValidationPause { get; set; }

    /// <summary>Return 504 instead of throwing if validation fails and the response must not be served stale. Default: false. Switch it on in gateways.</summary>
    public bool GatewayTimeoutOnFailure { get; set; }

    /// <summary>End a validation in the background after this time. Default: 60 s.</summary>
    public TimeSpan BackgroundTimeout { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// Keep stale responses for this long in stores while they can still be validated, and stale parts while they can still be completed. Default: 30 days. Lower it if
    /// the store fills with responses that are not asked for again.
    /// </summary>
    public TimeSpan Retention { get; set; } = TimeSpan.FromDays(30);
}
