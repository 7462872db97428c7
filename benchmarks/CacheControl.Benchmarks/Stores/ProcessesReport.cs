using System.Diagnostics;
using System.Globalization;
using HttpCaching.Benchmarks.Cases;
using static HttpCaching.Benchmarks.Stores.StoresReport;

namespace HttpCaching.Benchmarks.Stores;

/// <summary>What an operation costs when four processes share the directory, against one alone: processor time, and operations a second of all.</summary>
internal static class ProcessesReport
{
    /// <summary>The argument by which this program starts itself as one of the processes.</summary>
    public const string WorkerArgument = "--stores-worker";

    private const int Keys = 1000;
    private const int Bytes = 1024;
    private const double Seconds = 3;

    public static void Print(TextWriter output)
    {
        using var subject = new FileStoreSubject();
        using (var store = FileStoreSubject.Open(subject.Directory, 0))
        {
            for (var i = 0; i < Keys; i++)
            {
                FileStoreSubject.PutAsync(store, FileStoreSubject.Key(i), new byte[Bytes]).GetAwaiter().GetResult();
            }
        }

        foreach (var operation in new[] { "read", "write", "refresh" })
        {
            var one = Run(subject.Directory, operation, 1);
            var four = Run(subject.Directory, operation, 4);
            Row(output, $"{operation} by four processes / by one, processor time", "-", Text(four.Nanoseconds / one.Nanoseconds), string.Empty, Text(one.Nanoseconds, 0));
            Row(output, "  operations a second of all / of one", "-", Text(four.PerSecond / one.PerSecond), string.Empty, Text(one.PerSecond, 0) + "/s");
        }
    }

    /// <summary>One of the processes: does the operation on random keys for some seconds, prints how often and how much processor time it took.</summary>
    public static async Task WorkAsync(string directory, string operation)
    {
        using var store = FileStoreSubject.Open(directory, openRecords: 256);
        var keys = Enumerable.Range(0, Keys).Select(FileStoreSubject.Key).ToArray();
        var (buffer, body) = (new byte[Bytes], new byte[Bytes]);
        await LoopAsync(1).ConfigureAwait(false);
        var start = Environment.CpuUsage.TotalTime;
        var count = await LoopAsync(Seconds).ConfigureAwait(false);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{count} {(Environment.CpuUsage.TotalTime - start).TotalNanoseconds}"));

        async Task<int> LoopAsync(double seconds)
        {
            var clock = Stopwatch.StartNew();
            var done = 0;
            for (; clock.Elapsed.TotalSeconds < seconds; done++)
            {
                var key = keys[Random.Shared.Next(Keys)];
                if (operation == "read")
                {
                    FileStoreSubject.Get(store, key, buffer);
                }
                else if (operation == "write")
                {
                    await FileStoreSubject.PutAsync(store, key, body).ConfigureAwait(false);
                }
                else
                {
                    try
                    {
                        await FileStoreSubject.RefreshAsync(store, key).ConfigureAwait(false);
                    }
                    catch (InvalidOperationException)
                    {
                        // Another process was first: that costs as much.
                    }
                }
            }

            return done;
        }
    }

    private static (double Nanoseconds, double PerSecond) Run(string directory, string operation, int count)
    {
        var processes = Enumerable.Range(0, count).Select(_ => Start(WorkerArgument, directory, operation)).ToArray();
        var results = processes.Select(process =>
        {
            var words = process.StandardOutput.ReadToEnd().Split(' ');
            process.WaitForExit();
            process.Dispose();
            return (Count: double.Parse(words[0], CultureInfo.InvariantCulture), Time: double.Parse(words[1], CultureInfo.InvariantCulture));
        }).ToArray();
        return (results.Sum(r => r.Time) / results.Sum(r => r.Count), results.Sum(r => r.Count) / Seconds);
    }

    internal static Process Start(params string[] arguments)
    {
        var assembly = typeof(ProcessesReport).Assembly;
        var self = Environment.ProcessPath!;
        var isOwnHost = Path.GetFileNameWithoutExtension(self) == assembly.GetName().Name;
        return Process.Start(new ProcessStartInfo(self, isOwnHost ? arguments : [assembly.Location, .. arguments]) { RedirectStandardOutput = true })!;
    }
}
