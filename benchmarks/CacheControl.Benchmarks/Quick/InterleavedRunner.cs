using System.Diagnostics;

namespace HttpCaching.Benchmarks.Quick;

/// <summary>
/// Times cases against each other on a machine that others use too: every round gives every case a slice of some milliseconds, so that what
/// disturbs the machine disturbs all of them, and only what they have to do with each other within a round counts. What is counted is the
/// processor time of the process, which does not run while others have the processor.
/// </summary>
internal static class InterleavedRunner
{
    private const double SliceMilliseconds = 10;
    private const int CountedCalls = 2000;

    /// <summary>The results, in the order of the cases.</summary>
    /// <param name="cases">What to time.</param>
    /// <param name="rounds">How many rounds.</param>
    /// <param name="byWallClock">Whether to take the time by the wall clock, for cases of several threads.</param>
    public static QuickResult[] Run(IReadOnlyList<QuickCase> cases, int rounds, bool byWallClock = false)
    {
        var counts = new int[cases.Count];
        for (var i = 0; i < cases.Count; i++)
        {
            counts[i] = WarmUp(cases[i]);
        }

        var times = new double[cases.Count][];
        for (var i = 0; i < times.Length; i++)
        {
            times[i] = new double[rounds];
        }

        for (var round = 0; round < rounds; round++)
        {
            for (var i = 0; i < cases.Count; i++)
            {
                // The order turns from round to round, so that no case always follows the same other one.
                var turn = (i + round) % cases.Count;
                times[turn][round] = byWallClock ? WallTime(cases[turn], counts[turn]) : Time(cases[turn], counts[turn]);
            }
        }

        return [.. cases.Select((it, i) => new QuickResult(it.Name, times[i], BytesOf(it)))];
    }

    /// <summary>Runs a case until it is compiled for good; gives the number of calls that fill a slice.</summary>
    private static int WarmUp(QuickCase it)
    {
        var perCall = 1e6;
        for (var i = 0; i < 6; i++)
        {
            // The pauses let the compiler in the background catch up, which takes several of them when the machine is busy.
            it.Loop(200);
            Thread.Sleep(120);
            perCall = Math.Min(perCall, WallTime(it, 200));
        }

        return (int)Math.Clamp(SliceMilliseconds * 1e6 / perCall, 10, 10_000_000);
    }

    private static double Time(QuickCase it, int count)
    {
        var start = Environment.CpuUsage.TotalTime;
        it.Loop(count);
        return (Environment.CpuUsage.TotalTime - start).TotalNanoseconds / count;
    }

    private static double WallTime(QuickCase it, int count)
    {
        var start = Stopwatch.GetTimestamp();
        it.Loop(count);
        return Stopwatch.GetElapsedTime(start).TotalNanoseconds / count;
    }

    /// <summary>Bytes for each call: the least of several counts, because the runtime's own threads allocate now and then.</summary>
    private static double BytesOf(QuickCase it)
    {
        var least = double.MaxValue;
        for (var i = 0; i < 3; i++)
        {
            var before = GC.GetTotalAllocatedBytes(precise: true);
            it.Loop(CountedCalls);
            least = Math.Min(least, (GC.GetTotalAllocatedBytes(precise: true) - before) / (double)CountedCalls);
        }

        return least;
    }
}
