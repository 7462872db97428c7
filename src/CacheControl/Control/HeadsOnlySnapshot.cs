using System.Collections.Immutable;

namespace HttpCaching.Control;

/// <summary>The heads and the stamp of a snapshot, for work that pins no body.</summary>
/// <param name="original">The snapshot; may be disposed before this one.</param>
internal sealed class HeadsOnlySnapshot(HttpCacheSnapshot original) : HttpCacheSnapshot
{
    public override ImmutableArray<StoredResponse> Responses { get; } = original.Responses;

    public override long Stamp { get; } = original.Stamp;

    public override ValueTask<StoredBody> OpenBodyAsync(StoredResponse response, CancellationToken cancellationToken) =>
        ValueTask.FromException<StoredBody>(new IOException("Only the heads were kept."));
}
