using HttpCaching.Model;

namespace HttpCaching;

/// <summary>
/// What the cache did for one response: the parameters of Cache-Status (RFC 9211 §2), typed. <see cref="ToString"/> says it in one line. While a body is on its way into the
/// store, <see cref="Storing"/> is true; afterwards the same object tells whether the response is stored.
/// </summary>
public sealed record CacheStatus
{
    // No larger than it was without the caches upstream: a hit may not cost more.
    private readonly int _forwardStatus;

    /// <summary>Whether the response came from the cache without waiting for the origin (RFC 9211 §2.1).</summary>
    public bool Hit { get; init; }

    /// <summary>
    /// Whether the cache made the response itself because it had none: 504 to a request that only wanted a stored response, or 503 while the origin asked not to be asked.
    /// Such a response has no member of this cache in Cache-Status (RFC 9211 §2).
    /// </summary>
    public bool Generated { get; init; }

    /// <summary>
    /// What was found in the cache, by which the request went to the origin; <see cref="ForwardReason.None"/> if it did not (RFC 9211 §2.2).
    /// </summary>
    public ForwardReason Forward { get; init; }

    /// <summary>The status code that the origin answered with, if it differs from the response's (RFC 9211 §2.3).</summary>
    public int? ForwardStatus
    {
        get => _forwardStatus == 0 ? null : _forwardStatus;
        init => _forwardStatus = value ?? 0;
    }

    /// <summary>Remaining freshness, negative when stale, to whole seconds; <see langword="null"/> if it is not known (RFC 9211 §2.4).</summary>
    public TimeSpan? TimeToLive { get; init; }

    /// <summary>The current age of a stored response (RFC 9111 §4.2.3); <see langword="null"/> if the response did not come from the cache.</summary>
    public TimeSpan? Age { get; init; }

    /// <summary>Where the freshness lifetime comes from that <see cref="TimeToLive"/> is the rest of.</summary>
    public FreshnessSource Source { get; init; }

    /// <summary>
    /// Whether the response is stored (RFC 9211 §2.5). False while <see cref="Storing"/> is true, and for a response out of the store that was not changed there.
    /// </summary>
    public bool Stored => Outcome is { IsStored: true };

    /// <summary>Whether the response is being stored while its body is read. Once the body has ended, <see cref="Stored"/> or <see cref="NotStored"/> tells the result.</summary>
    public bool Storing => Outcome is { IsOpen: true };

    /// <summary>Why the origin's response is not stored; <see langword="null"/> if it is, if it is still being stored, or if the origin gave none.</summary>
    public NotStoredReason? NotStored => Outcome?.Reason;

    /// <summary>The largest response that the store takes, in bytes, if the response was too large; <see langword="null"/> if it was not, or if the store does not tell.</summary>
    public long? NotStoredLimit => Outcome?.Limit;

    /// <summary>Whether the request shared another one's exchange with the origin; <see langword="null"/> if that was not tried (RFC 9211 §2.6).</summary>
    public bool? Collapsed { get; init; }

    /// <summary>
    /// The cache key without its scope (RFC 9211 §2.7): the target URI without fragment and userinfo, of a hit that under which the response is stored.
    /// </summary>
    public string? Key { get; init; }

    /// <summary>The rule that decided (RFC 9211 §2.8).</summary>
    public CacheReason Reason { get; init; }

    /// <summary>
    /// The first field of Vary whose value in this request differs from that of the stored variants, by its name; <see langword="null"/> unless <see cref="Forward"/> is
    /// <see cref="ForwardReason.VaryMiss"/>.
    /// </summary>
    public string? VariedField { get; init; }

    /// <summary>
    /// Whether a response of the same URI was stored of late in another partition, that of other credentials say. It is never used for this request. Told only for
    /// <see cref="ForwardReason.UriMiss"/>, and only of what this process has stored.
    /// </summary>
    public bool IsInOtherPartition { get; init; }

    /// <summary>
    /// What caches nearer to the origin did for the response, from the origin to here: the members of Cache-Status with which it came, also after a hit, as they were stored then. Malformed
    /// members are left out. Parsed at the first call; never <see langword="null"/> (RFC 9211 §2).
    /// </summary>
    public IReadOnlyList<UpstreamCacheStatus> Upstream => Received?.Members ?? [];

    /// <summary>Whether the response was built from a stored one, with or without asking the origin.</summary>
    public bool FromCache => Hit || Reason is CacheReason.Validated or CacheReason.StaleIfError or CacheReason.Disconnected or CacheReason.SoftTimeout;

    /// <summary>What becomes of the storing; null if the origin's response, if there was one, is not the cache's to store.</summary>
    internal StoringOutcome? Outcome { get; init; }

    /// <summary>The members that the response came with; null for none. Set once, before the caller has the status.</summary>
    internal UpstreamCaches? Received { get; set; }

    /// <summary>The freshness lifetime, if <see cref="TimeToLive"/> is known.</summary>
    internal TimeSpan? Lifetime => TimeToLive + Age;

    /// <summary>One line that a person understands. Its wording may change; programs read the properties.</summary>
    public override string ToString() => CacheStatusText.Of(this);
}
