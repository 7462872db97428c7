using System.Buffers;

namespace HttpCaching.DistributedCache;

/// <summary>Joins pieces of memory to one sequence without copying them.</summary>
internal sealed class SequenceBuilder
{
    private readonly Segment _first;
    private Segment _last;

    public SequenceBuilder(ReadOnlyMemory<byte> first) => _first = _last = new Segment(first, 0);

    public void Append(ReadOnlyMemory<byte> piece)
    {
        if (!piece.IsEmpty)
        {
            _last = _last.Append(piece);
        }
    }

    public ReadOnlySequence<byte> Build() => new(_first, 0, _last, _last.Memory.Length);

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(ReadOnlyMemory<byte> memory, long position)
        {
            Memory = memory;
            RunningIndex = position;
        }

        public Segment Append(ReadOnlyMemory<byte> memory)
        {
            var next = new Segment(memory, RunningIndex + Memory.Length);
            Next = next;
            return next;
        }
    }
}
