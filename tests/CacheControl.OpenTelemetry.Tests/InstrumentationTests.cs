using System.Diagnostics;
using System.Net;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace HttpCaching.OpenTelemetry.Tests;

/// <summary>The traces and metrics as the real SDK of OpenTelemetry collects them.</summary>
[Collection("A listener hears all caches of the process")]
public sealed class InstrumentationTests
{
    private static readonly ActivitySource Callers = new("callers");

    [Fact]
    public async Task Traces_OfAMissAndAHit_AreCollectedBelowTheCallersSpan()
    {
        List<Activity> spans = [];
        var services = new ServiceCollection();
        services.AddOpenTelemetry().WithTracing(tracing => tracing.AddSource(Callers.Name).AddHttpCachingInstrumentation().AddInMemoryExporter(spans));
        AddClient(services, "api");
        await using var provider = services.BuildServiceProvider();
        var tracing = provider.GetRequiredService<TracerProvider>();
        var client = provider.GetRequiredService<IHttpClientFactory>().CreateClient("api");

        foreach (var name in new[] { "miss", "hit" })
        {
            using var caller = Callers.StartActivity(name);
            await client.GetStringAsync("http://h/p?q");
        }

        tracing.ForceFlush();
        var (miss, hit) = (spans.Single(span => span.OperationName == "miss"), spans.Single(span => span.OperationName == "hit"));
        spans.Where(span => span.TraceId == miss.TraceId).Select(span => span.OperationName)
            .Should().BeEquivalentTo("miss", "cachecontrol.request", "cachecontrol.forward", "cachecontrol.store");
        spans.Single(span => span.OperationName == "cachecontrol.request").ParentSpanId.Should().Be(miss.SpanId);
        spans.Where(span => span.TraceId == hit.TraceId).Should().ContainSingle();
        hit.Events.Should().ContainSingle().Which.Name.Should().Be("cachecontrol.hit");
        spans.Should().OnlyContain(span => span.Source.Name == Callers.Name || span.Source.Version == typeof(CachingHandler).Assembly.GetName().Version!.ToString(3));
    }

    [Fact]
    public async Task Traces_NotSampled_CostNoSpanAndHarmNothing()
    {
        List<Activity> spans = [];
        using var tracing = Sdk.CreateTracerProviderBuilder().SetSampler(new AlwaysOffSampler()).AddHttpCachingInstrumentation().AddInMemoryExporter(spans).Build();
        var services = new ServiceCollection();
        AddClient(services, "api");
        await using var provider = services.BuildServiceProvider();

        (await provider.GetRequiredService<IHttpClientFactory>().CreateClient("api").GetStringAsync("http://h/")).Should().Be("0123456789");

        spans.Should().BeEmpty();
    }

    [Fact]
    public async Task Metrics_OfTwoClients_AreToldApart_AndHaveTheBoundariesOfTheCache()
    {
        List<Metric> metrics = [];
        var services = new ServiceCollection();
        services.AddOpenTelemetry().WithMetrics(metering => metering.AddHttpCachingInstrumentation().AddInMemoryExporter(metrics));
        AddClient(services, "a");
        AddClient(services, "b");
        await using var provider = services.BuildServiceProvider();
        var metering = provider.GetRequiredService<MeterProvider>();
        foreach (var name in new[] { "a", "b", "b" })
        {
            await provider.GetRequiredService<IHttpClientFactory>().CreateClient(name).GetStringAsync("http://h/");
        }

        metering.ForceFlush();

        Points(metrics, "cachecontrol.requests").Should().Contain(("client=a fwd=uri-miss outcome=fwd reason=Miss stored=True", 1)).And.Contain(("client=b outcome=hit reason=Fresh", 1));
        Points(metrics, "cachecontrol.store.entries").Should().BeEquivalentTo([("client=a", 2L), ("client=b", 2L)], "they share the default store");
        Points(metrics, "cachecontrol.store.evictions").Should().BeEquivalentTo([("client=a", 0L), ("client=b", 0L)]);
        Points(metrics, "cachecontrol.store.circuit").Should().BeEquivalentTo([("client=a", 0L), ("client=b", 0L)]);
        var duration = metrics.Single(metric => metric.Name == "cachecontrol.store.duration");
        foreach (ref readonly var point in duration.GetMetricPoints())
        {
            List<double> bounds = [];
            foreach (var bucket in point.GetHistogramBuckets())
            {
                bounds.Add(bucket.ExplicitBound);
            }

            bounds[0].Should().Be(1e-6);
            bounds[^2].Should().Be(10);
        }
    }

    private static List<(string Tags, long Value)> Points(List<Metric> metrics, string name)
    {
        List<(string, long)> points = [];
        var metric = metrics.Last(m => m.Name == name);
        foreach (ref readonly var point in metric.GetMetricPoints())
        {
            List<string> tags = [];
            foreach (var tag in point.Tags)
            {
                tags.Add($"{tag.Key}={tag.Value}");
            }

            points.Add((string.Join(' ', tags.Order(StringComparer.Ordinal)), metric.MetricType == MetricType.LongGauge ? point.GetGaugeLastValueLong() : point.GetSumLong()));
        }

        return points;
    }

    private static void AddClient(IServiceCollection services, string name)
    {
        var client = services.AddHttpClient(name).ConfigurePrimaryHttpMessageHandler(() => new Origin());
        client.AddHttpCaching();
    }

    private sealed class Origin : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var response = new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent("0123456789"), RequestMessage = request };
            response.Headers.TryAddWithoutValidation("Cache-Control", "max-age=60");
            return Task.FromResult(response);
        }
    }
}
