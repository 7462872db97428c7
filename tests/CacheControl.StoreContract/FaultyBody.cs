
namespace HttpCaching.StoreContract;

/// <summary>A body of a <see cref="FaultyStore"/>.</summary>
internal sealed class FaultyBody(FaultyStore store, StoredBody inner, bool isOfOtherLength) : StoredBody
{
    /// <inheritdoc/>
    public override long Length => isOfOtherLength ? inner.Length / 2 : inner.Length;

    /// <inheritdoc/>
    public override async ValueTask<int> ReadAsync(long offset, Memory<byte> buffer, CancellationToken cancellationToken) =>
        await store.EnterAsync(StoreCall.ReadBody, cancellationToken).ConfigureAwait(false) is not null
            ? 0
            : await inner.ReadAsync(offset, Limit(offset, buffer), cancellationToken).ConfigureAwait(false);

    /// <inheritdoc/>
    public override int Read(long offset, Span<byte> buffer) =>
        store.Enter(StoreCall.ReadBody) is not null ? 0 : inner.Read(offset, buffer[..(int)Math.Clamp(Length - offset, 0, buffer.Length)]);

    /// <inheritdoc/>
    protected override void Dispose(bool disposing) => inner.Dispose();

    private Memory<byte> Limit(long offset, Memory<byte> buffer) => buffer[..(int)Math.Clamp(Length - offset, 0, buffer.Length)];
}
