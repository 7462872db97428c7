namespace CacheControl.Storage.InMemory;

/// <summary>
/// Collects a body. What it allocates follows the bytes that have arrived, never the length that was declared: a lying
/// Content-Length costs no more than one segment. Others may read meanwhile what has been appended.
/// </summary>
internal sealed class MemoryBodyBuilder(long? expectedLength)
{
    private const int FirstGuess = 4 * 1024;

    // Also the lock of where the bytes lie.
    private readonly List<byte[]> _full = [];
    private byte[] _last = [];
    private int _used;
    private long _length;

    /// <summary>The number of bytes so far.</summary>
    public long Length
    {
        get => Volatile.Read(ref _length);
        private set => Volatile.Write(ref _length, value);
    }

    /// <summary>Copies bytes to the end.</summary>
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

    /// <summary>The body of all bytes appended, without slack. Nothing is appended afterwards.</summary>
    public MemoryBody Build()
    {
        lock (_full)
        {
            if (_used < _last.Length)
            {
                Array.Resize(ref _last, _used);
            }

            byte[][] segments = _used == 0 ? [.. _full] : [.. _full, _last];
            return new MemoryBody(segments, Length);
        }
    }

    /// <summary>The appended bytes from a position on that lie in one piece; may be called while bytes are being appended.</summary>
    public ReadOnlyMemory<byte> From(long offset)
    {
        // Bytes that have been appended never change; what does is where they lie, and that only under the lock.
        var length = Length;
        lock (_full)
        {
            var index = (int)(offset / MemoryBody.SegmentBytes);
            var segment = index < _full.Count ? _full[index] : _last;
            var within = (int)(offset % MemoryBody.SegmentBytes);
            return segment.AsMemory(within, (int)Math.Min(length - offset, MemoryBody.SegmentBytes - within));
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
        var expected = expectedLength - Length ?? 0;
        if (_used == MemoryBody.SegmentBytes)
        {
            _full.Add(_last);

            // Not cleared: nobody is shown more of it than has been appended.
            _last = GC.AllocateUninitializedArray<byte>(expected > 0 ? (int)Math.Min(expected, MemoryBody.SegmentBytes) : MemoryBody.SegmentBytes);
            _used = 0;
            return;
        }

        var wanted = expected > 0 ? _used + expected : Math.Max(FirstGuess, Math.Max(_used * 2L, (long)_used + incoming));
        Array.Resize(ref _last, (int)Math.Min(wanted, MemoryBody.SegmentBytes));
    }
}
