namespace HttpCaching.Benchmarks.Edge;

/// <summary>What a hit costs samples/EdgeCache, beside Varnish and nginx: processor time for each request, by turns.</summary>
internal static class EdgeReport
{
    public const string Argument = "--edge";

    private const int Urls = 5000;

    private static readonly (string Name, int Requests, Func<int, string> Target)[] Cases =
    [
        ("1 KiB", 10_000, _ => "/1024/0"),
        ("64 KiB", 4_000, _ => "/65536/0"),
        ("1 KiB, one of 5,000 URLs", 10_000, number => $"/1024/{(uint)(number * 2_654_435_761L) % Urls}"),
    ];

    /// <summary>Measures and prints.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="rounds">How many turns each proxy has.</param>
    /// <param name="assemblies">The assemblies of EdgeCache to compare; none for the one that is built in this tree.</param>
    public static async Task PrintAsync(TextWriter output, int rounds, IReadOnlyList<string> assemblies)
    {
        using var origin = new EdgeOrigin();
        var edges = assemblies.Count > 0 ? assemblies.Select((path, index) => ($"EdgeCache {index + 1}", path)) : [("EdgeCache", Built())];
        var subjects = EdgeSubject.StartAll(origin.Port, edges);
        try
        {
            output.WriteLine("| Case | Proxy | µs of processor time for a request | to EdgeCache |\n|---|---|---:|---:|");
            foreach (var (name, requests, target) in Cases)
            {
                await WarmUpAsync(subjects, requests, target).ConfigureAwait(false);
                var times = subjects.Select(_ => new List<double>()).ToArray();
                for (var turn = 0; turn < rounds * subjects.Count; turn++)
                {
                    // In another order in each round.
                    var index = (turn + (turn / subjects.Count)) % subjects.Count;
                    times[index].Add(await MeasureAsync(subjects[index], requests, target).ConfigureAwait(false));
                }

                for (var index = 0; index < subjects.Count; index++)
                {
                    var ratios = times[index].Zip(times[0], (one, edge) => one / edge);
                    output.WriteLine(string.Create(null, $"| {name} | {subjects[index].Name} | {Median(times[index]):F1} | {Median(ratios):F2} |"));
                }
            }
        }
        finally
        {
            foreach (var subject in subjects)
            {
                subject.Dispose();
            }
        }
    }

    /// <summary>Stores everything, until the code is compiled for good.</summary>
    private static async Task WarmUpAsync(IReadOnlyList<EdgeSubject> subjects, int requests, Func<int, string> target)
    {
        foreach (var subject in subjects)
        {
            await subject.ListenAsync().ConfigureAwait(false);
            for (var i = 0; i < 3; i++)
            {
                await new EdgeLoad(subject.Port).RunAsync(requests, target).ConfigureAwait(false);
            }
        }
    }

    private static async Task<double> MeasureAsync(EdgeSubject subject, int requests, Func<int, string> target)
    {
        var before = subject.ProcessorTime();
        await new EdgeLoad(subject.Port).RunAsync(requests, target).ConfigureAwait(false);
        return (subject.ProcessorTime() - before).TotalMicroseconds / requests;
    }

    private static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return sorted[sorted.Length / 2];
    }

    private static string Built()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(directory.FullName, "CacheControl.sln")))
        {
            directory = directory.Parent ?? throw new InvalidOperationException("The benchmark does not run in the repository.");
        }

        var path = Path.Combine(directory.FullName, "samples/EdgeCache/bin/Release/net10.0/EdgeCache.dll");
        return File.Exists(path) ? path : throw new InvalidOperationException("Build it first: dotnet build -c Release samples/EdgeCache.");
    }
}
