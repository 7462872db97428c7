using System.Collections.Immutable;

namespace HttpCaching.Storage;

/// <summary>
/// One consistent view of what is stored under a key. A body opened from it stays readable until the snapshot is disposed,
/// whatever other writers do meanwhile. The heads may be used for ever.
/// </summary>
/// <remarks>
/// Instances may be shared by concurrent readers if <see cref="Dispose()"/> allows for it (the memory store does so):
/// callers use a snapshot only until they have disposed it, once.
/// </remarks>
public abstract class HttpCacheSnapshot : IDisposable
{
    /// <summary>The stored responses under the key, newest commit first.</summary>
    public abstract ImmutableArray<StoredResponse> Responses { get; }

    /// <summary>
    /// What the store knew of invalidations when this snapshot was read: an opaque mark that a commit hands back, so that
    /// a response requested before an invalidation isn't stored after it.
    /// </summary>
    public abstract long Stamp { get; }

    /// <summary>Whether something is pinned that <see cref="Dispose()"/> releases, for the snapshot and the bodies opened from it alike.</summary>
    internal virtual bool MustBeReleased => true;

    /// <summary>Opens the body of one of <see cref="Responses"/>. Should complete synchronously when no I/O is needed.</summary>
    /// <param name="response">An element of <see cref="Responses"/>.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The body; the caller disposes it, before the snapshot.</returns>
    /// <exception cref="IOException">The body can't be read, is gone or is not the one that the head belongs to.</exception>
    public abstract ValueTask<StoredBody> OpenBodyAsync(StoredResponse response, CancellationToken cancellationToken);

    /// <summary>Releases what the snapshot pins. Never throws.</summary>
    public void Dispose()
    {
        try
        {
            Dispose(disposing: true);
        }
        catch (Exception)
        {
            // Called where a response is given or given back: what a store can't release must not cost the response.
        }

        GC.SuppressFinalize(this);
    }

    /// <summary>Releases what the snapshot pins.</summary>
    /// <param name="disposing">True when called from <see cref="Dispose()"/>.</param>
    protected virtual void Dispose(bool disposing)
    {
    }
}
