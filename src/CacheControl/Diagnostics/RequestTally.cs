using System.Runtime.InteropServices;

namespace HttpCaching.Diagnostics;

/// <summary>Counts requests and bytes for the statistics. Threads count in cells of their own, so that hits on several processors do not wait for one line of memory.</summary>
internal sealed class RequestTally
{
    private const int Cells = 16;

    private readonly Cell[] _cells = new Cell[Cells];

    private long _waits;
    private long _waitTicks;

    /// <summary>Counts a response out of the store.</summary>
    /// <param name="bytes">The bytes of its body.</param>
    public void Hit(long bytes)
    {
        ref var cell = ref Own;
        Interlocked.Increment(ref cell.Hits);
        Interlocked.Add(ref cell.BytesFromCache, bytes);
    }

    /// <summary>Counts a response that the origin was asked for, or that the cache made because it had none.</summary>
    /// <param name="isValidated">Whether the origin confirmed the stored response.</param>
    /// <param name="bytesFromCache">The bytes of its body that come from the store.</param>
    /// <param name="bytesFromOrigin">The others, as far as they are known when the head is given.</param>
    public void Miss(bool isValidated, long bytesFromCache, long bytesFromOrigin)
    {
        ref var cell = ref Own;
        Interlocked.Increment(ref isValidated ? ref cell.Validations : ref cell.Misses);
        Interlocked.Add(ref cell.BytesFromCache, bytesFromCache);
        Interlocked.Add(ref cell.BytesFromOrigin, bytesFromOrigin);
    }

    /// <summary>Notes the time from a request to the head of the origin's response.</summary>
    public void OriginAnswered(TimeSpan wait)
    {
        if (wait >= TimeSpan.Zero)
        {
            Interlocked.Add(ref _waitTicks, wait.Ticks);
            Interlocked.Increment(ref _waits);
        }
    }

    /// <summary>All counts so far.</summary>
    public Totals Read()
    {
        var totals = default(Totals);
        foreach (ref var cell in _cells.AsSpan())
        {
            totals = new Totals(
                totals.Hits + Interlocked.Read(ref cell.Hits),
                totals.Validations + Interlocked.Read(ref cell.Validations),
                totals.Misses + Interlocked.Read(ref cell.Misses),
                totals.BytesFromCache + Interlocked.Read(ref cell.BytesFromCache),
                totals.BytesFromOrigin + Interlocked.Read(ref cell.BytesFromOrigin),
                null);
        }

        var waits = Interlocked.Read(ref _waits);
        return totals with { MeanWait = waits == 0 ? null : TimeSpan.FromTicks(Interlocked.Read(ref _waitTicks) / waits) };
    }

    private ref Cell Own => ref _cells[Environment.CurrentManagedThreadId & (Cells - 1)];

    /// <summary>The counts at one moment.</summary>
    /// <param name="Hits">The hits.</param>
    /// <param name="Validations">The confirmed responses.</param>
    /// <param name="Misses">All other requests.</param>
    /// <param name="BytesFromCache">Body bytes out of the store.</param>
    /// <param name="BytesFromOrigin">Body bytes of the origin.</param>
    /// <param name="MeanWait">The mean wait for the origin; null if it was not asked.</param>
    public readonly record struct Totals(long Hits, long Validations, long Misses, long BytesFromCache, long BytesFromOrigin, TimeSpan? MeanWait);

    [StructLayout(LayoutKind.Sequential, Size = 128)]
    private struct Cell
    {
        public long Hits;
        public long Validations;
        public long Misses;
        public long BytesFromCache;
        public long BytesFromOrigin;
    }
}
