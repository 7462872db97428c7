
namespace HttpCaching.Control.Flights;

/// <summary>
/// The received bytes of a shared body that slower readers still need: in the store's writer, and from its end on in a spool. Exists only if
/// there is a reader to keep them for.
/// </summary>
internal sealed class KeptBytes : IDisposable
{
    private StoredBody? _view;
    private Spool? _spool;
    private Exception? _loss;
    private volatile bool _isAbandoned;

    /// <summary>Whether the body can be read from its beginning.</summary>
    public bool IsWhole => Volatile.Read(ref _loss) is null && HasBeginning;

    /// <summary>Whether bytes were lost or released: then no more are kept.</summary>
    public bool IsBroken => Volatile.Read(ref _loss) is not null;

    private bool HasBeginning => Volatile.Read(ref _view) is not null || Spool is { Start: 0 };

    /// <summary>The spool for the bytes that the store does not take; null while it takes them.</summary>
    public Spool? Spool => Volatile.Read(ref _spool);

    /// <summary>Adds the written bytes of the store's writer. If there are some already, disposes the new ones.</summary>
    public void Add(StoredBody? view)
    {
        if (Interlocked.CompareExchange(ref _view, view, null) is not null)
        {
            view?.Dispose();
        }
    }

    /// <summary>Adds a spool for the bytes from now on.</summary>
    public void Add(Spool? spool) => Volatile.Write(ref _spool, spool);

    /// <summary>Keeps bytes on the spool. Never throws: the reader of the network has them, even if the others lose theirs.</summary>
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
    /// The only reader has all received bytes. Bytes that the store does not take have no other reader. So none are kept from now on, no reader joins any
    /// more, and <see cref="Release"/> frees the kept ones.
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

    /// <summary>Whether the bytes at a position go to the spool. If the store has stopped taking bytes, the spool begins there.</summary>
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

    /// <summary>Frees the kept bytes of a body that no reader joins any more. Called by its only reader.</summary>
    public void Release()
    {
        if (_isAbandoned)
        {
            Spool?.Dispose();
        }
    }

    /// <summary>Reads at least one byte at a position. The bytes must have arrived; it is an error if the kept bytes end before them.</summary>
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

    /// <summary>The buffer, cut to the bytes that the store has taken.</summary>
    private Memory<byte> Before(long position, Memory<byte> buffer) =>
        Spool is { } spool ? buffer[..(int)Math.Min(buffer.Length, spool.Start - position)] : buffer;
}
