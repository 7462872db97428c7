namespace HttpCaching;

/// <summary>The responses that a tool has removed or marked, or would with a preview.</summary>
/// <param name="Count">The number of responses; -1 if the store can't tell.</param>
/// <param name="First">The first hundred of them. Empty if the store has removed them without listing them.</param>
/// <param name="IsPreview">Whether nothing was changed.</param>
public sealed record CacheSelection(long Count, IReadOnlyList<CachedResponse> First, bool IsPreview)
{
    /// <summary>The number, and the first response if it is known.</summary>
    public override string ToString() =>
        $"{(Count < 0 ? "an unknown number of responses" : Count == 1 ? "1 response" : $"{Count} responses")}{(IsPreview ? ", unchanged" : string.Empty)}{(First is [var first, ..] ? $"; the first: {first}" : string.Empty)}";
}
