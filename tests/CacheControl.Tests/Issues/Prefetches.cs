using HttpCaching.Tests.Control;

namespace HttpCaching.Tests.Issues;

/// <summary>Filling a client's cache.</summary>
public sealed class Prefetches
{
    [Fact]
    [Trait("Spec", "LOOK-4")]
    public async Task Prefetch_TenThousandUrisWithFailuresInBetween_GoesThroughAllAndTellsEach()
    {
        using var client = new HttpClient(new CachingHandler { InnerHandler = new Origin() });
        var progress = new Told();
        var uris = Enumerable.Range(0, 10_000).Select(i => new Uri($"http://h/{i}"));

        var end = await client.PrefetchAsync(uris, degree: 8, progress);

        end.Should().Be(new PrefetchProgress(0, 8_000, 0, 2_000, end.LastFailed));
        progress.Done.Should().Equal(Enumerable.Range(1, 10_000).Select(i => (long)i));
        (await client.PrefetchAsync([new Uri("http://h/2"), new Uri("http://h/no-store2")])).Should().Be(new PrefetchProgress(1, 0, 1, 0, null));
    }

    [Fact]
    [Trait("Spec", "LOOK-4")]
    public async Task Prefetch_ClientWithoutCache_SaysSo()
    {
        using var client = new HttpClient(new Origin());

        (await client.Invoking(c => c.PrefetchAsync([new Uri("http://h/2")])).Should().ThrowAsync<InvalidOperationException>()).WithMessage("*no cache*");
    }

    [Fact]
    [Trait("Spec", "LOOK-4")]
    public async Task Prefetch_UriOfAnotherScheme_IsNotStoredAndTheOthersGoOn()
    {
        using var client = new HttpClient(new CachingHandler { InnerHandler = new Origin() });

        var end = await client.PrefetchAsync([new Uri("https+http://h/2"), new Uri("http://h/2")], degree: 1);

        end.Should().Be(new PrefetchProgress(0, 1, 1, 0, null));
    }

    [Fact]
    [Trait("Spec", "LOOK-4")]
    public async Task Prefetch_CancelledByTheCaller_EndsAndThrows()
    {
        using var client = new HttpClient(new CachingHandler { InnerHandler = new Origin() });
        using var source = new CancellationTokenSource();
        var progress = new Told(source);

        await client.Invoking(c => c.PrefetchAsync(Endless(), 2, progress, source.Token)).Should().ThrowAsync<OperationCanceledException>();

        static IEnumerable<Uri> Endless()
        {
            for (var i = 0; ; i++)
            {
                yield return new Uri($"http://h/{i}");
            }
        }
    }

    private sealed class Told(CancellationTokenSource? ends = null) : IProgress<PrefetchProgress>
    {
        public List<long> Done { get; } = [];

        public void Report(PrefetchProgress value)
        {
            Done.Add(value.Done);
            ends?.Cancel();
        }
    }

    /// <summary>Of ten URIs one has no response and one is an error.</summary>
    private sealed class Origin : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            request.RequestUri!.AbsolutePath[^1] switch
            {
                '0' => Task.FromException<HttpResponseMessage>(new HttpRequestException(HttpRequestError.ConnectionError)),
                '1' => Task.FromResult(ScriptedOrigin.Response(500, "broken")),
                _ => Task.FromResult(ScriptedOrigin.Response(
                    200, "x", ("Cache-Control", request.RequestUri.AbsolutePath.Contains("no-store", StringComparison.Ordinal) ? "no-store" : "max-age=60"))),
            };
    }
}
