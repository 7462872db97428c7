using System.Collections.Immutable;

namespace HttpCaching.Storage;

/// <summary>
/// One consistent view of the stored responses of a key. A body opened from it stays readable until the snapshot is disposed,
/// even if other writers replace or remove the responses. The heads may be used without a limit in time.
/// </summary>
/// <remarks>
/// Concurrent readers may share an instance if <see cref="Dispose()"/> allows it, as in the memory store.
/// A caller disposes a snapshot once, and does not use it afterwards.
/// </remarks>
public abstract class HttpCacheSnapshot : IDisposable
{
    /// <summary>The stored responses under the key, newest commit first.</summary>
    public abstract ImmutableArray<StoredResponse> Responses { get; }

    /// <summary>
    /// An opaque mark of the removals that the store knew when this snapshot was read. A commit hands it back, so that
    /// a response requested before an invalidation isn't stored after it.
    /// </summary>
    public abstract long Stamp { get; }

    /// <summary>
    /// When a request last read one of <see cref="Responses"/>, or when it was stored if none has, in UTC. Only a snapshot of <see cref="IHttpCacheStore.PeekAsync"/> need tell it.
    /// </summary>
    /// <param name="response">An element of <see cref="Responses"/>.</param>
    /// <returns>The time; <see langword="null"/> if the store can't tell.</returns>
    public virtual DateTimeOffset? LastUseOf(StoredResponse response) => null;

    /// <summary>Whether <see cref="Dispose()"/> releases a pin, for the snapshot and for the bodies opened from it.</summary>
    internal virtual bool MustBeReleased => true;

    /// <summary>Opens a body that is in memory, and counts its use; null if that takes more.</summary>
    /// <param name="index">The place of its response in <see cref="Responses"/>.</param>
    /// <param name="now">The time now, by the clock of <see cref="IHttpCacheStoreAtOnce.Clock"/>.</param>
    /// <param name="mayLease">Whether the caller disposes the body after its last read, so that it may be one whose memory is given back then.</param>
    internal virtual StoredBody? OpenAtOnce(int index, uint now, bool mayLease = false) => null;

    /// <summary>Opens the body of one of <see cref="Responses"/>. Should complete synchronously when no I/O is needed.</summary>
    /// <param name="response">An element of <see cref="Responses"/>.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The body; the caller disposes it, before the snapshot.</returns>
    /// <exception cref="IOException">The body can't be read, is gone, or does not belong to the head.</exception>
    public abstract ValueTask<StoredBody> OpenBodyAsync(StoredResponse response, CancellationToken cancellationToken);

    /// <summary>Releases the pinned responses. Never throws.</summary>
    public void Dispose()
    {
        try
        {
            Dispose(disposing: true);
        }
        catch (Exception)
        {
            // Called where a response is given or given back: a fault of the release must not cost the response.
        }

        GC.SuppressFinalize(this);
    }

    /// <summary>Releases the pinned responses.</summary>
    /// <param name="disposing">True when called from <see cref="Dispose()"/>.</param>
    protected virtual void Dispose(bool disposing)
    {
    }
}
