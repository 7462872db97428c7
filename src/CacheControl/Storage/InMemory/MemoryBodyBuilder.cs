namespace HttpCaching.Storage.InMemory;

/// <summary>
/// Collects a body. It allocates for the bytes that have arrived, never for the declared length: a false
/// Content-Length costs no more than one segment. Readers may read the appended bytes in the meantime.
/// </summary>
internal sealed class MemoryBodyBuilder
{
    private const int FirstGuess = 4 * 1024;

    // Also the lock for the location of the bytes.
    private readonly List<byte[]> _full = [];
    private readonly long? _expectedLength;
    private readonly int _segmentBytes;
    private readonly int _largeBytes;

    // Null if the body is known to be small. Otherwise set from the beginning, so that a reader of the arriving bytes is counted before any segment is rented.
    private readonly SegmentHold? _hold;
    private byte[] _last = [];
    private int _used;
    private long _length;

    /// <summary>An empty body.</summary>
    /// <param name="expectedLength">The declared number of bytes; null if it is unknown.</param>
    /// <param name="pool">The pool for a large body's segments.</param>
    public MemoryBodyBuilder(long? expectedLength, SegmentPool pool)
    {
        _expectedLength = expectedLength;
        _segmentBytes = pool.SegmentBytes;
        _largeBytes = pool.LargeBytes;
        _hold = expectedLength is null || expectedLength >= pool.LargeBytes ? new SegmentHold(pool) : null;
    }

    /// <summary>The number of bytes so far.</summary>
    public long Length
    {
        get => Volatile.Read(ref _length);
        private set => Volatile.Write(ref _length, value);
    }

    /// <summary>Adds a reader or writer as a holder. Returns false if the segments have been given back.</summary>
    public bool TryHold() => _hold is null || _hold.TryShare();

    /// <summary>Ends a hold of <see cref="TryHold"/>, or the builder's own.</summary>
    public void LetGo() => _hold?.Release();

    /// <summary>Copies bytes to the end. The caller must hold the builder.</summary>
    public void Append(ReadOnlySpan<byte> data)
    {
        while (!data.IsEmpty)
        {
            if (_used == _last.Length)
            {
                Grow(data.Length);
            }

            var count = Math.Min(data.Length, _last.Length - _used);
            data[..count].CopyTo(_last.AsSpan(_used));
            data = data[count..];
            _used += count;
            Length += count;
        }
    }

    /// <summary>The body of all appended bytes, without slack if it is small. Nothing may be appended afterwards.</summary>
    public MemoryBody Build()
    {
        lock (_full)
        {
            var hold = _hold is { IsEmpty: false } ? _hold : null;
            if (_used < _last.Length && hold is null)
            {
                Array.Resize(ref _last, _used);
            }

            return _full.Count == 0
                ? new MemoryBody(_last, null, Length, _segmentBytes, hold)
                : new MemoryBody(_full[0], _used == 0 ? [.. _full] : [.. _full, _last], Length, _segmentBytes, hold);
        }
    }

    /// <summary>A view of the bytes appended so far and later; null if the segments have been given back.</summary>
    public StoredBody? Open()
    {
        if (_hold is null)
        {
            return new WrittenBody(this);
        }

        return _hold.TryShare() ? new LeasedBody(new WrittenBody(this), _hold) : null;
    }

    /// <summary>The appended bytes from a position on that are in one piece. May be called during an append. The caller must hold the builder.</summary>
    public ReadOnlyMemory<byte> From(long offset)
    {
        // Appended bytes never change. Their location does, but only under the lock.
        var length = Length;
        lock (_full)
        {
            var (index, within) = Math.DivRem(offset, _segmentBytes);
            var segment = index < _full.Count ? _full[(int)index] : _last;
            return segment.AsMemory((int)within, (int)Math.Min(length - offset, _segmentBytes - within));
        }
    }

    private void Grow(int incoming)
    {
        lock (_full)
        {
            Grow_NeedsLock(incoming);
        }
    }

    private void Grow_NeedsLock(int incoming)
    {
        var expected = _expectedLength - Length ?? 0;
        if (_used == _segmentBytes || _used == 0)
        {
            if (_used > 0)
            {
                _full.Add(_last);
            }

            _last = Segment(incoming, expected);
            _used = 0;
            return;
        }

        var wanted = expected > 0 ? _used + expected : Math.Max(FirstGuess, Math.Max(_used * 2L, (long)_used + incoming));
        Array.Resize(ref _last, (int)Math.Min(wanted, _segmentBytes));
    }

    /// <summary>The next segment: rented if the body is large, or will be.</summary>
    private byte[] Segment(int incoming, long expected)
    {
        if (_hold is not null && (_expectedLength ?? Length) >= _largeBytes)
        {
            return _hold.Rent();
        }

        var wanted = expected > 0 ? expected : _full.Count > 0 ? _segmentBytes : Math.Max(FirstGuess, incoming);

        // Not cleared: readers see only the appended bytes.
        return GC.AllocateUninitializedArray<byte>((int)Math.Min(wanted, _segmentBytes));
    }
}
