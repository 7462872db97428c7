using System.Globalization;
using System.Net;
using HttpCaching.Control.Time;
using HttpCaching.Tests.Control;
using Microsoft.Extensions.Time.Testing;

namespace HttpCaching.Tests.Interleavings;

/// <summary>Everything that one schedule runs in: a cache over fakes whose every call waits at a gate, and what has to hold in it.</summary>
internal sealed class World : IDisposable
{
    public const string Uri = "http://h/";

    private readonly MemoryHttpCacheStore _inner = new();
    private readonly HttpCache _foreignCache;
    private readonly HttpMessageInvoker _foreign;
    private readonly Dictionary<long, int> _serials = [];

    public World(Scenario scenario)
    {
        Scenario = scenario;
        Store = new GatedStore(_inner, Gates);
        Origin = new SteeredOrigin(Gates, Time, scenario.State switch
        {
            Initially.StaleWhileRevalidate => "max-age=30, stale-while-revalidate=6000",
            Initially.StaleIfError => "max-age=30, stale-if-error=6000",
            _ => "max-age=30",
        });

        // Parts are kept from a few bytes on, so that bodies left in the middle come into play.
        // Whose head was given is to get its body, however late the order of the schedule lets the store give it.
        var options = new HttpCacheOptions { Dispatch = new Dispatch(Gates.Post), Store = { KeepIncompleteAbove = 10, BodyTimeout = TimeSpan.FromHours(1) } };
        Cache = new HttpCache(Store, options, Time);
        Client = new HttpMessageInvoker(new CachingHandler(Cache) { InnerHandler = Origin });
        _foreignCache = new HttpCache(_inner, null, Time);
        _foreign = new HttpMessageInvoker(new CachingHandler(_foreignCache) { InnerHandler = new Below(Origin) });
        Gates.Bind();
    }

    public Scenario Scenario { get; }

    public Gates Gates { get; } = new();

    public FakeTimeProvider Time { get; } = new(CacheFixture.Start);

    public GatedStore Store { get; }

    public SteeredOrigin Origin { get; }

    public HttpCache Cache { get; }

    public HttpMessageInvoker Client { get; }

    /// <summary>What was found wrong.</summary>
    public List<string> Faults { get; } = [];

    /// <summary>The least version that a request may see which begins now: that of the last PUT that has completed.</summary>
    public int LeastVersion { get; set; }

    /// <summary>The first exchange that a request may see which begins now: the one after the last removal of everything that has completed.</summary>
    public int LeastSerial { get; set; }

    /// <summary>Stores what the scenario begins with.</summary>
    public void Prepare()
    {
        if (Scenario.State == Initially.Empty)
        {
            return;
        }

        Get(Client);
        if (Scenario.State != Initially.Fresh)
        {
            Time.Advance(TimeSpan.FromMinutes(1));
        }
    }

    /// <summary>Does what happens in one step.</summary>
    public Task DoAsync(Act act)
    {
        switch (act)
        {
            case Act.Evict:
                Evict();
                break;
            case Act.ForeignReplace:
                Origin.Version++;
                Get(_foreign, "no-cache");
                break;
            case Act.ForeignRefresh:
                Get(_foreign, "no-cache");
                break;
            case Act.StoreFault:
                Store.FailsNext = true;
                break;
            case Act.StoreHang:
                Store.HangsNext = true;
                break;
            case Act.OriginFault:
                Origin.FailsNext = () => new HttpResponseMessage((HttpStatusCode)599);
                break;
            case Act.OriginError:
                Origin.FailsNext = () => new HttpResponseMessage(HttpStatusCode.ServiceUnavailable) { Content = new StringContent("busy") };
                break;
            case Act.Minute:
                Time.Advance(TimeSpan.FromMinutes(1));
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(act), act, null);
        }

        return Task.CompletedTask;
    }

    public void Dispose()
    {
        Client.Dispose();
        Cache.Dispose();
        _foreign.Dispose();
        _foreignCache.Dispose();
        _inner.Dispose();
    }

    /// <summary>A GET for which no gate is closed: it has ended when this returns.</summary>
    private void Get(HttpMessageInvoker client, string? cacheControl = null)
    {
        // A fault that is to come is the cache's under test.
        var (wereOpen, fault) = (Gates.AreOpen, Origin.FailsNext);
        (Gates.AreOpen, Origin.FailsNext) = (true, null);
        using var request = CacheFixture.Request("GET", Uri);
        if (cacheControl is not null)
        {
            request.Headers.TryAddWithoutValidation("Cache-Control", cacheControl);
        }

        var sending = ReadAsync();
        (Gates.AreOpen, Origin.FailsNext) = (wereOpen, fault);
        if (!sending.IsCompleted)
        {
            Faults.Add("a request for which no gate was closed did not end");
        }
        else if (sending.Exception is { } exception)
        {
            Faults.Add("a request for which no gate was closed failed: " + exception.InnerException!.Message);
        }

        async Task ReadAsync()
        {
            using var response = await client.SendAsync(request, CancellationToken.None);
            await response.Content.CopyToAsync(Stream.Null);
        }
    }

    /// <summary>
    /// Looks at what is stored after a step. A validation replaces only the head that it has validated, so that no head is ever replaced by that of an earlier
    /// exchange (compare-and-swap on the generation).
    /// </summary>
    public void Observe()
    {
        foreach (var (_, head) in Held())
        {
            var serial = int.Parse(head.Fields.First("X-Serial")!, CultureInfo.InvariantCulture);
            if (serial < _serials.GetValueOrDefault(head.BodyId))
            {
                Faults.Add($"the head that exchange {_serials[head.BodyId]} had brought was replaced by that of exchange {serial}");
            }

            _serials[head.BodyId] = serial;
        }
    }

    private void Evict()
    {
        foreach (var (key, response) in Held())
        {
            _inner.RemoveAsync(key, response.Generation, CancellationToken.None).IsCompletedSuccessfully.Should().BeTrue("the store in memory does not wait");
        }
    }

    private List<ListedResponse> Held()
    {
        var held = new List<ListedResponse>();
        CollectAsync().IsCompletedSuccessfully.Should().BeTrue("the store in memory does not wait");
        return held;

        async Task CollectAsync()
        {
            await foreach (var one in _inner.EnumerateAsync(CancellationToken.None))
            {
                held.Add(one);
            }
        }
    }

    /// <summary>The other process's way to the same origin. Its requests are not counted: they are not the cache's.</summary>
    private sealed class Below(SteeredOrigin origin) : DelegatingHandler(origin)
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var response = await base.SendAsync(request, cancellationToken);
            origin.Uncount();
            return response;
        }

        protected override void Dispose(bool disposing)
        {
        }
    }
}
