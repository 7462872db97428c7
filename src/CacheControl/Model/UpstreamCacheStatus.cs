namespace HttpCaching;

/// <summary>
/// What a cache nearer to the origin did for a response: one member of Cache-Status as it was received (RFC 9211 §2). A parameter of another type than the RFC gives it counts as missing.
/// </summary>
/// <param name="Name">The name by which the cache calls itself.</param>
public sealed record UpstreamCacheStatus(string Name)
{
    /// <summary>Whether the response came from that cache (RFC 9211 §2.1).</summary>
    public bool Hit { get; init; }

    /// <summary>
    /// What that cache found, by which it forwarded the request; <see cref="ForwardReason.None"/> if it does not say, and <see cref="ForwardReason.Miss"/> if it says something that the RFC does not know
    /// (RFC 9211 §2.2).
    /// </summary>
    public ForwardReason Forward { get; init; }

    /// <summary>The status code of the next hop's answer; <see langword="null"/> if it is not told (RFC 9211 §2.3).</summary>
    public int? ForwardStatus { get; init; }

    /// <summary>The remaining freshness when that cache answered, negative when stale; <see langword="null"/> if it is not told (RFC 9211 §2.4).</summary>
    public TimeSpan? TimeToLive { get; init; }

    /// <summary>Whether that cache stored the response; <see langword="null"/> if it is not told (RFC 9211 §2.5).</summary>
    public bool? Stored { get; init; }

    /// <summary>Whether the request shared another one's exchange there; <see langword="null"/> if it is not told (RFC 9211 §2.6).</summary>
    public bool? Collapsed { get; init; }

    /// <summary>The cache key of that cache; <see langword="null"/> if it is not told (RFC 9211 §2.7).</summary>
    public string? Key { get; init; }

    /// <summary>More about it, in words of that cache; <see langword="null"/> if there is none (RFC 9211 §2.8).</summary>
    public string? Detail { get; init; }
}
