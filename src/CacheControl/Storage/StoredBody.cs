namespace HttpCaching.Storage;

/// <summary>
/// The body of a stored response, readable at any position by any number of readers at once. Never ends early: a read that can't return the
/// stored bytes throws. The cache disposes a body when its last read has ended; after a read that hung, that may be later than the end of its snapshot.
/// </summary>
public abstract class StoredBody : IDisposable
{
    /// <summary>A body of bytes that are in memory in one piece. Any number of readers may share it.</summary>
    /// <param name="bytes">The bytes; not copied, and not to be changed any more.</param>
    public static StoredBody Of(ReadOnlyMemory<byte> bytes) => new BytesBody(bytes);

    /// <summary>The number of bytes.</summary>
    public abstract long Length { get; }

    /// <summary>
    /// Whether every read ends before the call returns, as from memory or a local file. Reads of other bodies are limited in time, and go through a buffer of
    /// the cache's own, because a read that nobody waits for any more may still write to its buffer. Default: false.
    /// </summary>
    public virtual bool IsImmediate => false;

    /// <summary>Reads bytes from a position on.</summary>
    /// <param name="offset">Where to begin; between 0 and <see cref="Length"/>.</param>
    /// <param name="buffer">Where to put them.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>How many bytes were read; 0 only at the end of the body or for an empty buffer.</returns>
    /// <exception cref="IOException">The bytes are gone or damaged.</exception>
    public abstract ValueTask<int> ReadAsync(long offset, Memory<byte> buffer, CancellationToken cancellationToken);

    /// <summary>Reads bytes from a position on, blocking.</summary>
    /// <param name="offset">Where to begin; between 0 and <see cref="Length"/>.</param>
    /// <param name="buffer">Where to put them.</param>
    /// <returns>How many bytes were read; 0 only at the end of the body or for an empty buffer.</returns>
    /// <exception cref="IOException">The bytes are gone or damaged.</exception>
    public abstract int Read(long offset, Span<byte> buffer);

    /// <summary>Gives the bytes from a position on without copying, as far as they are in memory in one piece.</summary>
    /// <param name="offset">Where to begin.</param>
    /// <param name="segment">One or more bytes, if the answer is true. To be looked at only until the body is disposed: what lies there may be another's afterwards.</param>
    /// <returns>False if the body is not in memory, or at its end.</returns>
    public virtual bool TryGetMemory(long offset, out ReadOnlyMemory<byte> segment)
    {
        segment = default;
        return false;
    }

    /// <summary>Ends the waits of blocking reads that are under way, where the cache can do that: the content that reads has been disposed by another thread.</summary>
    internal virtual void EndReads()
    {
    }

    /// <summary>Releases the body. Never throws.</summary>
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

    /// <summary>Releases the body.</summary>
    /// <param name="disposing">True when called from <see cref="Dispose()"/>.</param>
    protected virtual void Dispose(bool disposing)
    {
    }
}
