using System.Globalization;
using System.Text.RegularExpressions;
using Xunit.Abstractions;

namespace CacheControl.IntegrationTests;

/// <summary>
/// Real processes on one SQLite file. Short by default; with CACHECONTROL_STRESS=full as long as it takes: 60 seconds and 50,000 requests, 500 kills.
/// </summary>
public sealed partial class SqliteStoreProcessTests(ITestOutputHelper output) : IDisposable
{
    private const int Processes = 4;

    private readonly string _directory = Directory.CreateTempSubdirectory("cache control ").FullName;

    private static bool IsFull => Environment.GetEnvironmentVariable("CACHECONTROL_STRESS") == "full";

    private string Target => "sqlite:" + Path.Join(_directory, "cache.db");

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    [Trait("Spec", "SRE-5")]
    [Trait("Spec", "VLD-1")]
    public async Task ManyProcesses_OneFileAndChangingOrigin_EveryAnswerIsRight()
    {
        var (seconds, least) = IsFull ? (60, 50_000 / Processes) : (15, 500 / Processes);
        await using var origin = await ChangingOrigin.StartAsync();
        var hosts = Enumerable.Range(1, Processes).Select(seed => HostProcess.Start(
            "client", Target, origin.Address.ToString(), Text(seconds), Text(seed), Text(least))).ToArray();
        try
        {
            var results = await Task.WhenAll(hosts.Select(h => h.WaitAsync()));

            foreach (var (exitCode, text) in results)
            {
                output.WriteLine(text);
                exitCode.Should().Be(0, text);
            }

            var requests = results.Sum(r => int.Parse(RequestCount().Match(r.Output).Groups[1].Value, CultureInfo.InvariantCulture));
            output.WriteLine($"{requests} requests, {origin.Requests} reached the origin, {origin.NotModified} of them answered by 304");
            requests.Should().BeGreaterThanOrEqualTo(IsFull ? 50_000 : 500);
            origin.NotModified.Should().BePositive("else nothing was validated");
        }
        finally
        {
            Array.ForEach(hosts, h => h.Dispose());
        }
    }

    [Fact]
    [Trait("Spec", "SRE-5")]
    public async Task Writer_KilledAtRandomMoments_StoreStaysRight()
    {
        var kills = IsFull ? 500 : 30;
        var random = new Random(7);
        var largest = 0L;
        for (var kill = 0; kill < kills; kill++)
        {
            // Each process checks first what the one before it has left, and is then killed itself.
            using var host = HostProcess.Start("cycle", Target, Text(kill));
            var text = await host.ReadLineAsync() ?? string.Empty;
            var found = CheckResult().Match(text);
            found.Success.Should().BeTrue($"after kill {kill}: {text}");
            Value(found, "drift").Should().Be(0, "each change keeps the books in its own transaction");
            Value(found, "orphans").Should().Be(0, text);
            Value(found, "readers").Should().Be(0, text);
            largest = Math.Max(largest, Value(found, "bytes"));
            (await host.ReadLineAsync()).Should().Be("ready");
            await Task.Delay(random.Next(250));
            await host.KillAsync();
        }

        output.WriteLine($"{kills} kills, largest file {largest} bytes");

        // The limit of the load is 6 MB; above it are what could not be evicted yet, and pages that are free to be used again.
        largest.Should().BeLessThan(30_000_000);
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static long Value(Match match, string name) => long.Parse(match.Groups[name].Value, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"requests=(\d+)")]
    private static partial Regex RequestCount();

    [GeneratedRegex(@"drift=(?<drift>\d+) orphans=(?<orphans>\d+) readers=(?<readers>\d+) bytes=(?<bytes>\d+)")]
    private static partial Regex CheckResult();
}
