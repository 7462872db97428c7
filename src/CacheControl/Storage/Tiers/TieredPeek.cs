namespace HttpCaching.Storage.Tiers;

/// <summary>The front's responses for a tool, with the last uses of both stores.</summary>
/// <param name="front">The view of the front.</param>
/// <param name="confirmed">Its last confirmation.</param>
/// <param name="back">The view of the back; null if it could not be looked into.</param>
internal sealed class TieredPeek(HttpCacheSnapshot front, Confirmation confirmed, HttpCacheSnapshot? back) : TieredSnapshot(front, confirmed)
{
    private readonly HttpCacheSnapshot _front = front;

    /// <inheritdoc/>
    /// <remarks>If the back can't tell, the front can't either: it knows only the uses of this process.</remarks>
    public override DateTimeOffset? LastUseOf(StoredResponse response) =>
        back?.LastUseOf(response) is { } last ? _front.LastUseOf(response) is { } use && use > last ? use : last : null;

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        back?.Dispose();
    }
}
