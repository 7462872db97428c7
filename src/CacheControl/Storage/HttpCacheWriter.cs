namespace HttpCaching.Storage;

/// <summary>
/// A response that is being stored. One caller uses it at a time. Disposing it without a commit abandons the response and leaves nothing behind.
/// </summary>
public abstract class HttpCacheWriter : IDisposable
{
    /// <summary>Adds bytes to the body.</summary>
    /// <param name="data">The bytes; valid only during the call.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>False if the store refuses the response, for example because it is too large. The caller then disposes the writer.</returns>
    public abstract ValueTask<bool> WriteAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken);

    /// <summary>
    /// Makes the response visible in one step. It replaces the stored response with the same <see cref="StoredResponse.Variant"/>.
    /// </summary>
    /// <param name="commit">The head and the conditions.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>
    /// False if the response was not stored. Either a removal after the snapshot covers it, or another writer has in the meantime stored
    /// a newer response of the variant.
    /// </returns>
    public abstract ValueTask<bool> CommitAsync(StoreCommit commit, CancellationToken cancellationToken);

    /// <summary>
    /// Opens the bytes written so far for reading, while writing goes on: a body whose <see cref="StoredBody.Length"/> grows with the writes. Other callers then read
    /// the response that is still arriving, and no second copy is needed for them.
    /// </summary>
    /// <remarks>
    /// Any thread may call this, also during a write. A reader asks only for bytes whose write has ended. The body stays readable until it is disposed,
    /// even if the response is committed, refused or abandoned. If a store can't promise that, it does not override this method.
    /// </remarks>
    /// <returns>The body, which the caller disposes; <see langword="null"/> if the written bytes can't be read, or can no longer be read.</returns>
    public virtual StoredBody? OpenWritten() => null;

    /// <summary>Abandons the response if it was not committed.</summary>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Abandons the response if it was not committed.</summary>
    /// <param name="disposing">True when called from <see cref="Dispose()"/>.</param>
    protected abstract void Dispose(bool disposing);
}
