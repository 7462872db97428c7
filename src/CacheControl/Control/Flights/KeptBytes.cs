
namespace HttpCaching.Control.Flights;

/// <summary>
/// Where a shared body keeps what has arrived for those who are behind: what the store's writer has taken, and from where that ends on a spool. Exists only once
/// there is somebody to keep it for.
/// </summary>
internal sealed class KeptBytes : IDisposable
{
    private StoredBody? _view;
    private Spool? _spool;
    private Exception? _loss;
    private volatile bool _isAbandoned;

    /// <summary>Whether the body can be read from its beginning.</summary>
    public bool IsWhole => Volatile.Read(ref _loss) is null && HasBeginning;

    /// <summary>Whether bytes were lost, or let go of: nothing more is kept then.</summary>
    public bool IsBroken => Volatile.Read(ref _loss) is not null;

    private bool HasBeginning => Volatile.Read(ref _view) is not null || Spool is { Start: 0 };

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

    /// <summary>Keeps bytes on the spool. Never throws: the one who reads them from the network has them, whatever becomes of the others.</summary>
    public async ValueTask AppendAsync(ReadOnlyMemory<byte> data)
    {
        try
        {
            await _spool!.AppendAsync(data).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            Volatile.Write(ref _loss, exception);
        }
    }

    /// <summary>The same, blocking.</summary>
    public void Append(ReadOnlySpan<byte> data)
    {
        try
        {
            _spool!.Append(data);
        }
        catch (Exception exception)
        {
            Volatile.Write(ref _loss, exception);
        }
    }

    /// <summary>
    /// The only reader there is has everything that has come. Bytes that the store does not take are kept for nobody: none are from now on, nobody joins any
    /// more, and those that are kept go with <see cref="Release"/>.
    /// </summary>
    /// <param name="isStored">Whether the store takes all bytes.</param>
    public void CaughtUpAlone(bool isStored)
    {
        if (!_isAbandoned && (Spool is not null || !isStored))
        {
            Volatile.Write(ref _loss, _loss ?? new IOException("The bytes of the response are no longer kept: it had one reader."));
            _isAbandoned = true;
        }
    }

    /// <summary>Whether the bytes at a position go to the spool, which begins there if the store has ceased to take them.</summary>
    /// <param name="position">The position of the next byte.</param>
    /// <param name="isStored">Whether the store takes all bytes.</param>
    /// <param name="spools">Makes the spool.</param>
    public bool HasSpoolFrom(long position, bool isStored, SpoolFactory spools)
    {
        if (Spool is null && !isStored && !IsBroken)
        {
            Add(spools.BeginAt(position));
        }

        return Spool is not null && !IsBroken;
    }

    /// <summary>Gives back what is kept of a body that nobody joins any more. Called by its only reader.</summary>
    public void Release()
    {
        if (_isAbandoned)
        {
            Spool?.Dispose();
        }
    }

    /// <summary>Reads bytes at a position, at least one. They have to have arrived: what ends before them is an error.</summary>
    public async ValueTask<int> ReadAsync(long position, Memory<byte> buffer, CancellationToken cancellationToken) =>
        AtLeastOne(await (SpoolAt(position) is { } spool
            ? spool.ReadAsync(position, buffer, cancellationToken)
            : View.ReadAsync(position, Before(position, buffer), cancellationToken)).ConfigureAwait(false));

    /// <summary>The same, blocking.</summary>
    public int Read(long position, Memory<byte> buffer) =>
        AtLeastOne(SpoolAt(position) is { } spool ? spool.Read(position, buffer) : View.Read(position, Before(position, buffer).Span));

    public void Dispose()
    {
        _view?.Dispose();
        _spool?.Dispose();
    }

    private static int AtLeastOne(int count) =>
        count > 0 ? count : throw new IOException("The kept bytes of the response end before the received ones.");

    private Spool? SpoolAt(long position)
    {
        if (Spool is not { } spool || position < spool.Start)
        {
            return null;
        }

        return position < spool.End ? spool : throw new IOException("The received bytes of the response could not be kept.", _loss);
    }

    private StoredBody View => _view ?? throw new IOException("The received bytes of the response are not kept.");

    /// <summary>The buffer without what would be read beyond the bytes that the store has taken.</summary>
    private Memory<byte> Before(long position, Memory<byte> buffer) =>
        Spool is { } spool ? buffer[..(int)Math.Min(buffer.Length, spool.Start - position)] : buffer;
}
