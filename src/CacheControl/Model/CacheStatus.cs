namespace HttpCaching;

/// <summary>What the cache did for one response: the parameters of Cache-Status (RFC 9211 §2), typed.</summary>
public sealed record CacheStatus
{
    /// <summary>Whether the response came from the cache without waiting for the origin (RFC 9211 §2.1).</summary>
    public bool Hit { get; init; }

    /// <summary>Why the request went to the origin; <see cref="ForwardReason.None"/> on a hit (RFC 9211 §2.2).</summary>
    public ForwardReason Forward { get; init; }

    /// <summary>The status code that the origin answered with, if it differs from the response's (RFC 9211 §2.3).</summary>
    public int? ForwardStatus { get; init; }

    /// <summary>Remaining freshness, negative when stale, to whole seconds; <see langword="null"/> if it is not known (RFC 9211 §2.4).</summary>
    public TimeSpan? TimeToLive { get; init; }

    /// <summary>Whether the response is stored, or will be once its body has been read to the end (RFC 9211 §2.5).</summary>
    public bool Stored { get; init; }

    /// <summary>Whether the request shared another one's exchange with the origin; <see langword="null"/> if that was not tried (RFC 9211 §2.6).</summary>
    public bool? Collapsed { get; init; }

    /// <summary>
    /// The cache key without its scope (RFC 9211 §2.7): the target URI without fragment and userinfo, of a hit that under which the response is stored.
    /// </summary>
    public string? Key { get; init; }

    /// <summary>The rule that decided (RFC 9211 §2.8).</summary>
    public CacheReason Reason { get; init; }

    /// <summary>Whether the response was built from what is stored, with or without asking the origin.</summary>
    public bool FromCache => Hit || Reason is CacheReason.Validated or CacheReason.StaleIfError or CacheReason.Disconnected or CacheReason.SoftTimeout;
}
