using System.Numerics;

namespace HttpCaching.Storage.InMemory;

/// <summary>
/// A body in memory: immutable, shared by all readers. A small one is kept alive by whoever still refers to it; the segments of a large one go back to the
/// pool, so that it is read through a <see cref="LeasedBody"/> only.
/// </summary>
internal sealed class MemoryBody : SegmentedBody
{
    private readonly byte[][] _segments;
    private readonly int _shift;

    /// <summary>A body of these bytes.</summary>
    /// <param name="segments">All of <paramref name="segmentBytes"/> but the last, which may be shorter, or longer than what is used of it.</param>
    /// <param name="length">The number of bytes.</param>
    /// <param name="segmentBytes">The size of every segment but the last: a power of two.</param>
    /// <param name="hold">What gives the segments back; null if the collector does.</param>
    public MemoryBody(byte[][] segments, long length, int segmentBytes = SegmentPool.UsualSegmentBytes, SegmentHold? hold = null)
    {
        _segments = segments;
        _shift = BitOperations.Log2((uint)segmentBytes);
        Length = length;
        Hold = hold;
    }

    /// <inheritdoc/>
    public override long Length { get; }

    /// <summary>What counts who looks into the segments; null if nobody has to.</summary>
    public SegmentHold? Hold { get; }

    /// <summary>The bytes that the body takes, those included that it does not use.</summary>
    public long TakenBytes => Hold is null ? Length : (long)_segments.Length << _shift;

    /// <summary>A view of the body for one reader; null if nobody holds the segments any more.</summary>
    public StoredBody? Open()
    {
        if (Hold is null)
        {
            return this;
        }

        return Hold.TryShare() ? new LeasedBody(this, Hold) : null;
    }

    /// <inheritdoc/>
    public override bool TryGetMemory(long offset, out ReadOnlyMemory<byte> segment)
    {
        if ((ulong)offset >= (ulong)Length)
        {
            segment = default;
            return false;
        }

        var bytes = _segments[(int)(offset >> _shift)];
        var within = (int)(offset & ((1L << _shift) - 1));
        segment = bytes.AsMemory(within, (int)Math.Min(bytes.Length - within, Length - offset));
        return true;
    }
}
