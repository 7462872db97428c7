using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using HttpCaching.Storage;
using OpenTelemetry;
using OpenTelemetry.Metrics;

namespace HttpCaching.OpenTelemetry.Tests;

/// <summary>The dashboard and the alerts ask for the names that OpenTelemetry's exporter gives to Prometheus.</summary>
[Collection("A listener hears all caches of the process")]
public sealed partial class PrometheusTests
{
    [Theory]
    [InlineData("grafana-dashboard.json")]
    [InlineData("prometheus-alerts.yml")]
    public async Task Names_AreThoseThatPrometheusGets(string file)
    {
        var exported = await ExportAsync();
        var text = await File.ReadAllTextAsync(Path.Combine(FindDocs(), file));

        var asked = Name().Matches(text).Select(match => match.Value).Distinct().ToList();

        asked.Should().HaveCountGreaterThan(3).And.BeSubsetOf(exported);
        if (file.EndsWith(".json", StringComparison.Ordinal))
        {
            exported.Where(name => name.EndsWith("_bucket", StringComparison.Ordinal) || !(name.EndsWith("_sum", StringComparison.Ordinal) || name.EndsWith("_count", StringComparison.Ordinal)))
                .Should().BeSubsetOf(asked, "the dashboard shows every instrument");
        }
    }

    /// <summary>A process that has had no hit since it started has no series of hits, and a quotient of no series is none: not 0.</summary>
    [Theory]
    [InlineData("grafana-dashboard.json")]
    [InlineData("prometheus-alerts.yml")]
    public async Task ARatio_IsZero_WithoutHits(string file)
    {
        var text = await File.ReadAllTextAsync(Path.Combine(FindDocs(), file));

        Share().Matches(text).Select(match => match.Value).Should().NotBeEmpty().And.OnlyContain(numerator => numerator.Contains(" or ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task TheAlertOfStaleResponses_NamesEveryReasonThatTellsOfTheOrigin()
    {
        var text = await File.ReadAllTextAsync(Path.Combine(FindDocs(), "prometheus-alerts.yml"));

        var reasons = Reasons().Match(text).Groups[1].Value.Split('|');

        reasons.Should().BeEquivalentTo(
            [nameof(CacheReason.StaleIfError), nameof(CacheReason.Disconnected), nameof(CacheReason.SoftTimeout), nameof(CacheReason.ValidationPaused), nameof(CacheReason.RetryAfter)]);
    }

    /// <summary>The names of all series of a cache whose every instrument has measured.</summary>
    private static async Task<List<string>> ExportAsync()
    {
        var port = FreePort();
        using var blocks = new ManualResetEventSlim();
        using var metering = Sdk.CreateMeterProviderBuilder().AddHttpCachingInstrumentation()
            .AddPrometheusHttpListener(options => (options.Host, options.Port) = ("127.0.0.1", port)).Build();
        var options = new HttpCacheOptions();
        options.Collapsing.Flights = new Alone();
        options.Limits.MaximumBackgroundValidations = 0;
        using var cache = new HttpCache(options: options, observers: [new Blocking(blocks)]);
        using var broken = new HttpCache(new Broken());
        var head = new TaskCompletionSource();
        using (var client = new HttpClient(new CachingHandler(cache) { InnerHandler = new Origin(head.Task) }))
        using (var other = new HttpClient(new CachingHandler(broken) { InnerHandler = new Origin(Task.CompletedTask) }))
        {
            var both = new[] { client.GetStringAsync("http://h/"), client.GetStringAsync("http://h/") };
            head.SetResult();
            await Task.WhenAll(both);
            await other.GetStringAsync("http://h/");
            await client.GetStringAsync("http://h/stale");
            await client.GetStringAsync("http://h/stale");
            for (var i = 0; i < 1100; i++)
            {
                await client.GetStringAsync("http://h/");
            }
        }

        using var prometheus = new HttpClient();
        var text = await prometheus.GetStringAsync($"http://127.0.0.1:{port}/metrics");
        blocks.Set();
        return [.. Series().Matches(text).Select(match => match.Groups[1].Value).Distinct()];
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static string FindDocs()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "CacheControl.sln")))
        {
            folder = folder.Parent;
        }

        return Path.Combine(folder.FullName, "docs");
    }

    [GeneratedRegex("cachecontrol_[a-z_]+")]
    private static partial Regex Name();

    /// <summary>The numerator of a ratio, from its label to the slash. Yesterday's needs no zero: without it there is nothing to compare with.</summary>
    [GeneratedRegex("""(?:outcome|source)=\\?"(?:hit|cache)[^}]*\}\[[^]]*\]\)\).*?\s/""", RegexOptions.Singleline)]
    private static partial Regex Share();

    [GeneratedRegex("reason=~\"([^\"]*)\"")]
    private static partial Regex Reasons();

    [GeneratedRegex(@"^(cachecontrol_[a-z_]+)[{ ]", RegexOptions.Multiline)]
    private static partial Regex Series();

    private sealed class Origin(Task head) : HttpMessageHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            await head;
            var response = new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent("0123456789"), RequestMessage = request };
            response.Headers.TryAddWithoutValidation("Cache-Control", request.RequestUri!.AbsolutePath == "/stale" ? "max-age=0, stale-while-revalidate=60" : "max-age=60");
            response.Content.Headers.ContentLength = 10;
            return response;
        }
    }

    private sealed class Blocking(ManualResetEventSlim gate) : IHttpCacheObserver
    {
        public void OnEvent(HttpCacheEvent cacheEvent) => gate.Wait();
    }

    /// <summary>The flights of a process that is the only one.</summary>
    private sealed class Alone : IHttpCacheFlights
    {
        public ValueTask<HttpCacheFlight> EnterAsync(string name, CancellationToken cancellationToken) => new(new Lead());

        private sealed class Lead : HttpCacheFlight
        {
            public override bool IsLead => true;

            public override ValueTask<HttpCacheFlightEnd> WaitAsync(TimeSpan limit, CancellationToken cancellationToken) => throw new NotSupportedException("It leads.");

            public override ValueTask EndAsync(HttpCacheFlightEnd end, CancellationToken cancellationToken) => default;

            protected override ValueTask DisposeAsyncCore() => default;
        }
    }

    private sealed class Broken : IHttpCacheStore
    {
        public ValueTask<HttpCacheSnapshot> ReadAsync(CacheKey key, CancellationToken cancellationToken) => throw new IOException("no disk");

        public ValueTask<HttpCacheWriter?> BeginWriteAsync(CacheKey key, long? expectedLength, CancellationToken cancellationToken) => throw new IOException("no disk");

        public ValueTask<bool> ReplaceHeadAsync(CacheKey key, long generation, StoredResponse head, long stamp, TimeSpan retention, CancellationToken cancellationToken) => throw new IOException("no disk");

        public ValueTask RemoveAsync(CacheKey key, long generation, CancellationToken cancellationToken) => throw new IOException("no disk");

        public ValueTask InvalidateAsync(string uri, CancellationToken cancellationToken) => throw new IOException("no disk");
    }
}
