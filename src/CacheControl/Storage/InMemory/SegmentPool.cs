namespace HttpCaching.Storage.InMemory;

/// <summary>
/// Segments that large bodies have given back, for the next ones: memory that has been touched already costs a fraction of what new memory does.
/// Keeps no more than a limit; what is beyond it is the collector's.
/// </summary>
/// <remarks>
/// Whoever gives a segment back must be the last one who could read or write it. <see cref="SegmentHold"/> sees to that, and nobody else calls
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
    /// <param name="largeBytes">From which length on a body takes its segments from here. Smaller ones are read without anybody counting who does.</param>
    public SegmentPool(long maximumBytes, int segmentBytes = UsualSegmentBytes, int largeBytes = UsualLargeSegments * UsualSegmentBytes)
    {
        SegmentBytes = segmentBytes;
        LargeBytes = largeBytes;
        _maximumKept = maximumBytes / segmentBytes;
    }

    /// <summary>The size of every segment.</summary>
    public int SegmentBytes { get; }

    /// <summary>From which length on a body takes its segments from here.</summary>
    public int LargeBytes { get; }

    /// <summary>The bytes that lie here unused.</summary>
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

    /// <summary>A segment with anything in it.</summary>
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

    /// <summary>Takes a segment back that nobody can read or write any more.</summary>
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

    /// <summary>Lets go of everything, and takes nothing back any more.</summary>
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
