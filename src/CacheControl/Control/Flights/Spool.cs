namespace HttpCaching.Control.Flights;

/// <summary>
/// Keeps the bytes of a body that the store does not keep, from a position on. They are in memory first, then in a temporary file that only this process can read
/// and that is deleted with the spool. One writer, and any number of readers of the written bytes.
/// </summary>
internal sealed class Spool : IDisposable
{
    private const int SegmentBytes = 64 * 1024;

    private readonly SpoolBudget _budget;
    private readonly int _memoryBytes;
    private readonly SpoolFolder _folder;
    private readonly List<byte[]> _segments = [];
    private readonly Lock _lock = new();
    private long _counted;
    private long _length;
    private SpoolFile? _file;
    private bool _isDisposed;

    /// <param name="start">The position in the body of the first byte kept.</param>
    /// <param name="reserved">The bytes that the budget has counted already.</param>
    /// <param name="budget">Counts the bytes.</param>
    /// <param name="memoryBytes">The most bytes to keep in memory.</param>
    /// <param name="folder">The folder for the others.</param>
    public Spool(long start, long reserved, SpoolBudget budget, int memoryBytes, SpoolFolder folder)
    {
        Start = start;
        _counted = reserved;
        _budget = budget;
        _memoryBytes = memoryBytes;
        _folder = folder;
    }

    /// <summary>The position in the body of the first byte kept.</summary>
    public long Start { get; }

    /// <summary>The position in the body after the last byte kept.</summary>
    public long End => Start + Volatile.Read(ref _length);

    /// <summary>The number of bytes at an offset that go to memory, in one segment; 0 from where the file begins.</summary>
    public static int RoomInMemory(long offset, int memoryBytes) =>
        offset >= memoryBytes ? 0 : (int)Math.Min(memoryBytes - offset, SegmentBytes - (offset % SegmentBytes));

    /// <summary>Appends bytes; they can be read once this has ended.</summary>
    public async ValueTask AppendAsync(ReadOnlyMemory<byte> data)
    {
        while (!data.IsEmpty)
        {
            var room = ToMemory(data.Span);
            if (room == 0)
            {
                await File().WriteAsync(data, _length - InMemory).ConfigureAwait(false);
                room = data.Length;
            }

            Written(room);
            data = data[room..];
        }
    }

    /// <summary>Appends bytes, blocking.</summary>
    public void Append(ReadOnlySpan<byte> data)
    {
        while (!data.IsEmpty)
        {
            var room = ToMemory(data);
            if (room == 0)
            {
                File().Write(data, _length - InMemory);
                room = data.Length;
            }

            Written(room);
            data = data[room..];
        }
    }

    /// <summary>Reads bytes at a position of the body, at least one.</summary>
    public ValueTask<int> ReadAsync(long position, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        var offset = position - Start;
        return offset < InMemory
            ? new ValueTask<int>(FromMemory(offset, buffer.Span))
            : File().ReadAsync(Limited(buffer, offset), offset - InMemory, cancellationToken);
    }

    /// <summary>Reads bytes at a position of the body, at least one; blocks.</summary>
    public int Read(long position, Memory<byte> buffer)
    {
        var offset = position - Start;
        return offset < InMemory
            ? FromMemory(offset, buffer.Span)
            : File().Read(Limited(buffer, offset).Span, offset - InMemory);
    }

    // Many callers never dispose a response, and other bodies need its bytes of the budget. The file is deleted with its handle.
    ~Spool() => _budget.Release(_counted);

    public void Dispose()
    {
        GC.SuppressFinalize(this);
        SpoolFile? file;
        long counted;
        lock (_lock)
        {
            (file, counted) = (_file, _counted);
            (_file, _counted, _isDisposed) = (null, 0, true);
            _segments.Clear();
        }

        file?.Dispose();
        _budget.Release(counted);
    }

    private int InMemory => (int)Math.Min(Volatile.Read(ref _length), _memoryBytes);

    private Memory<byte> Limited(Memory<byte> buffer, long offset) => buffer[..(int)Math.Min(buffer.Length, Volatile.Read(ref _length) - offset)];

    private int ToMemory(ReadOnlySpan<byte> data)
    {
        var offset = _length;
        var count = Math.Min(data.Length, RoomInMemory(offset, _memoryBytes));
        if (count == 0)
        {
            return 0;
        }

        byte[] segment;
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            if (offset % SegmentBytes == 0)
            {
                _segments.Add(new byte[Math.Min(SegmentBytes, _memoryBytes - offset)]);
            }

            segment = _segments[^1];
        }

        data[..count].CopyTo(segment.AsSpan((int)(offset % SegmentBytes)));
        return count;
    }

    private int FromMemory(long offset, Span<byte> buffer)
    {
        byte[] segment;
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            segment = _segments[(int)(offset / SegmentBytes)];
        }

        var within = (int)(offset % SegmentBytes);
        var count = Math.Min(buffer.Length, Math.Min(segment.Length - within, InMemory - (int)offset));
        segment.AsSpan(within, count).CopyTo(buffer);
        return count;
    }

    private void Written(int count)
    {
        Volatile.Write(ref _length, _length + count);
        lock (_lock)
        {
            // Reserved bytes are not counted twice.
            var more = _length - _counted;
            if (more > 0 && !_isDisposed)
            {
                _counted += more;
                _budget.Take(more);
            }
        }
    }

    private SpoolFile File()
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            if (_file is not null)
            {
                return _file;
            }
        }

        // Only the writer gets here: there are no reads from a file without written bytes.
        var made = _folder.Create();
        lock (_lock)
        {
            if (!_isDisposed)
            {
                _file = made;
                return made;
            }
        }

        made.Dispose();
        throw new ObjectDisposedException(nameof(Spool));
    }
}
