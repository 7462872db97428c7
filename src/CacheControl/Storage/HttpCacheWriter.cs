namespace HttpCaching.Storage;

/// <summary>
/// A response that is being stored. Used by one caller at a time. Disposing it without a commit abandons it and leaves nothing behind.
/// </summary>
public abstract class HttpCacheWriter : IDisposable
{
    /// <summary>Adds bytes to the body.</summary>
    /// <param name="data">The bytes; valid only during the call.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>False if the store won't take the response after all (too large, say); the caller then disposes the writer.</returns>
    public abstract ValueTask<bool> WriteAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken);

    /// <summary>
    /// Makes the response visible, all at once. It takes the place of the stored response with the same <see cref="StoredResponse.Variant"/>.
    /// </summary>
    /// <param name="commit">The head and the conditions.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>
    /// False if the response was not stored: a removal after the snapshot was read would have taken it, or another writer has stored
    /// a newer response of the variant since.
    /// </returns>
    public abstract ValueTask<bool> CommitAsync(StoreCommit commit, CancellationToken cancellationToken);

    /// <summary>
    /// Opens what has been written so far for reading, while writing goes on: a body whose <see cref="StoredBody.Length"/> grows with the writes. Others then read
    /// the response that is still arriving, and nobody has to keep a second copy for them.
    /// </summary>
    /// <remarks>
    /// Called by any thread, also while a write is under way; a reader asks only for bytes whose write has ended. The body stays readable until it is disposed,
    /// whatever becomes of the writer: committed, refused or abandoned. A store that can't hold to that leaves this as it is.
    /// </remarks>
    /// <returns>The body; the caller disposes it. <see langword="null"/> if what was written can't be read, or no more.</returns>
    public virtual StoredBody? OpenWritten() => null;

    /// <summary>Abandons what was not committed.</summary>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Abandons what was not committed.</summary>
    /// <param name="disposing">True when called from <see cref="Dispose()"/>.</param>
    protected abstract void Dispose(bool disposing);
}
