namespace HttpCaching.Benchmarks.Edge;

/// <summary>What a hit costs samples/EdgeCache, beside Varnish and nginx, and UseHttpCache beside the output cache: processor time for each request, by turns.</summary>
internal static class EdgeReport
{
    public const string Argument = "--edge";

    public const string ServedArgument = "--served";

    private const int Urls = 5000;

    private const string Proxy = "samples/EdgeCache";

    /// <summary>Whether the EdgeCache of this tree is built.</summary>
    public static bool IsBuilt => File.Exists(PathOf(Proxy));

    private static readonly (string Name, int Requests, Func<int, string> Target)[] Cases =
    [
        ("1 KiB", 10_000, _ => "/1024/0"),
        ("64 KiB", 4_000, _ => "/65536/0"),
        ("1 KiB, one of 5,000 URLs", 10_000, number => $"/1024/{(uint)(number * 2_654_435_761L) % Urls}"),
    ];

    /// <summary>Measures proxies and prints.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="rounds">How many turns each proxy has.</param>
    /// <param name="assemblies">The assemblies of EdgeCache to compare; none for the one that is built in this tree.</param>
    public static Task PrintAsync(TextWriter output, int rounds, IReadOnlyList<string> assemblies)
    {
        output.WriteLine("| Case | Proxy | µs of processor time for a request | to EdgeCache |\n|---|---|---:|---:|");
        return MeasureAsync(rounds, assemblies, (name, proxies) => Print(output, name, proxies));
    }

    /// <summary>Measures an application of one endpoint alone, behind ASP.NET Core's output cache and behind UseHttpCache, and prints.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="rounds">How many turns each has.</param>
    public static async Task PrintServedAsync(TextWriter output, int rounds)
    {
        output.WriteLine("| Case | Server | µs of processor time for a request | to the endpoint alone |\n|---|---|---:|---:|");
        var built = FindBuilt("benchmarks/ServedEndpoints");
        await MeasureAsync(rounds, EdgeSubject.StartServed(built), (name, servers) => Print(output, name, servers)).ConfigureAwait(false);
    }

    /// <summary>Measures proxies.</summary>
    /// <param name="rounds">How many turns each proxy has.</param>
    /// <param name="assemblies">The assemblies of EdgeCache to compare; none for the one that is built in this tree.</param>
    /// <param name="measured">Told of each case, when it has ended, with all proxies.</param>
    public static async Task MeasureAsync(int rounds, IReadOnlyList<string> assemblies, Action<string, IReadOnlyList<Turns>> measured)
    {
        using var origin = new EdgeOrigin();
        var edges = assemblies.Count > 0 ? assemblies.Select((path, index) => ($"EdgeCache {index + 1}", path)) : [("EdgeCache", FindBuilt(Proxy))];
        await MeasureAsync(rounds, EdgeSubject.StartAll(origin.Port, edges), measured).ConfigureAwait(false);
    }

    /// <summary>Measures servers, and ends them.</summary>
    private static async Task MeasureAsync(int rounds, IReadOnlyList<EdgeSubject> subjects, Action<string, IReadOnlyList<Turns>> measured)
    {
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

    private static void Print(TextWriter output, string name, IReadOnlyList<Turns> servers)
    {
        foreach (var server in servers)
        {
            output.WriteLine(string.Create(null, $"| {name} | {server.Name} | {Median(server.Microseconds):F1} | {server.RatioTo(servers[0]):F2} |"));
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

    private static string FindBuilt(string project) =>
        PathOf(project) is var path && File.Exists(path) ? path : throw new InvalidOperationException($"Build it first: dotnet build -c Release {project}.");

    private static string PathOf(string project)
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(directory.FullName, "CacheControl.sln")))
        {
            directory = directory.Parent ?? throw new InvalidOperationException("The benchmark does not run in the repository.");
        }

        return Path.Combine(directory.FullName, project, "bin/Release/net10.0", Path.GetFileName(project) + ".dll");
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
