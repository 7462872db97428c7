namespace HttpCaching.Policy;

/// <summary>Why a request is not looked up. Two numbers, and not a whole decision: the place of one would have to be cleared on every hit.</summary>
/// <param name="Kind">What to do instead.</param>
/// <param name="Reason">The rule that decided.</param>
internal readonly record struct Admission(DecisionKind Kind, CacheReason Reason)
{
    /// <summary>The decision that it comes to.</summary>
    public Decision ToDecision() => new(Kind, Reason);
}
