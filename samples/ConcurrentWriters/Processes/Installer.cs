using System.CommandLine;
using System.Diagnostics;
using System.Net;
using System.Text.Json;
using HttpCaching;
using Microsoft.Extensions.Logging;

namespace ConcurrentWriters.Processes;

/// <summary>
/// One package installer: a process that fetches pages of the index through the cache directory that it shares with the others, several at a time, and
/// judges each. It accepts what its version can decode; others accept something else.
/// </summary>
internal static class Installer
{
    private const int Workers = 4;

    /// <summary>The command by which the parent starts it.</summary>
    public static Command Command()
    {
        var directory = new Argument<string>("directory");
        var origin = new Argument<Uri>("origin") { CustomParser = result => new Uri(result.Tokens[0].Value) };
        var accepted = new Argument<string>("accept-encoding");
        var seconds = new Argument<double>("seconds");
        var requests = new Argument<int>("requests");
        var command = new Command("installer") { directory, origin, accepted, seconds, requests };
        command.Hidden = true;
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var result = await RunAsync(
                parsed.GetValue(directory)!,
                parsed.GetValue(origin)!,
                parsed.GetValue(accepted)!,
                TimeSpan.FromSeconds(parsed.GetValue(seconds)),
                parsed.GetValue(requests),
                cancellationToken);
            Console.WriteLine(JsonSerializer.Serialize(result));
            return 0;
        });
        return command;
    }

    private static async Task<InstallerResult> RunAsync(
        string directory, Uri origin, string accepted, TimeSpan duration, int leastRequests, CancellationToken cancellationToken)
    {
        var result = new InstallerResult();

        // Little room, so that there is eviction too.
        using var store = new FileHttpCacheStore(directory, new FileHttpCacheStoreOptions { MaximumBytes = 32 * 1024 * 1024 });
        using var logs = LoggerFactory.Create(builder => builder.SetMinimumLevel(LogLevel.Warning).AddProvider(new FaultCounter(result)));
        using var cache = new HttpCache(store, new HttpCacheOptions { AutomaticDecompression = DecompressionMethods.None }, loggerFactory: logs);
        using var client = new HttpClient(new CachingHandler(cache)) { BaseAddress = origin };
        var clock = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, Workers).Select(_ => Task.Run(
            async () =>
            {
                while (clock.Elapsed < duration || (result.Requests < leastRequests && clock.Elapsed < duration * 4))
                {
                    await FetchAsync(client, accepted, result, cancellationToken);
                }
            },
            cancellationToken)));
        return result;
    }

    private static async Task FetchAsync(HttpClient client, string accepted, InstallerResult result, CancellationToken cancellationToken)
    {
        try
        {
            var package = Random.Shared.Next(PackagePage.Packages);
            using var request = new HttpRequestMessage(HttpMethod.Get, $"{PackagePage.Path}{package}");
            if (accepted.Length > 0)
            {
                request.Headers.TryAddWithoutValidation("Accept-Encoding", accepted);
            }

            using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            var body = await response.Content.ReadAsByteArrayAsync(cancellationToken);
            var status = response.GetCacheStatus();
            result.Count(
                PackageJudge.Judge(package, accepted, response, body),
                status?.Hit == true,
                status?.Reason == CacheReason.Validated,
                $"{package} for '{accepted}': {(int)response.StatusCode}, {body.Length} bytes, {status?.Reason}");
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            result.CountException(exception);
        }
    }

    private sealed class FaultCounter(InstallerResult result) : ILoggerProvider, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            result.CountStoreFault($"{formatter(state, exception)} {exception}");

        public void Dispose()
        {
        }
    }
}
