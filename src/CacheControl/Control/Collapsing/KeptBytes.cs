using CacheControl.Storage;

namespace CacheControl.Control.Collapsing;

/// <summary>
/// Where a shared body keeps what has arrived for those who are behind: what the store's writer has taken, and from where that ends on a spool. Exists only once
/// there is somebody to keep it for.
/// </summary>
internal sealed class KeptBytes : IDisposable
{
    private StoredBody? _view;
    private Spool? _spool;

    /// <summary>Whether the body can be read from its beginning.</summary>
    public bool IsWhole => Volatile.Read(ref _view) is not null || Spool is { Start: 0 };

    /// <summary>What keeps the bytes that the store does not take; null as long as it takes them.</summary>
    public Spool? Spool => Volatile.Read(ref _spool);

    /// <summary>Adds what the store's writer has taken; disposes it if there is one already.</summary>
    public void Add(StoredBody? view)
    {
        if (Interlocked.CompareExchange(ref _view, view, null) is not null)
        {
            view?.Dispose();
        }
    }

    /// <summary>Adds a spool for what comes now.</summary>
    public void Add(Spool? spool) => Volatile.Write(ref _spool, spool);

    /// <summary>Reads bytes at a position, at least one. They have to have arrived.</summary>
    public ValueTask<int> ReadAsync(long position, Memory<byte> buffer, CancellationToken cancellationToken) =>
        Spool is { } spool && position >= spool.Start
            ? spool.ReadAsync(position, buffer, cancellationToken)
            : View.ReadAsync(position, Before(position, buffer), cancellationToken);

    /// <summary>The same, blocking.</summary>
    public int Read(long position, Memory<byte> buffer) =>
        Spool is { } spool && position >= spool.Start ? spool.Read(position, buffer) : View.Read(position, Before(position, buffer).Span);

    public void Dispose()
    {
        _view?.Dispose();
        _spool?.Dispose();
    }

    private StoredBody View => _view ?? throw new IOException("What has arrived of the response is kept nowhere.");

    /// <summary>The buffer without what would be read beyond the bytes that the store has taken.</summary>
    private Memory<byte> Before(long position, Memory<byte> buffer) =>
        Spool is { } spool ? buffer[..(int)Math.Min(buffer.Length, spool.Start - position)] : buffer;
}
