using System.Diagnostics.Metrics;
using HttpCaching.Tests.Control;
using HttpCaching.Tests.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace HttpCaching.Tests.Issues;

/// <summary>
/// Objects of the application that throw cost the response that was received, and its connection with it, or failed the request. With one connection for each server a
/// response that is not released makes the next request wait for ever.
/// </summary>
[Trait("Spec", "SRE-13")]
public sealed class RulesOfTheApplicationThatThrow
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public enum Rule
    {
        StatusFilter,
        Heuristic,
        QueryNormalizer,
        PartitionSelector,
        KeyMaterial,
        Flights,
        Logger,
        MeterListener,
        Store,
    }

    public static TheoryData<Rule, bool> Rules()
    {
        var data = new TheoryData<Rule, bool>();
        foreach (var rule in Enum.GetValues<Rule>())
        {
            data.Add(rule, true);
            data.Add(rule, false);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Rules))]
    public async Task Send_RuleThrows_EachRequestSucceedsOnOneConnection(Rule rule, bool async)
    {
        await using var server = await LoopbackServer.StartAsync(context =>
        {
            context.Response.Headers.CacheControl = "max-age=60";
            context.Response.Headers.ETag = "\"a\"";
            return context.Response.WriteAsync("body");
        });
        using var meters = new OwnMeters();
        using var listener = rule == Rule.MeterListener ? ThrowingListener(meters) : null;
        using var cache = new HttpCache(
            rule == Rule.Store ? new UnreadableStore() : null, OptionsOf(rule), loggerFactory: rule == Rule.Logger ? new ThrowingLogger() : null, meterFactory: meters);
        using var client = ClientOf(cache);

        foreach (var method in new[] { "GET", "GET", "HEAD", "QUERY", "QUERY", "POST", "PUT", "GET", "GET" })
        {
            using var request = Request(method, server.Address);
            using var response = async ? await client.SendAsync(request).WaitAsync(Patience) : await Task.Run(() => client.Send(request)).WaitAsync(Patience);
            ((int)response.StatusCode).Should().Be(200);
            (await response.Content.ReadAsStringAsync()).Should().Be(method == "HEAD" ? string.Empty : "body");
        }
    }

    [Theory]
    [InlineData(Rule.StatusFilter)]
    [InlineData(Rule.Heuristic)]
    public async Task Get_RuleOnStoringThrows_IsNotStoredAndSaidOnce(Rule rule)
    {
        using var fixture = new CacheFixture(options => Set(options, rule));
        fixture.Origin.Otherwise = _ => ScriptedOrigin.Response(200, "x", ("Cache-Control", "max-age=60"), ("ETag", "\"a\""));

        for (var i = 0; i < 3; i++)
        {
            (await fixture.GetAsync()).Cache.Stored.Should().BeFalse();
        }

        fixture.Origin.Requests.Should().HaveCount(3).And.OnlyContain(request => request["If-None-Match"] == null);
        fixture.Log.Messages.Should().ContainSingle(message => message.Contains(rule.ToString(), StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(Rule.PartitionSelector)]
    [InlineData(Rule.KeyMaterial)]
    public async Task Get_RuleOnKeysThrows_BypassesTheCacheAndSaysSoOnce(Rule rule)
    {
        var throws = false;
        using var fixture = new CacheFixture(options => Set(options, rule, () => throws));
        fixture.Origin.Otherwise = _ => ScriptedOrigin.Response(200, "x", ("Cache-Control", "max-age=60"));
        await fixture.GetAsync();
        throws = true;

        for (var i = 0; i < 2; i++)
        {
            var seen = await fixture.GetAsync();
            (seen.Cache.Hit, seen.Cache.Stored, seen.Cache.Forward, seen.Cache.Reason)
                .Should().Be((false, false, ForwardReason.Bypass, CacheReason.KeyUnavailable));
        }

        (await fixture.GetAsync("http://h/", ("Cache-Control", "only-if-cached"))).Status.Should().Be(504);
        throws = false;
        (await fixture.GetAsync()).Cache.Hit.Should().BeTrue();
        fixture.Origin.Requests.Should().HaveCount(3);
        fixture.Log.Messages.Should().ContainSingle(message => message.Contains(rule == Rule.KeyMaterial ? "Keys.Material" : rule.ToString(), StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(Rule.PartitionSelector)]
    [InlineData(Rule.KeyMaterial)]
    public async Task Put_RuleOnKeysThrows_StillInvalidates(Rule rule)
    {
        var throws = false;
        using var fixture = new CacheFixture(options =>
        {
            options.Extensions.InvalidateGroupMates = true;
            Set(options, rule, () => throws);
        });
        fixture.Origin.Otherwise = _ => ScriptedOrigin.Response(200, "x", ("Cache-Control", "max-age=60"));
        await fixture.GetAsync();
        throws = true;
        await fixture.SendAsync(CacheFixture.Request("PUT", "http://h/"));
        throws = false;

        (await fixture.GetAsync()).Cache.Hit.Should().BeFalse();
    }

    [Fact]
    public async Task Get_HeuristicThrowsOnWhatIsStored_IsValidatedAndServed()
    {
        var throws = false;
        using var fixture = new CacheFixture(options => Set(options, Rule.Heuristic, () => throws), new MemoryHttpCacheStore());
        fixture.Origin.Then(200, "x", ("Cache-Control", "max-age=60"), ("ETag", "\"a\"")).Then(304, null, ("ETag", "\"a\""), ("Cache-Control", "max-age=60"));
        await fixture.GetAsync();
        throws = true;
        using var other = new CacheFixture(options => Set(options, Rule.Heuristic, () => throws), fixture.Store);
        other.Origin.Then(304, null, ("ETag", "\"a\""), ("Cache-Control", "max-age=60"));

        var seen = await other.GetAsync();

        (seen.Status, seen.Body).Should().Be((200, "x"));
    }

    private static HttpClient ClientOf(HttpCache cache) =>
        new(new CachingHandler(cache) { InnerHandler = new SocketsHttpHandler { MaxConnectionsPerServer = 1, AllowAutoRedirect = false } });

    private static HttpRequestMessage Request(string method, Uri address)
    {
        var request = new HttpRequestMessage(new HttpMethod(method), address);
        if (method == "QUERY")
        {
            request.Content = new StringContent("{}", null, "application/json");
        }

        return request;
    }

    private static HttpCacheOptions OptionsOf(Rule rule)
    {
        var options = new HttpCacheOptions { Extensions = { CacheQuery = true, InvalidateGroupMates = true }, Store = { Post = true } };
        Set(options, rule);
        return options;
    }

    private static void Set(HttpCacheOptions options, Rule rule, Func<bool>? throws = null)
    {
        T Throw<T>(T otherwise) => throws is null || throws() ? throw new InvalidOperationException("of the application") : otherwise;
        switch (rule)
        {
            case Rule.StatusFilter:
                options.Store.StatusFilter = _ => Throw(true);
                break;
            case Rule.Heuristic:
                options.Heuristic = new Heuristic(() => Throw<TimeSpan?>(null));
                break;
            case Rule.QueryNormalizer:
                options.Extensions.QueryNormalizers["application/json"] = bytes => Throw(bytes);
                break;
            case Rule.PartitionSelector:
                options.PartitionSelector = _ => Throw("a");
                break;
            case Rule.KeyMaterial:
                options.Keys.Material = _ => Throw("a");
                break;
            case Rule.Flights:
                options.Collapsing.Flights = new ThrowingFlights();
                break;
        }
    }

    /// <summary>A listener to one cache's meter: the meters of other tests' caches have the same name.</summary>
    private static MeterListener ThrowingListener(OwnMeters meters)
    {
        var listener = new MeterListener
        {
            InstrumentPublished = (instrument, l) =>
            {
                if (ReferenceEquals(instrument.Meter.Scope, meters))
                {
                    l.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>((_, _, _, _) => throw new InvalidOperationException("of the listener"));
        listener.SetMeasurementEventCallback<double>((_, _, _, _) => throw new InvalidOperationException("of the listener"));
        listener.Start();
        return listener;
    }

    private sealed class OwnMeters : IMeterFactory
    {
        public Meter Create(MeterOptions options) => new(options.Name, options.Version, options.Tags, scope: this);

        public void Dispose()
        {
        }
    }

    private sealed class Heuristic(Func<TimeSpan?> lifetime) : IFreshnessHeuristic
    {
        public TimeSpan? LifetimeOf(FreshnessFacts facts) => lifetime();
    }

    private sealed class ThrowingFlights : IHttpCacheFlights
    {
        public ValueTask<HttpCacheFlight> EnterAsync(string name, CancellationToken cancellationToken) => throw new InvalidOperationException("of the flights");
    }

    private sealed class ThrowingLogger : ILoggerFactory, ILogger
    {
        public void AddProvider(ILoggerProvider provider)
        {
        }

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => throw new InvalidOperationException("of the logger");

        public bool IsEnabled(LogLevel logLevel) => logLevel == LogLevel.Debug ? throw new InvalidOperationException("of the logger") : true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            throw new InvalidOperationException("of the logger");

        public void Dispose()
        {
        }
    }

    /// <summary>A store whose snapshots throw at every use, and at their disposal too.</summary>
    private sealed class UnreadableStore : IHttpCacheStore
    {
        public ValueTask<HttpCacheSnapshot> ReadAsync(CacheKey key, CancellationToken cancellationToken) => new(new Snapshot());

        public ValueTask<HttpCacheWriter?> BeginWriteAsync(CacheKey key, long? expectedLength, CancellationToken cancellationToken) => default;

        public ValueTask<bool> ReplaceHeadAsync(CacheKey key, long generation, StoredResponse head, long stamp, TimeSpan retention, CancellationToken cancellationToken) => default;

        public ValueTask RemoveAsync(CacheKey key, long generation, CancellationToken cancellationToken) => default;

        public ValueTask InvalidateAsync(string uri, CancellationToken cancellationToken) => default;

        private sealed class Snapshot : HttpCacheSnapshot
        {
            public override System.Collections.Immutable.ImmutableArray<StoredResponse> Responses => throw new InvalidOperationException("of the store");

            public override long Stamp => throw new InvalidOperationException("of the store");

            public override ValueTask<StoredBody> OpenBodyAsync(StoredResponse response, CancellationToken cancellationToken) =>
                throw new InvalidOperationException("of the store");

            protected override void Dispose(bool disposing) => throw new InvalidOperationException("of the store");
        }
    }
}
