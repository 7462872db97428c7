using System.Diagnostics;
using HttpCaching.Tests.Control;
using Microsoft.Extensions.Time.Testing;

namespace HttpCaching.Tests.Watching;

/// <summary>A hit pays no byte for observers and tracers that do not listen to it.</summary>
[Collection(TracedAlone.Name)]
[Trait("Spec", "OBS-3")]
public sealed class HitCostTests
{
    private const int Calls = 1000;

    [Fact]
    public void Hit_WithObserversAndTracersThatListenToOtherThings_AllocatesNotAByteMore()
    {
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "another",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
        };

        var without = BytesOfHits([]);
        ActivitySource.AddActivityListener(listener);
        using var caller = new Activity("caller").Start();
        using var meters = new Measured(listens: false);
        var with = BytesOfHits([new Deaf(), new Deaf()], meters);

        with.Should().Be(without);
        caller.Events.Should().BeEmpty();
    }

    [Fact]
    public void Hit_WithAnObserverThatWantsIt_CostsOneEvent()
    {
        var more = BytesOfHits([new Listens()]) - BytesOfHits([]);

        (more / Calls).Should().BeInRange(1, 200);
    }

    private static long BytesOfHits(IHttpCacheObserver[] observers, Measured? meters = null)
    {
        var origin = new ScriptedOrigin().Then(200, "0123456789", ("Cache-Control", "max-age=600"));
        using var cache = new HttpCache(timeProvider: new FakeTimeProvider(CacheFixture.Start), meterFactory: meters, observers: observers);
        using var client = new HttpMessageInvoker(new CachingHandler(cache) { InnerHandler = origin });
        var (before, hits) = (0L, 0);
        for (var i = 0; i < 2 * Calls; i++)
        {
            // The second half is measured: by then all is made that is made once.
            before = i == Calls ? GC.GetAllocatedBytesForCurrentThread() : before;
            using var request = new HttpRequestMessage(HttpMethod.Get, "http://h/");
            using var response = client.Send(request, CancellationToken.None);
            if (i == 0)
            {
                // Stored when it has been read.
                response.Content.CopyTo(Stream.Null, null, CancellationToken.None);
            }

            hits += response.GetCacheStatus()!.Hit ? 1 : 0;
        }

        var bytes = GC.GetAllocatedBytesForCurrentThread() - before;
        hits.Should().Be((2 * Calls) - 1);
        return bytes;
    }

    private sealed class Deaf : IHttpCacheObserver
    {
        public HttpCacheEventKinds Kinds => HttpCacheEventKinds.Evicted | HttpCacheEventKinds.StoreFault;

        public void OnEvent(HttpCacheEvent cacheEvent)
        {
        }
    }

    private sealed class Listens : IHttpCacheObserver
    {
        public void OnEvent(HttpCacheEvent cacheEvent)
        {
        }
    }
}
