using System.Runtime.CompilerServices;
using HttpCaching.Control;
using HttpCaching.Tests.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace HttpCaching.Tests.Pipeline;

/// <summary>
/// Work in the background while <see cref="IHttpClientFactory"/> replaces a client's pipeline, collects the old one and disposes it. The factory has a
/// clock of its own that can't be replaced: these tests wait, with a bound, until it has gone on.
/// </summary>
public sealed class RotationTests
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    [Trait("Spec", "HTC-17")]
    public async Task Background_CallersPipelineExpired_ValidatesThroughTheLiveOne(bool byHabit)
    {
        await using var site = await StaleSiteAsync();
        var (services, below, above) = Services(byHabit);
        await using var provider = services.BuildServiceProvider();
        var factory = provider.GetRequiredService<IHttpClientFactory>();
        var client = factory.CreateClient("x");
        await client.GetStringAsync(site.Address);
        await UntilAsync(() => Rotated(provider, above));

        // The client still has the old pipeline, which was what it asked through; the validation goes through the new one.
        (await client.GetStringAsync(site.Address)).Should().Be("1");
        await BackgroundOf(provider, byHabit).WhenIdleAsync();

        site.Requests.Should().HaveCount(2);
        below.Select(probe => probe.Requests).Should().HaveCountGreaterThan(1);
        below[0].Requests.Should().Be(1, "the old pipeline has sent the first request only");
        below.Skip(1).Sum(probe => probe.Requests).Should().Be(1);
        above.Sum(probe => probe.Requests).Should().Be(2, "handlers above the cache see what callers ask, and not the validation");
        (await client.GetStringAsync(site.Address)).Should().Be("2");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    [Trait("Spec", "HTC-17")]
    public async Task Background_OldPipelineCollectedWhileItRuns_IsNotCutOff(bool byHabit)
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var site = await StaleSiteAsync(gate.Task);
        var (services, below, above) = Services(byHabit);
        await using var provider = services.BuildServiceProvider();
        await AskTwiceAsync(provider, site.Address);
        await UntilAsync(() => site.Requests.Count == 2);
        var first = below.Count;

        // The pipeline that sends the validation expires while the origin keeps it waiting, and nobody else refers to it.
        // A later one, that nobody uses, is disposed: the factory has been through all that came before it.
        await UntilAsync(() => Rotated(provider, above));
        await UntilAsync(() => Collected(below.Skip(first)).Any(probe => probe.IsDisposed));
        below.Take(first).Should().Contain(probe => !probe.IsDisposed, "the validation goes through one of these");
        gate.SetResult();
        await BackgroundOf(provider, byHabit).WhenIdleAsync();

        var answered = await provider.GetRequiredService<IHttpClientFactory>().CreateClient("x").GetStringAsync(site.Address);
        answered.Should().Be("2", "the validation has ended well");
        await UntilAsync(() => Collected(below.Take(first)).All(probe => probe.IsDisposed));
    }

    [Fact]
    [Trait("Spec", "HTC-17")]
    public async Task Background_ServicesDisposed_ServesWhatIsStored()
    {
        await using var site = await StaleSiteAsync();
        var (services, _, _) = Services(byHabit: false);
        var provider = services.BuildServiceProvider();
        var client = provider.GetRequiredService<IHttpClientFactory>().CreateClient("x");
        await client.GetStringAsync(site.Address);
        var cache = provider.GetRequiredKeyedService<HttpCache>("x");
        using var handler = new CachingHandler(cache)
        {
            InnerHandler = new SocketsHttpHandler(),
            LivePipeline = () => throw new ObjectDisposedException(nameof(IServiceProvider)),
        };
        using var own = new HttpClient(handler);

        (await own.GetStringAsync(site.Address)).Should().Be("1");
        await cache.Controller.Background.WhenIdleAsync();

        site.Requests.Should().HaveCount(2, "the pipeline of the request stands in for the one that can't be made");
        await provider.DisposeAsync();
    }

    /// <summary>Answers each request with the next number, stale from the start, for an hour; from the second on when the gate opens.</summary>
    private static async Task<LoopbackServer> StaleSiteAsync(Task? gate = null)
    {
        var count = 0;
        return await LoopbackServer.StartAsync(async context =>
        {
            var number = Interlocked.Increment(ref count);
            if (number > 1 && gate is not null)
            {
                await gate;
            }

            context.Response.Headers.CacheControl = number == 1 ? "max-age=0, stale-while-revalidate=3600" : "max-age=3600";
            await context.Response.WriteAsync(number.ToString(System.Globalization.CultureInfo.InvariantCulture));
        });
    }

    /// <summary>A client whose pipelines live one second, with probes above and below the cache.</summary>
    private static (ServiceCollection Services, List<Probe> Below, List<Probe> Above) Services(bool byHabit)
    {
        var (below, above) = (new List<Probe>(), new List<Probe>());
        var services = new ServiceCollection();
        services.AddHttpCaching();
        var client = services.AddHttpClient("x").SetHandlerLifetime(TimeSpan.FromSeconds(1)).AddHttpMessageHandler(() => Probe.AddTo(above));
        if (byHabit)
        {
            client.AddHttpMessageHandler<CachingHandler>();
        }
        else
        {
            client.AddHttpCaching();
        }

        client.AddHttpMessageHandler(() => Probe.AddTo(below));
        return (services, below, above);
    }

    private static BackgroundValidator BackgroundOf(ServiceProvider provider, bool byHabit) =>
        (byHabit ? provider.GetRequiredService<HttpCache>() : provider.GetRequiredKeyedService<HttpCache>("x")).Controller.Background;

    /// <summary>Whether the factory makes another pipeline by now than it did first.</summary>
    private static bool Rotated(ServiceProvider provider, List<Probe> made)
    {
        var before = made.Count;
        provider.GetRequiredService<IHttpMessageHandlerFactory>().CreateHandler("x");
        return made.Count > before;
    }

    /// <summary>In a method of its own, so that no reference to the client is left.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static async Task AskTwiceAsync(ServiceProvider provider, Uri address)
    {
        var client = provider.GetRequiredService<IHttpClientFactory>().CreateClient("x");
        await client.GetStringAsync(address);
        (await client.GetStringAsync(address)).Should().Be("1");
    }

    private static T Collected<T>(T what)
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        return what;
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        using var bound = new CancellationTokenSource(Bound);
        while (!condition())
        {
            await Task.Delay(50, bound.Token);
        }
    }

    private sealed class Probe : DelegatingHandler
    {
        private int _requests;

        public int Requests => _requests;

        public bool IsDisposed { get; private set; }

        public static Probe AddTo(List<Probe> probes)
        {
            var probe = new Probe();
            lock (probes)
            {
                probes.Add(probe);
            }

            return probe;
        }

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            ObjectDisposedException.ThrowIf(IsDisposed, this);
            Interlocked.Increment(ref _requests);
            return base.SendAsync(request, cancellationToken);
        }

        protected override void Dispose(bool disposing)
        {
            IsDisposed = true;
            base.Dispose(disposing);
        }
    }
}
