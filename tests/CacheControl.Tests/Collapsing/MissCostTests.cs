using CacheControl.Tests.Control;

namespace CacheControl.Tests.Collapsing;

/// <summary>What collapsing costs a request that nobody joins. Time is for the benchmarks; bytes can be counted.</summary>
[Collection(Performance.MeasuredAlone.Name)]
public sealed class MissCostTests
{
    [Fact]
    public void Miss_ThatNobodyJoins_AllocatesLittleMoreThanWithoutCollapsing()
    {
        var without = BytesPerMiss(false);
        var with = BytesPerMiss(true);

        (with - without).Should().BeLessThanOrEqualTo(200);
    }

    private static long BytesPerMiss(bool collapse)
    {
        using var fixture = new CollapseFixture(o => o.CollapseRequests = collapse);
        fixture.Origin.AtOnce = static _ => ScriptedOrigin.Response(200, "hello", CollapseFixture.Fresh);
        var best = long.MaxValue;
        for (var round = 0; round < 5; round++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < 200; i++)
            {
                // Another URI each time, of equal length.
                using var response = fixture.Client.Send(CacheFixture.Request("GET", $"http://h/{round}/{i:D4}"), HttpCompletionOption.ResponseHeadersRead);
                response.Content.ReadAsStream().CopyTo(Stream.Null);
            }

            best = Math.Min(best, (GC.GetAllocatedBytesForCurrentThread() - before) / 200);
        }

        return best;
    }
}
