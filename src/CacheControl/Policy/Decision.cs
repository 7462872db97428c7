using System.Collections.Immutable;

namespace HttpCaching.Policy;

/// <summary>What to do with a request, before the network.</summary>
internal enum DecisionKind : byte
{
    /// <summary>Answer with the stored response.</summary>
    Serve,

    /// <summary>Ask the origin whether the nominated stored responses are still good; without a validator this is a plain fetch that may fall back on them.</summary>
    Validate,

    /// <summary>Ask the origin for the part of the representation that is missing (RFC 9111 §3.3).</summary>
    Complete,

    /// <summary>Ask the origin; the response may be stored.</summary>
    Forward,

    /// <summary>Ask the origin; stored responses are neither used nor replaced.</summary>
    Bypass,

    /// <summary>Only a stored response was wanted and none can be used: 504 (RFC 9111 §5.2.1.7).</summary>
    Unsatisfiable,
}

/// <summary>A decision and why it was made. A small value: a hit allocates nothing for it.</summary>
/// <param name="Kind">What to do.</param>
/// <param name="Reason">The rule that decided.</param>
/// <param name="Stored">The selected stored response, if there is one.</param>
/// <param name="Age">Its current age.</param>
/// <param name="ValidateInBackground">Whether to validate it once it has been served (RFC 5861 §3).</param>
internal readonly record struct Decision(
    DecisionKind Kind, CacheReason Reason, StoredResponse? Stored = null, TimeSpan Age = default, bool ValidateInBackground = false)
{
    /// <summary>The stored responses whose validators the request offers to the origin, the selected one first.</summary>
    public ImmutableArray<StoredResponse> Nominated { get; init; } = [];

    /// <summary>The name of the field by which the request differs from all stored variants; null unless variants are stored and none fits.</summary>
    public string? VariedField { get; init; }

    /// <summary>Why the request is forwarded, by what the lookup found, in the words of RFC 9211.</summary>
    public ForwardReason Forward => Kind switch
    {
        DecisionKind.Serve or DecisionKind.Unsatisfiable => ForwardReason.None,
        DecisionKind.Complete => ForwardReason.Partial,
        DecisionKind.Bypass => Reason is CacheReason.Method ? ForwardReason.Method : ForwardReason.Bypass,
        _ => Reason switch
        {
            CacheReason.Method => ForwardReason.Method,
            CacheReason.Miss => VariedField is null ? ForwardReason.UriMiss : ForwardReason.VaryMiss,
            CacheReason.Reload or CacheReason.RequestNoCache or CacheReason.RequestMaxAge or CacheReason.RequestMinFresh => ForwardReason.Request,
            CacheReason.Incomplete => ForwardReason.Partial,
            CacheReason.StoreUnavailable => ForwardReason.Miss,
            CacheReason.StatePrecondition or CacheReason.RangeNotServed => ForwardReason.Bypass,
            _ => ForwardReason.Stale,
        },
    };
}
