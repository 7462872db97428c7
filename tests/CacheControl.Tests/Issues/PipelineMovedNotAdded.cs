using System.Diagnostics.Metrics;
using System.Net;
using HttpCaching.Tests.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace HttpCaching.Tests.Issues;

/// <summary>The cache moves what the primary handler did above itself, and begins nothing that was not done before.</summary>
public sealed class PipelineMovedNotAdded
{
    private static readonly byte[] Archive = Coding.Encode("gzip", Make.Bytes(5000));

    [Theory]
    [Trait("Spec", "HTC-21")]
    [InlineData("handler")]
    [InlineData("builder")]
    [InlineData("builder-sockets")]
    [InlineData("builder-client")]
    [InlineData("habit")]
    public async Task Get_ArchiveWithContentEncoding_IsTheBytesThatHttpClientGives(string way)
    {
        await using var server = await LoopbackServer.StartAsync(AnswerAsync);
        using var setup = Setup(way);
        using var plain = new HttpClient();
        var expected = await plain.GetByteArrayAsync(new Uri(server.Address, "/archive"));

        for (var i = 0; i < 2; i++)
        {
            using var response = await setup.Client.GetAsync(new Uri(server.Address, "/archive"));
            (await response.Content.ReadAsByteArrayAsync()).Should().Equal(expected);
            response.Content.Headers.ContentEncoding.Should().Equal("gzip");
            response.GetCacheStatus()!.Hit.Should().Be(i == 1);
        }

        server.Requests.Should().HaveCount(2).And.OnlyContain(r => r.Contains("ae= ", StringComparison.Ordinal));
    }

    /// <summary>For each thing that the primary handler may have been told: on, off, or another limit.</summary>
    [Theory]
    [Trait("Spec", "HTC-21")]
    [InlineData(false, DecompressionMethods.None, true, 50)]
    [InlineData(false, DecompressionMethods.GZip, false, 50)]
    [InlineData(false, DecompressionMethods.All, true, 1)]
    [InlineData(true, DecompressionMethods.None, false, 50)]
    [InlineData(true, DecompressionMethods.GZip, true, 2)]
    public async Task AddHttpCaching_PlatformPrimary_DoesWhatThePrimaryWasTold(bool isClientHandler, DecompressionMethods methods, bool redirects, int limit)
    {
        await using var server = await LoopbackServer.StartAsync(AnswerAsync);
        using var plain = new HttpClient(Primary());
        var services = new ServiceCollection();
        services.AddHttpClient("x").AddHttpCaching().ConfigurePrimaryHttpMessageHandler(Primary);
        using var provider = services.BuildServiceProvider();
        using var cached = provider.GetRequiredService<IHttpClientFactory>().CreateClient("x");
        foreach (var path in new[] { "/archive", "/fly", "/hop2", "/hop1" })
        {
            var expected = await OutcomeAsync(plain, new Uri(server.Address, path));
            (await OutcomeAsync(cached, new Uri(server.Address, path))).Should().Be(expected, path);
            (await OutcomeAsync(cached, new Uri(server.Address, path))).Should().Be(expected, path);
        }

        HttpMessageHandler Primary() => isClientHandler
            ? new HttpClientHandler { AutomaticDecompression = methods, AllowAutoRedirect = redirects, MaxAutomaticRedirections = limit }
            : new SocketsHttpHandler { AutomaticDecompression = methods, AllowAutoRedirect = redirects, MaxAutomaticRedirections = limit };
    }

    [Theory]
    [Trait("Spec", "HTC-21")]
    [InlineData(false)]
    [InlineData(true)]
    public async Task AddHttpCaching_PrimaryThatIsNotThePlatforms_IsLeftAsItIs(bool isDerived)
    {
        var seen = new List<string>();
        HttpResponseMessage Answer(HttpRequestMessage request)
        {
            seen.Add(request.RequestUri!.AbsolutePath + request.Headers.AcceptEncoding);
            var response = new HttpResponseMessage(HttpStatusCode.Found) { Content = new ByteArrayContent(Archive) };
            response.Headers.TryAddWithoutValidation("Location", "/elsewhere");
            response.Content.Headers.ContentEncoding.Add("gzip");
            return response;
        }

        var services = new ServiceCollection();
        services.AddHttpClient("x").AddHttpCaching()
            .ConfigurePrimaryHttpMessageHandler(() => isDerived ? new DerivedHandler(Answer) : new StubPrimary(Answer));
        using var provider = services.BuildServiceProvider();

        using var response = await provider.GetRequiredService<IHttpClientFactory>().CreateClient("x").GetAsync(new Uri("http://stub/"));

        response.StatusCode.Should().Be(HttpStatusCode.Found);
        (await response.Content.ReadAsByteArrayAsync()).Should().Equal(Archive);
        seen.Should().Equal("/");
    }

    [Theory]
    [Trait("Spec", "HTC-21")]
    [InlineData("handler")]
    [InlineData("builder")]
    public async Task Options_SayOtherwise_AreFollowed(string way)
    {
        await using var server = await LoopbackServer.StartAsync(AnswerAsync);
        using var setup = Setup(way, options => (options.AutomaticDecompression, options.MaximumRedirects) = (DecompressionMethods.GZip, 1));

        (await setup.Client.GetByteArrayAsync(new Uri(server.Address, "/fly"))).Should().Equal(Make.Bytes(5000));
        using var one = await setup.Client.GetAsync(new Uri(server.Address, "/hop1"));
        using var two = await setup.Client.GetAsync(new Uri(server.Address, "/hop2"));

        (one.StatusCode, two.StatusCode).Should().Be((HttpStatusCode.OK, HttpStatusCode.MovedPermanently));
    }

    /// <summary>One handler for a client with a cache and one without, in each order, before and after it has sent something.</summary>
    [Theory]
    [Trait("Spec", "HTC-21")]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public async Task AddHttpCaching_PrimaryGivenToTwoClients_TakesNothingFromTheOther(bool plainFirst, bool hasStarted)
    {
        await using var server = await LoopbackServer.StartAsync(AnswerAsync);
        using var shared = new SocketsHttpHandler { AutomaticDecompression = DecompressionMethods.All, MeterFactory = new OneMeter() };
        using var logs = new EventLog();
        var services = new ServiceCollection();
        services.AddLogging(builder => builder.AddProvider(logs));
        services.AddHttpClient("cached").AddHttpCaching().ConfigurePrimaryHttpMessageHandler(() => shared);
        services.AddHttpClient("again").AddHttpCaching().ConfigurePrimaryHttpMessageHandler(() => shared);
        services.AddHttpClient("plain").ConfigurePrimaryHttpMessageHandler(() => shared);
        using var provider = services.BuildServiceProvider();
        var factory = provider.GetRequiredService<IHttpClientFactory>();
        if (hasStarted)
        {
            using var before = new HttpClient(shared, disposeHandler: false);
            await before.GetAsync(new Uri(server.Address, "/none"));
        }

        string[] order = plainFirst ? ["plain", "cached", "again"] : ["cached", "plain", "again"];
        foreach (var name in (string[])[.. order, .. order])
        {
            using var client = factory.CreateClient(name);
            using var response = await client.GetAsync(new Uri(server.Address, "/hop2"));
            response.StatusCode.Should().Be(HttpStatusCode.OK, name);
            (await response.Content.ReadAsStringAsync()).Should().Be("there", name);
            (await client.GetByteArrayAsync(new Uri(server.Address, "/fly"))).AsSpan().SequenceEqual(Make.Bytes(5000)).Should().BeTrue(name);
        }

        logs.Count("PrimaryInUse").Should().Be(plainFirst || hasStarted ? 1 : 0);
    }

    [Fact]
    [Trait("Spec", "HTC-21")]
    public async Task AddHttpCaching_PrimaryThatNeedsNoChange_IsNotTouchedAfterItHasStarted()
    {
        await using var server = await LoopbackServer.StartAsync(AnswerAsync);
        using var shared = new SocketsHttpHandler { AllowAutoRedirect = false, MeterFactory = new OneMeter() };
        using var before = new HttpClient(shared, disposeHandler: false);
        await before.GetAsync(new Uri(server.Address, "/none"));
        using var logs = new EventLog();
        var services = new ServiceCollection();
        services.AddLogging(builder => builder.AddProvider(logs));
        services.AddHttpClient("x").AddHttpCaching().ConfigurePrimaryHttpMessageHandler(() => shared);
        using var provider = services.BuildServiceProvider();

        using var response = await provider.GetRequiredService<IHttpClientFactory>().CreateClient("x").GetAsync(new Uri(server.Address, "/hop1"));

        response.StatusCode.Should().Be(HttpStatusCode.MovedPermanently);
        logs.Count("PrimaryInUse").Should().Be(0);
    }

    [Fact]
    [Trait("Spec", "HTC-16")]
    public async Task ConfigureHttpClientDefaults_AddHttpCaching_GivesEachClientItsOwn()
    {
        await using var server = await LoopbackServer.StartAsync(AnswerAsync);
        var services = new ServiceCollection();
        services.ConfigureHttpClientDefaults(builder => builder.AddHttpCaching(options => options.CacheStatusName = "all"));
        services.AddHttpClient("a");
        services.AddHttpClient("b").AddHttpCaching(options => options.CacheStatusName = "own");
        using var provider = services.BuildServiceProvider();
        var factory = provider.GetRequiredService<IHttpClientFactory>();
        foreach (var name in new[] { "a", "b", "c", "" })
        {
            foreach (var isHit in new[] { false, true })
            {
                using var response = await factory.CreateClient(name).GetAsync(new Uri(server.Address, "/archive"));
                response.GetCacheStatus()!.Hit.Should().Be(isHit, $"client {name}");
                response.Headers.GetValues("Cache-Status").Should().ContainSingle().Which.Should().StartWith(name == "b" ? "own" : "all");
            }
        }

        await provider.GetRequiredKeyedService<IHttpCache>("a").ClearAsync();
        provider.GetRequiredKeyedService<IHttpCache>("a").Should().NotBeSameAs(provider.GetRequiredKeyedService<IHttpCache>("c"));
        server.Requests.Should().HaveCount(4);
    }

    private static ClientSetup Setup(string way, Action<HttpCacheOptions>? configure = null)
    {
        if (way == "handler")
        {
            var options = new HttpCacheOptions();
            configure?.Invoke(options);
            return new ClientSetup(new HttpClient(new CachingHandler(options)), null);
        }

        var services = new ServiceCollection();
        var builder = services.AddHttpClient("x");
        if (way == "habit")
        {
            services.AddHttpCaching(configure);
            builder.AddHttpMessageHandler<CachingHandler>();
        }
        else
        {
            builder.AddHttpCaching(configure);
        }

        if (way is "builder-sockets" or "builder-client")
        {
            builder.ConfigurePrimaryHttpMessageHandler(() => way == "builder-sockets" ? new SocketsHttpHandler() : new HttpClientHandler());
        }

        var provider = services.BuildServiceProvider();
        return new ClientSetup(provider.GetRequiredService<IHttpClientFactory>().CreateClient("x"), provider);
    }

    private static async Task<string> OutcomeAsync(HttpClient client, Uri uri)
    {
        using var response = await client.GetAsync(uri);
        return $"{(int)response.StatusCode} {response.RequestMessage!.RequestUri} {response.Content.Headers.Raw("Content-Encoding")} "
            + Convert.ToHexString(await response.Content.ReadAsByteArrayAsync());
    }

    private static async Task AnswerAsync(HttpContext context)
    {
        var (request, response) = (context.Request, context.Response);
        response.Headers.CacheControl = "max-age=600";
        switch (request.Path.Value)
        {
            case "/hop2" or "/hop1":
                response.StatusCode = 301;
                response.Headers.Location = request.Path == "/hop2" ? "/hop1" : "/there";
                break;

            case "/there":
                await response.WriteAsync("there");
                break;

            case "/archive":
                response.Headers.ContentEncoding = "gzip";
                await response.Body.WriteAsync(Archive);
                break;

            case "/fly":
                response.Headers.Vary = "Accept-Encoding";
                var accepts = request.Headers.AcceptEncoding.ToString().Contains("gzip", StringComparison.Ordinal);
                if (accepts)
                {
                    response.Headers.ContentEncoding = "gzip";
                }

                await response.Body.WriteAsync(accepts ? Archive : Make.Bytes(5000));
                break;
        }
    }

    private sealed record ClientSetup(HttpClient Client, ServiceProvider? Provider) : IDisposable
    {
        public void Dispose()
        {
            Client.Dispose();
            Provider?.Dispose();
        }
    }

    private sealed class StubPrimary(Func<HttpRequestMessage, HttpResponseMessage> answer) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) => Task.FromResult(answer(request));
    }

    private sealed class DerivedHandler(Func<HttpRequestMessage, HttpResponseMessage> answer) : HttpClientHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) => Task.FromResult(answer(request));
    }

    // Given beforehand: the factory of the platform sets one on a handler that has none, which fails once the handler has started.
    private sealed class OneMeter : IMeterFactory
    {
        private readonly Meter _meter = new("unused");

        public Meter Create(MeterOptions options) => _meter;

        public void Dispose() => _meter.Dispose();
    }

    private sealed class EventLog : ILoggerProvider, ILogger
    {
        private readonly List<string> _events = [];

        public int Count(string name)
        {
            lock (_events)
            {
                return _events.Count(e => e == name);
            }
        }

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            lock (_events)
            {
                _events.Add(eventId.Name ?? string.Empty);
            }
        }

        public void Dispose()
        {
        }
    }
}
