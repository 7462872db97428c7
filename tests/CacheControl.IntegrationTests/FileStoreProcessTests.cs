using System.Globalization;
using System.Text.RegularExpressions;
using Xunit.Abstractions;

namespace CacheControl.IntegrationTests;

/// <summary>
/// Real processes on one directory. Short by default; with CACHECONTROL_STRESS=full as long as it takes: 60 seconds and 50,000 requests, 500 kills.
/// </summary>
public sealed partial class FileStoreProcessTests(ITestOutputHelper output) : IDisposable
{
    private const int Processes = 4;

    private readonly string _directory = Directory.CreateTempSubdirectory("cache control ").FullName;

    private static bool IsFull => Environment.GetEnvironmentVariable("CACHECONTROL_STRESS") == "full";

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    [Trait("Spec", "SRE-5")]
    [Trait("Spec", "VLD-1")]
    public async Task ManyProcesses_OneDirectoryAndChangingOrigin_EveryAnswerIsRight()
    {
        var (seconds, least) = IsFull ? (60, 50_000 / Processes) : (15, 500 / Processes);
        await using var origin = await ChangingOrigin.StartAsync();
        var hosts = Enumerable.Range(1, Processes).Select(seed => HostProcess.Start(
            "client", _directory, origin.Address.ToString(), Text(seconds), Text(seed), Text(least))).ToArray();
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
        var largestDrift = 0L;
        var responses = 0L;
        for (var kill = 0; kill <= kills; kill++)
        {
            // Each process checks first what the one before it has left, and is then killed itself.
            using var host = HostProcess.Start("cycle", _directory, Text(kill));
            var text = await host.ReadLineAsync() ?? string.Empty;
            var found = CheckResult().Match(text);
            found.Success.Should().BeTrue($"after kill {kill}: {text}");
            largestDrift = Math.Max(largestDrift, Value(found, "drift"));
            responses += Value(found, "responses");

            // Three threads died, each within one change of one key at most: three variants of 400,000 bytes.
            Value(found, "drift").Should().BeLessThan(3 * 3 * 450_000, text);
            Value(found, "booked").Should().Be(Value(found, "actual"), "the books are right again once a living process has counted");
            Value(found, "records").Should().Be(Value(found, "keys2"), text);
            Value(found, "orphans").Should().Be(0, text);
            Value(found, "temporary").Should().Be(0, text);
            (await host.ReadLineAsync()).Should().Be("ready");
            await Task.Delay(random.Next(250));
            await host.KillAsync();
        }

        responses.Should().BeGreaterThan(kills, "else there was little to check");

        output.WriteLine($"{kills} kills, {responses} responses checked, largest drift of the books {largestDrift} bytes");
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static long Value(Match match, string name) => long.Parse(match.Groups[name].Value, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"requests=(\d+)")]
    private static partial Regex RequestCount();

    [GeneratedRegex(@"responses=(?<responses>\d+) drift=(?<drift>\d+) booked=(?<booked>\d+) actual=(?<actual>\d+) records=(?<records>\d+)/(?<keys2>\d+) orphans=(?<orphans>\d+) temporary=(?<temporary>\d+)")]
    private static partial Regex CheckResult();
}
