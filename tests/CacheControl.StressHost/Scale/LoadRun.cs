using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using HttpCaching.StoreContract;

namespace HttpCaching.StressHost.Scale;

/// <summary>One run of the load: parallel workers, each of which asks for one resource after the other and checks what it gets.</summary>
internal sealed class LoadRun(HttpClient client, LoadSettings settings, VersionTable versions, ZipfDraw draw, ConcurrentQueue<string> faults)
{
    private const int Workers = 8;
    private const int MostFaults = 10;

    private readonly int[] _asked = new int[settings.Resources];
    private readonly int[] _hits = new int[settings.Resources];
    private readonly List<ForwardedRequest> _forwards = [];
    private readonly Lock _gate = new();
    private int _collapsed;
    private long _oldest;
    private long _longest;

    /// <summary>Runs until there were enough requests, or the time is over.</summary>
    public async Task<LoadResult> RunAsync(int requests, TimeSpan duration, int seed)
    {
        var clock = Stopwatch.StartNew();
        var left = requests;
        await Task.WhenAll(Enumerable.Range(0, Workers).Select(worker => Task.Run(async () =>
        {
            var random = new Random((seed * Workers) + worker);
            while (faults.Count < MostFaults && clock.Elapsed < duration && Interlocked.Decrement(ref left) >= 0)
            {
                try
                {
                    await AskAsync(draw.Next(random));
                }
                catch (Exception exception)
                {
                    faults.Enqueue(exception.ToString().ReplaceLineEndings(" "));
                }
            }
        })));
        return new LoadResult
        {
            Asked = _asked,
            Hits = _hits,
            Forwards = [.. _forwards],
            Collapsed = _collapsed,
            OldestMilliseconds = TimeSpan.FromTicks(_oldest).TotalMilliseconds,
            LongestMilliseconds = TimeSpan.FromTicks(_longest).TotalMilliseconds,
            Faults = [.. faults],
        };
    }

    private async Task AskAsync(int resource)
    {
        var start = Stopwatch.GetTimestamp();
        using var response = await client.GetAsync(new Uri($"/k/{resource}", UriKind.Relative));
        Require(response.StatusCode == HttpStatusCode.OK, $"a bare {(int)response.StatusCode}");
        var body = await response.Content.ReadAsByteArrayAsync();
        var taken = Stopwatch.GetElapsedTime(start);
        var version = Check(resource, body);

        // Superseded before it was asked for: how long ago?
        var superseded = version + 1 < VersionTable.Versions ? versions[resource, version + 1] : 0;
        var age = superseded != 0 && superseded < start ? Stopwatch.GetElapsedTime(superseded, start) : TimeSpan.Zero;
        var status = response.GetCacheStatus() ?? throw new InvalidDataException("No Cache-Status.");
        lock (_gate)
        {
            _asked[resource]++;
            _hits[resource] += status.Hit ? 1 : 0;
            _collapsed += status.Collapsed == true ? 1 : 0;
            if (!status.Hit && status.Collapsed != true)
            {
                _forwards.Add(new ForwardedRequest(resource, status.Reason.ToString(), settings.Seed));
            }

            _oldest = Math.Max(_oldest, age.Ticks);
            _longest = Math.Max(_longest, taken.Ticks);
        }
    }

    /// <summary>The body is a line, "resource version length", and bytes of which each follows from these three.</summary>
    public static int Check(int resource, byte[] body)
    {
        var end = Array.IndexOf(body, (byte)'\n');
        Require(end > 0, "a body without its first line");
        var words = System.Text.Encoding.ASCII.GetString(body, 0, end).Split(' ');
        Require(words.Length == 3 && words[0] == resource.ToString(CultureInfo.InvariantCulture), $"the body of '{string.Join(' ', words)}' for {resource}");
        var version = int.Parse(words[1], CultureInfo.InvariantCulture);
        var length = int.Parse(words[2], CultureInfo.InvariantCulture);
        Require(body.Length == end + 1 + length, $"{body.Length} bytes of {end + 1 + length}");
        Require(SelfDescribingBody.Matches(LoadBody.IdOf(resource, version), length, 0, body.AsSpan(end + 1)), $"other bytes within '{string.Join(' ', words)}'");
        return version;
    }

    private static void Require(bool condition, string message)
    {
        if (!condition)
        {
            throw new InvalidDataException("Wrong answer: " + message);
        }
    }
}
