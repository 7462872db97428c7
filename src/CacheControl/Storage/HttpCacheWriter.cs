using CacheControl.Model;

namespace CacheControl.Storage;

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
    /// False if the response was not stored: its URI was invalidated after the snapshot was read, or another writer has stored
    /// a newer response of the variant since.
    /// </returns>
    public abstract ValueTask<bool> CommitAsync(StoreCommit commit, CancellationToken cancellationToken);

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
