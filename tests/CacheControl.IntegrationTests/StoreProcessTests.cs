using System.Globalization;
using System.Text.RegularExpressions;
using Xunit.Abstractions;

namespace HttpCaching.IntegrationTests;

/// <summary>
/// Real processes on one store. Short by default; with CACHECONTROL_STRESS=full as long as it takes: 60 seconds and 50,000 requests, 500 kills.
/// </summary>
public abstract partial class StoreProcessTests(ITestOutputHelper output) : IDisposable
{
    private const int Processes = 4;

    protected static int Kills => IsFull ? 500 : 30;

    protected string Folder { get; } = Directory.CreateTempSubdirectory("cache control ").FullName;

    protected ITestOutputHelper Output => output;

    /// <summary>The store, as the processes are told.</summary>
    protected abstract string Target { get; }

    private static bool IsFull => Environment.GetEnvironmentVariable("CACHECONTROL_STRESS") == "full";

    public void Dispose()
    {
        Directory.Delete(Folder, recursive: true);
        GC.SuppressFinalize(this);
    }

    [Fact]
    [Trait("Spec", "SRE-5")]
    [Trait("Spec", "VLD-1")]
    public async Task ManyProcesses_OneStoreAndChangingOrigin_EveryAnswerIsRight()
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

    /// <summary>Starts processes one after the other: each checks first what the one before it has left, and is then killed while it writes.</summary>
    /// <param name="count">How many.</param>
    /// <param name="result">What a check prints.</param>
    /// <param name="check">Looks at what it printed.</param>
    protected async Task KillAsync(int count, Regex result, Action<Match> check)
    {
        var random = new Random(7);
        for (var kill = 0; kill < count; kill++)
        {
            using var host = HostProcess.Start("cycle", Target, Text(kill));
            var text = await host.ReadLineAsync() ?? string.Empty;
            var found = result.Match(text);
            found.Success.Should().BeTrue($"after kill {kill}: {text}");
            check(found);
            (await host.ReadLineAsync()).Should().Be("ready");
            await Task.Delay(random.Next(250));
            await host.KillAsync();
        }
    }

    protected static long Value(Match match, string name) => long.Parse(match.Groups[name].Value, CultureInfo.InvariantCulture);

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    [GeneratedRegex(@"requests=(\d+)")]
    private static partial Regex RequestCount();
}
