namespace HttpCaching.Benchmarks.Edge;

/// <summary>What a hit costs samples/EdgeCache, beside Varnish and nginx: processor time for each request, by turns.</summary>
internal static class EdgeReport
{
    public const string Argument = "--edge";

    private const int Urls = 5000;

    /// <summary>The EdgeCache of this tree, if it is built.</summary>
    public static string Built { get; } = FindBuilt();

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
        output.WriteLine("| Case | Proxy | µs of processor time for a request | to EdgeCache |\n|---|---|---:|---:|");
        await MeasureAsync(rounds, assemblies, (name, proxies) =>
        {
            foreach (var proxy in proxies)
            {
                output.WriteLine(string.Create(null, $"| {name} | {proxy.Name} | {Median(proxy.Microseconds):F1} | {proxy.RatioTo(proxies[0]):F2} |"));
            }
        }).ConfigureAwait(false);
    }

    /// <summary>Measures.</summary>
    /// <param name="rounds">How many turns each proxy has.</param>
    /// <param name="assemblies">The assemblies of EdgeCache to compare; none for the one that is built in this tree.</param>
    /// <param name="measured">Told of each case, when it has ended, with all proxies.</param>
    public static async Task MeasureAsync(int rounds, IReadOnlyList<string> assemblies, Action<string, IReadOnlyList<Turns>> measured)
    {
        using var origin = new EdgeOrigin();
        var edges = assemblies.Count > 0
            ? assemblies.Select((path, index) => ($"EdgeCache {index + 1}", path))
            : [("EdgeCache", File.Exists(Built) ? Built : throw new InvalidOperationException("Build it first: dotnet build -c Release samples/EdgeCache."))];
        var subjects = EdgeSubject.StartAll(origin.Port, edges);
        try
        {
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

                measured(name, [.. subjects.Select((subject, index) => new Turns(subject.Name, times[index]))]);
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

    private static string FindBuilt()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(directory.FullName, "CacheControl.sln")))
        {
            directory = directory.Parent ?? throw new InvalidOperationException("The benchmark does not run in the repository.");
        }

        return Path.Combine(directory.FullName, "samples/EdgeCache/bin/Release/net10.0/EdgeCache.dll");
    }

    /// <summary>The turns of a proxy in one case.</summary>
    /// <param name="Name">The proxy.</param>
    /// <param name="Microseconds">The processor time for a request in each turn.</param>
    internal sealed record Turns(string Name, IReadOnlyList<double> Microseconds)
    {
        /// <summary>The median of the ratios to another proxy in the same round.</summary>
        public double RatioTo(Turns other) => Median(Microseconds.Zip(other.Microseconds, (one, floor) => one / floor));
    }
}
