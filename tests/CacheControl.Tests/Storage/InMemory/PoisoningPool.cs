using HttpCaching.Storage.InMemory;

namespace HttpCaching.Tests.Storage.InMemory;

/// <summary>Spoils every segment that is given back, so that whoever reads it later is found out, and counts them. Its segments are small, and every body but an empty one is large.</summary>
internal sealed class PoisoningPool() : SegmentPool(maximumBytes: 1 << 20, segmentBytes: Segment, largeBytes: 1)
{
    public const int Segment = 1024;

    private int _returned;

    /// <summary>How many segments have been given back.</summary>
    public int Returned => Volatile.Read(ref _returned);

    public override void Return(byte[] segment)
    {
        Array.Fill(segment, (byte)0xDD);
        Interlocked.Increment(ref _returned);
        base.Return(segment);
    }
}
