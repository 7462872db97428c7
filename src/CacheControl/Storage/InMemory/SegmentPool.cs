namespace HttpCaching.Storage.InMemory;

/// <summary>
/// The returned segments of large bodies, for the next ones: memory that is already in use by the process costs a fraction of new memory.
/// Keeps no more than a limit. The garbage collector frees the rest.
/// </summary>
/// <remarks>
/// A segment may come back only when nothing can read or write it any more. <see cref="SegmentHold"/> guarantees that, and only it calls
/// <see cref="Return"/>.
/// </remarks>
internal class SegmentPool
{
    /// <summary>The usual size of a segment; below the size from which arrays go to the large object heap.</summary>
    public const int UsualSegmentBytes = 64 * 1024;

    private const int UsualLargeSegments = 32;

    private readonly Lock _lock = new();
    private readonly Stack<byte[]> _kept = new();
    private readonly long _maximumKept;
    private bool _isClosed;

    /// <summary>An empty pool.</summary>
    /// <param name="maximumBytes">The most bytes that it keeps.</param>
    /// <param name="segmentBytes">The size of a segment: a power of two.</param>
    /// <param name="largeBytes">The length from which a body takes its segments from here. The readers of smaller bodies are not counted.</param>
    public SegmentPool(long maximumBytes, int segmentBytes = UsualSegmentBytes, int largeBytes = UsualLargeSegments * UsualSegmentBytes)
    {
        SegmentBytes = segmentBytes;
        LargeBytes = largeBytes;
        _maximumKept = maximumBytes / segmentBytes;
    }

    /// <summary>The size of every segment.</summary>
    public int SegmentBytes { get; }

    /// <summary>The length from which a body takes its segments from here.</summary>
    public int LargeBytes { get; }

    /// <summary>The bytes of unused segments in the pool.</summary>
    public long KeptBytes
    {
        get
        {
            lock (_lock)
            {
                return (long)_kept.Count * SegmentBytes;
            }
        }
    }

    /// <summary>A segment with arbitrary content.</summary>
    public byte[] Rent()
    {
        lock (_lock)
        {
            if (_kept.TryPop(out var segment))
            {
                return segment;
            }
        }

        return GC.AllocateUninitializedArray<byte>(SegmentBytes);
    }

    /// <summary>Takes back a segment that nothing can read or write any more.</summary>
    public virtual void Return(byte[] segment)
    {
        lock (_lock)
        {
            if (!_isClosed && _kept.Count < _maximumKept)
            {
                _kept.Push(segment);
            }
        }
    }

    /// <summary>Releases all segments, and takes none back any more.</summary>
    public void Close()
    {
        lock (_lock)
        {
            _isClosed = true;
            _kept.Clear();
            _kept.TrimExcess();
        }
    }
}
