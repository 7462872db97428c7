namespace HttpCaching.Storage;

/// <summary>
/// The body of a stored response. Any number of readers may read it at any position at the same time. It never ends early: if a read can't return the
/// stored bytes, it throws. The cache disposes a body after its last read has ended. If a read hung, that may be later than the end of the snapshot.
/// </summary>
public abstract class StoredBody : IDisposable
{
    /// <summary>Creates a body from bytes that are in memory in one piece. Any number of readers may share it.</summary>
    /// <param name="bytes">The bytes. They are not copied, and the caller must not change them.</param>
    public static StoredBody Of(ReadOnlyMemory<byte> bytes) => new BytesBody(bytes);

    /// <summary>The number of bytes.</summary>
    public abstract long Length { get; }

    /// <summary>
    /// Whether every read ends before the call returns, as from memory or a local file. For other bodies the cache limits the time of each read, and reads into a buffer of
    /// its own, because an abandoned read may still write to its buffer. Default: false.
    /// </summary>
    public virtual bool IsImmediate => false;

    /// <summary>Reads bytes from a position on.</summary>
    /// <param name="offset">The first byte; between 0 and <see cref="Length"/>.</param>
    /// <param name="buffer">The destination.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The number of bytes read; 0 only at the end of the body or for an empty buffer.</returns>
    /// <exception cref="IOException">The bytes are gone or damaged.</exception>
    public abstract ValueTask<int> ReadAsync(long offset, Memory<byte> buffer, CancellationToken cancellationToken);

    /// <summary>Reads bytes from a position on. Blocks until the read ends.</summary>
    /// <param name="offset">The first byte; between 0 and <see cref="Length"/>.</param>
    /// <param name="buffer">The destination.</param>
    /// <returns>The number of bytes read; 0 only at the end of the body or for an empty buffer.</returns>
    /// <exception cref="IOException">The bytes are gone or damaged.</exception>
    public abstract int Read(long offset, Span<byte> buffer);

    /// <summary>Returns the bytes from a position on without copying, as far as they are in memory in one piece.</summary>
    /// <param name="offset">The first byte.</param>
    /// <param name="segment">One or more bytes, if the result is true. Use them only until the body is disposed: after that the memory may belong to another body.</param>
    /// <returns>False if the body is not in memory, or <paramref name="offset"/> is at its end.</returns>
    public virtual bool TryGetMemory(long offset, out ReadOnlyMemory<byte> segment)
    {
        segment = default;
        return false;
    }

    /// <summary>Ends the waits of blocking reads that are running, if the cache can do that: another thread has disposed the content that reads.</summary>
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
            // Called where a response is given or given back: a fault of the release must not cost the response.
        }

        GC.SuppressFinalize(this);
    }

    /// <summary>Releases the body.</summary>
    /// <param name="disposing">True when called from <see cref="Dispose()"/>.</param>
    protected virtual void Dispose(bool disposing)
    {
    }
}
