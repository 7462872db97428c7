using HttpCaching.Tests.Control;

namespace HttpCaching.Tests.Collapsing;

/// <summary>What collapsing costs a request that nobody joins. Time is for the benchmarks; bytes can be counted.</summary>
[Collection(Performance.MeasuredAlone.Name)]
public sealed class MissCostTests
{
    private const int Rounds = 9;
    private const int Misses = 200;

    [Fact]
    public void Miss_ThatNobodyJoins_AllocatesLittleMoreThanWithoutCollapsing()
    {
        using var without = Fixture(false);
        using var with = Fixture(true);

        // By turns, and the median: the runtime compiles some method anew in one of the rounds, which allocates less from then on.
        var more = Enumerable.Range(0, Rounds).Select(round => BytesPerMiss(with, round) - BytesPerMiss(without, round)).Order().ToArray();

        more[Rounds / 2].Should().BeLessThanOrEqualTo(200);
    }

    private static CollapseFixture Fixture(bool collapse)
    {
        var fixture = new CollapseFixture(o => o.CollapseRequests = collapse);
        fixture.Origin.AtOnce = static _ => ScriptedOrigin.Response(200, "hello", CollapseFixture.Fresh);
        return fixture;
    }

    private static long BytesPerMiss(CollapseFixture fixture, int round)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < Misses; i++)
        {
            // Another URI each time, of equal length.
            using var response = fixture.Client.Send(CacheFixture.Request("GET", $"http://h/{round}/{i:D4}"), HttpCompletionOption.ResponseHeadersRead);
            response.Content.ReadAsStream().CopyTo(Stream.Null);
        }

        return (GC.GetAllocatedBytesForCurrentThread() - before) / Misses;
    }
}
