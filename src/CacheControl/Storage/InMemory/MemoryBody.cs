using System.Numerics;

namespace HttpCaching.Storage.InMemory;

/// <summary>
/// A body in memory: immutable, and shared by all readers. References keep a small body alive. The segments of a large one go back to the
/// pool, so it is read only through a <see cref="LeasedBody"/>.
/// </summary>
internal sealed class MemoryBody : SegmentedBody
{
    // Most bodies are one segment, and need no more.
    private readonly byte[] _first;
    private readonly Segments? _segments;

    /// <summary>A body of these bytes.</summary>
    /// <param name="first">The first segment; all of <paramref name="segmentBytes"/> except the last, which may be shorter, or longer than its used bytes.</param>
    /// <param name="segments">All segments; null if there is one.</param>
    /// <param name="length">The number of bytes.</param>
    /// <param name="segmentBytes">The size of every segment but the last: a power of two.</param>
    /// <param name="hold">Gives the segments back; null if the garbage collector frees them.</param>
    public MemoryBody(byte[] first, byte[][]? segments, long length, int segmentBytes = SegmentPool.UsualSegmentBytes, SegmentHold? hold = null)
    {
        _first = first;
        _segments = segments is null && hold is null ? null : new Segments(segments ?? [first], BitOperations.Log2((uint)segmentBytes));
        Length = length;
        Hold = hold;
    }

    /// <inheritdoc/>
    public override long Length { get; }

    /// <summary>Counts the readers of the segments; null if no count is needed.</summary>
    public SegmentHold? Hold { get; }

    /// <summary>The bytes that the body takes, with the unused ones.</summary>
    public long TakenBytes => Hold is null ? Length : (long)_segments!.All.Length << _segments.Shift;

    /// <summary>A view of the body for one reader; null if the segments have been given back.</summary>
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

        var (bytes, within) = _segments is null ? (_first, (int)offset) : _segments.At(offset);
        segment = bytes.AsMemory(within, (int)Math.Min(bytes.Length - within, Length - offset));
        return true;
    }

    private sealed class Segments(byte[][] all, int shift)
    {
        public byte[][] All => all;

        public int Shift => shift;

        public (byte[] Bytes, int Within) At(long offset) => (all[(int)(offset >> shift)], (int)(offset & ((1L << shift) - 1)));
    }
}
