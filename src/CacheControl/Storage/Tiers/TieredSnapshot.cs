using System.Collections.Immutable;
using CacheControl.Model;

namespace CacheControl.Storage.Tiers;

/// <summary>What the front shows, with the stamp of the back, which is where commits are judged.</summary>
internal sealed class TieredSnapshot(HttpCacheSnapshot front, long stamp) : HttpCacheSnapshot
{
    /// <inheritdoc/>
    public override ImmutableArray<StoredResponse> Responses => front.Responses;

    /// <inheritdoc/>
    public override long Stamp => stamp;

    /// <inheritdoc/>
    public override ValueTask<StoredBody> OpenBodyAsync(StoredResponse response, CancellationToken cancellationToken) =>
        front.OpenBodyAsync(response, cancellationToken);

    /// <inheritdoc/>
    protected override void Dispose(bool disposing) => front.Dispose();
}
