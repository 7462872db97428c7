namespace CacheControl.Storage.InMemory;

/// <summary>
/// Collects a body. What it allocates follows the bytes that have arrived, never the length that was declared: a lying
/// Content-Length costs no more than one segment.
/// </summary>
internal sealed class MemoryBodyBuilder(long? expectedLength)
{
    private const int FirstGuess = 4 * 1024;

    private readonly List<byte[]> _full = [];
    private byte[] _last = [];
    private int _used;

    /// <summary>The number of bytes so far.</summary>
    public long Length { get; private set; }

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

    /// <summary>The body of all bytes appended, without slack. The builder is not used afterwards.</summary>
    public MemoryBody Build()
    {
        if (_used < _last.Length)
        {
            Array.Resize(ref _last, _used);
        }

        byte[][] segments = _used == 0 ? [.. _full] : [.. _full, _last];
        return new MemoryBody(segments, Length);
    }

    private void Grow(int incoming)
    {
        var expected = expectedLength - Length ?? 0;
        if (_used == MemoryBody.SegmentBytes)
        {
            _full.Add(_last);
            _last = new byte[expected > 0 ? Math.Min(expected, MemoryBody.SegmentBytes) : MemoryBody.SegmentBytes];
            _used = 0;
            return;
        }

        var wanted = expected > 0 ? _used + expected : Math.Max(FirstGuess, Math.Max(_used * 2L, (long)_used + incoming));
        Array.Resize(ref _last, (int)Math.Min(wanted, MemoryBody.SegmentBytes));
    }
}
