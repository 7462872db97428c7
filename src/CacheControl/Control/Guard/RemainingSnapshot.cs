using System.Collections.Immutable;

namespace HttpCaching.Control.Guard;

/// <summary>Some of the responses of a snapshot.</summary>
/// <param name="inner">The snapshot.</param>
/// <param name="responses">Those of its responses.</param>
internal sealed class RemainingSnapshot(HttpCacheSnapshot inner, ImmutableArray<StoredResponse> responses) : HttpCacheSnapshot
{
    /// <inheritdoc/>
    public override ImmutableArray<StoredResponse> Responses => responses;

    /// <inheritdoc/>
    public override long Stamp => inner.Stamp;

    /// <inheritdoc/>
    public override DateTimeOffset? LastUseOf(StoredResponse response) => inner.LastUseOf(response);

    /// <inheritdoc/>
    public override ValueTask<StoredBody> OpenBodyAsync(StoredResponse response, CancellationToken cancellationToken) => inner.OpenBodyAsync(response, cancellationToken);

    /// <inheritdoc/>
    protected override void Dispose(bool disposing) => inner.Dispose();
}
