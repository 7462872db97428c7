using System.Diagnostics;
using System.Runtime.InteropServices;

namespace HttpCaching.Tests.Issues;

/// <summary>
/// The time that this thread has worked, whatever else the machine does: on Linux the processor's, elsewhere the clock's. Ratios of the least of several runs say
/// how work grows.
/// </summary>
internal static class ThreadTime
{
    private const int Runs = 15;
    private const int ThreadProcessorTime = 3;

    /// <summary>How many times as long the second takes, each at its best of several runs that alternate.</summary>
    public static double Ratio(Action few, Action many)
    {
        var (shortest, longest) = (TimeSpan.MaxValue, TimeSpan.MaxValue);
        few();
        for (var run = 0; run < Runs; run++)
        {
            shortest = Least(shortest, Of(few));
            longest = Least(longest, Of(many));
        }

        // Below this the measuring itself is all that is measured.
        return longest < TimeSpan.FromMilliseconds(1) ? 0 : longest / shortest;
    }

    private static TimeSpan Of(Action action)
    {
        var start = Now();
        action();
        return Now() - start;
    }

    private static TimeSpan Now()
    {
        if (!OperatingSystem.IsLinux())
        {
            return Stopwatch.GetElapsedTime(0);
        }

        _ = ReadClock(ThreadProcessorTime, out var time);
        return new TimeSpan((time.Seconds * TimeSpan.TicksPerSecond) + (time.Nanoseconds / TimeSpan.NanosecondsPerTick));
    }

    private static TimeSpan Least(TimeSpan one, TimeSpan other) => one < other ? one : other;

    [DllImport("libc", EntryPoint = "clock_gettime")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int ReadClock(int clock, out SystemTime time);

    [StructLayout(LayoutKind.Sequential)]
    private struct SystemTime
    {
        public nint Seconds;
        public nint Nanoseconds;
    }
}
