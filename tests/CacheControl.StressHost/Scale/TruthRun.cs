using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;

namespace HttpCaching.StressHost.Scale;

/// <summary>
/// Readers and a writer of one process. Each acknowledged change is written to a table that all processes see; each answer is compared with what had been acknowledged, by
/// whichever process, when it was asked for.
/// </summary>
internal sealed class TruthRun(HttpClient client, LoadSettings settings, VersionTable acknowledged, ZipfDraw draw)
{
    private const int Readers = 6;
    private const int MostFaults = 10;
    private const int MostStale = 50_000;
    private const string VersionField = "X-Version";

    private static readonly TimeSpan PauseBetweenChanges = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan PauseBetweenReads = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(5);

    private readonly ConcurrentQueue<string> _faults = new();
    private readonly ConcurrentQueue<StaleAnswer> _stale = new();
    private int _answers;
    private int _hits;
    private int _changes;

    public async Task<TruthResult> RunAsync(TimeSpan duration, int seed)
    {
        using var stop = new CancellationTokenSource(duration);
        var stall = StallAsync(stop.Token);
        await Task.WhenAll(Enumerable.Range(0, Readers + 1).Select(worker => Task.Run(async () =>
        {
            var random = new Random((seed * (Readers + 1)) + worker);
            while (_faults.Count < MostFaults && !stop.IsCancellationRequested)
            {
                try
                {
                    await (worker == 0 ? ChangeAsync(draw.Next(random)) : AskAsync(draw.Next(random)));
                }
                catch (Exception exception)
                {
                    _faults.Enqueue(exception.ToString().ReplaceLineEndings(" "));
                }
            }
        })));
        return new TruthResult
        {
            Answers = _answers,
            Hits = _hits,
            Changes = _changes,
            Stale = [.. _stale.Take(MostStale)],
            StallMilliseconds = (await stall).TotalMilliseconds,
            Faults = [.. _faults],
        };
    }

    private async Task ChangeAsync(int resource)
    {
        using var content = new ByteArrayContent([]);
        using var response = await client.PutAsync(new Uri($"/k/{resource}", UriKind.Relative), content);
        response.EnsureSuccessStatusCode();
        var now = Stopwatch.GetTimestamp();
        var version = int.Parse(response.Headers.GetValues(VersionField).Single(), CultureInfo.InvariantCulture);
        if (version > 0)
        {
            acknowledged[resource, version] = now;
            Interlocked.Increment(ref _changes);
        }

        await Task.Delay(PauseBetweenChanges);
    }

    private async Task AskAsync(int resource)
    {
        var start = Stopwatch.GetTimestamp();
        using var response = await client.GetAsync(new Uri($"/k/{resource}", UriKind.Relative));
        response.EnsureSuccessStatusCode();
        var version = LoadRun.Check(resource, await response.Content.ReadAsByteArrayAsync());
        var status = response.GetCacheStatus()!;
        Interlocked.Increment(ref _answers);
        if (status.Hit)
        {
            Interlocked.Increment(ref _hits);
        }

        var earliest = long.MaxValue;
        for (var newer = version + 1; newer < VersionTable.Versions; newer++)
        {
            if (acknowledged[resource, newer] is not 0 and var at)
            {
                earliest = Math.Min(earliest, at);
            }
        }

        if (earliest < start)
        {
            _stale.Enqueue(new StaleAnswer(resource, version, earliest, start, status.Reason.ToString(), settings.Seed));
        }

        await Task.Delay(PauseBetweenReads);
    }

    /// <summary>By how much the longest of many short pauses was too long.</summary>
    private static async Task<TimeSpan> StallAsync(CancellationToken stop)
    {
        var longest = TimeSpan.Zero;
        while (!stop.IsCancellationRequested)
        {
            var start = Stopwatch.GetTimestamp();
            await Task.Delay(Tick, CancellationToken.None);
            var over = Stopwatch.GetElapsedTime(start) - Tick;
            longest = over > longest ? over : longest;
        }

        return longest;
    }
}
