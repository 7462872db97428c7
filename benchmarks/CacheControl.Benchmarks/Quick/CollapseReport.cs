using System.Diagnostics;
using HttpCaching.Benchmarks.Cases;
using HttpCaching.Benchmarks.Floors;

namespace HttpCaching.Benchmarks.Quick;

/// <summary>A thousand requests for one thing that is not stored: how often the origin is asked, and how long they take together.</summary>
internal static class CollapseReport
{
    private const int Callers = 1000;
    private static readonly TimeSpan Delay = TimeSpan.FromMilliseconds(100);

    /// <summary>What was measured: medians over the rounds.</summary>
    /// <param name="OriginRequests">The requests that reached the origin in all rounds, for one thing in each.</param>
    /// <param name="ToOne">The time of a thousand joined callers to that of one caller, with an origin that takes 100 ms.</param>
    /// <param name="ToUncollapsed">Their time to that of a thousand callers each by itself, with an origin that takes none.</param>
    internal sealed record Result(double OriginRequests, double ToOne, double ToUncollapsed);

    /// <summary>Measures.</summary>
    /// <param name="rounds">How many rounds.</param>
    public static Result Measure(int rounds)
    {
        var origin = new SlowOrigin(Delay);
        using var slow = Subject.Over(origin);
        using var collapsed = Subject.Over(new YieldingOrigin(new byte[1024], isStorable: true));
        using var uncollapsed = Subject.Over(
            new YieldingOrigin(new byte[1024], isStorable: true), new HttpCacheOptions { CollapseRequests = false });
        for (var i = 0; i < 20; i++)
        {
            Time(collapsed, Callers, $"warm{i}");
            Time(uncollapsed, Callers, $"warm{i}");
        }

        var (toOne, toUncollapsed, asked) = (new double[rounds], new double[rounds], 0);
        for (var round = 0; round < rounds; round++)
        {
            var one = Time(slow, 1, $"one{round}");
            var before = origin.Requests;
            toOne[round] = Time(slow, Callers, $"all{round}") / one;
            asked += origin.Requests - before;
            toUncollapsed[round] = Time(collapsed, Callers, $"each{round}") / Time(uncollapsed, Callers, $"each{round}");
        }

        return new Result(
            (double)asked / rounds,
            QuickResult.MedianOver(rounds, i => toOne[i]),
            QuickResult.MedianOver(rounds, i => toUncollapsed[i]));
    }

    private static double Time(Subject subject, int callers, string name)
    {
        var start = Stopwatch.GetTimestamp();
        Task.WhenAll(Enumerable.Range(0, callers).Select(_ => SendAsync(subject.Invoker, $"https://api.example.com/{name}"))).GetAwaiter().GetResult();
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }

    private static async Task SendAsync(HttpMessageInvoker invoker, string url)
    {
        using var request = Subject.Get(url);
        using var response = await invoker.SendAsync(request, CancellationToken.None);
        await response.Content.CopyToAsync(Stream.Null);
    }
}
