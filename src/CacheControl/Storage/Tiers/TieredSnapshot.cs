using System.Collections.Immutable;

namespace HttpCaching.Storage.Tiers;

/// <summary>The front's responses, with the stamp of the back, which judges commits. If the front can't open a body, it is opened from the back.</summary>
/// <param name="front">The view of the front.</param>
/// <param name="confirmed">Its last confirmation.</param>
internal class TieredSnapshot(HttpCacheSnapshot front, Confirmation confirmed) : HttpCacheSnapshot
{
    /// <inheritdoc/>
    public override ImmutableArray<StoredResponse> Responses => front.Responses;

    /// <inheritdoc/>
    public override long Stamp => confirmed.Stamp;

    /// <inheritdoc/>
    public override ValueTask<StoredBody> OpenBodyAsync(StoredResponse response, CancellationToken cancellationToken)
    {
        ValueTask<StoredBody> opening;
        try
        {
            opening = front.OpenBodyAsync(response, cancellationToken);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            opening = ValueTask.FromException<StoredBody>(exception);
        }

        return opening.IsCompletedSuccessfully ? opening : OpenAsync(opening, response, cancellationToken);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing) => front.Dispose();

    private async ValueTask<StoredBody> OpenAsync(ValueTask<StoredBody> opening, StoredResponse response, CancellationToken cancellationToken)
    {
        try
        {
            return await opening.ConfigureAwait(false);
        }
        catch (Exception) when (!cancellationToken.IsCancellationRequested)
        {
            return await OpenFromBackAsync(response, cancellationToken).ConfigureAwait(false);
        }
    }

    private async ValueTask<StoredBody> OpenFromBackAsync(StoredResponse response, CancellationToken cancellationToken)
    {
        var snapshot = await confirmed.Back.ReadAsync(confirmed.Key, cancellationToken).ConfigureAwait(false);
        try
        {
            var same = snapshot.Responses.FirstOrDefault(r => r.BodyId == response.BodyId)
                ?? throw new IOException("Neither the front nor the back still has the body.");
            return new HeldBody(await snapshot.OpenBodyAsync(same, cancellationToken).ConfigureAwait(false), snapshot);
        }
        catch
        {
            snapshot.Dispose();
            throw;
        }
    }

    /// <summary>A body with its own snapshot.</summary>
    private sealed class HeldBody(StoredBody body, HttpCacheSnapshot snapshot) : StoredBody
    {
        public override long Length => body.Length;

        public override bool IsImmediate => body.IsImmediate;

        public override ValueTask<int> ReadAsync(long offset, Memory<byte> buffer, CancellationToken cancellationToken) =>
            body.ReadAsync(offset, buffer, cancellationToken);

        public override int Read(long offset, Span<byte> buffer) => body.Read(offset, buffer);

        public override bool TryGetMemory(long offset, out ReadOnlyMemory<byte> segment) => body.TryGetMemory(offset, out segment);

        protected override void Dispose(bool disposing)
        {
            body.Dispose();
            snapshot.Dispose();
        }
    }
}
