using System.Net;
using HttpCaching.StoreContract;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace HttpCaching.DistributedCache.Tests;

/// <summary>The whole way: clients of two applications, each with its services, one engine over a socket, one origin over another.</summary>
public sealed class ServerTests(GarnetFixture garnet) : IClassFixture<GarnetFixture>, IAsyncLifetime
{
    private const int BodyBytes = 700_000;

    private readonly WebApplication _origin = NewOrigin();
    private int _requests;
    private int _notModified;
    private long _version = 1;

    public async Task InitializeAsync()
    {
        _origin.MapGet("/data", async context =>
        {
            Interlocked.Increment(ref _requests);
            var tag = $"\"{_version}\"";
            context.Response.Headers.ETag = tag;
            context.Response.Headers.CacheControl = context.Request.Query.ContainsKey("check") ? "no-cache" : "max-age=600";
            if (context.Request.Headers.IfNoneMatch == tag)
            {
                Interlocked.Increment(ref _notModified);
                context.Response.StatusCode = StatusCodes.Status304NotModified;
                return;
            }

            context.Response.ContentLength = BodyBytes;
            await context.Response.Body.WriteAsync(SelfDescribingBody.Create(_version, BodyBytes));
        });
        _origin.MapPost("/data", () =>
        {
            Interlocked.Increment(ref _version);
            return Results.NoContent();
        });
        await _origin.StartAsync();
    }

    public Task DisposeAsync() => _origin.DisposeAsync().AsTask();

    [Fact]
    public async Task TwoApplications_OneEngine_ShareWhatIsStoredAndInvalidated()
    {
        var prefix = $"{Guid.NewGuid():n}:";
        await using var first = NewApplication(prefix);
        await using var second = NewApplication(prefix);
        var url = new Uri(_origin.Urls.Single() + "/data");
        var checkedUrl = new Uri(url + "?check");

        await ShouldGetAsync(first, url);
        await ShouldGetAsync(second, url);
        _requests.Should().Be(1, "the second application finds what the first one has stored");

        await ShouldGetAsync(first, checkedUrl);
        await ShouldGetAsync(second, checkedUrl);
        _notModified.Should().Be(1, "the second application validates what the first one has stored");

        (await ClientOf(second).PostAsync(url, null)).StatusCode.Should().Be(HttpStatusCode.NoContent);
        await ShouldGetAsync(first, url);
        _requests.Should().Be(4, "the invalidation of one application counts in the other");
        await ShouldGetAsync(second, url);
        _requests.Should().Be(4);
    }

    private static WebApplication NewOrigin()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        return builder.Build();
    }

    private static HttpClient ClientOf(ServiceProvider application) => application.GetRequiredService<IHttpClientFactory>().CreateClient("api");

    private ServiceProvider NewApplication(string prefix)
    {
        var services = new ServiceCollection();
        services.AddStackExchangeRedisCache(o => o.Configuration = garnet.Configuration);
        services.AddHttpCaching(o => o.Store.Timeout = TimeSpan.FromSeconds(30)).UseDistributedCache(o => o.KeyPrefix = prefix);
        services.AddHttpClient("api").AddHttpMessageHandler<CachingHandler>();
        return services.BuildServiceProvider();
    }

    private async Task ShouldGetAsync(ServiceProvider application, Uri url)
    {
        var body = await ClientOf(application).GetByteArrayAsync(url);
        body.Length.Should().Be(BodyBytes);
        SelfDescribingBody.Matches(_version, BodyBytes, 0, body).Should().BeTrue("the body is the current one, whole");
    }
}
