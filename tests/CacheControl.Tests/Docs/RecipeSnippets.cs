using System.Net;
using System.Net.Http.Headers;
using System.Security.Claims;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace HttpCaching.Tests.Docs;

/// <summary>The code of docs/recipes.md, compiled; the last one runs as a test.</summary>
public sealed class RecipeSnippets
{
    // snippet: recipe-subject-key
    internal static readonly HttpRequestOptionsKey<ClaimsPrincipal> User = new("user");

    // end

    internal static void Settings(IServiceCollection services, IConfiguration configuration)
    {
        // snippet: recipe-settings
        services.AddHttpClient("catalog").AddHttpCaching(configuration.GetSection("HttpCaching:Catalog"));

        // end
    }

    internal static void Subjects(IServiceCollection services)
    {
        // snippet: recipe-subjects
        services.AddHttpClient("api").AddHttpCaching(options =>
            options.PartitionSelector = request =>
                request.Options.TryGetValue(User, out var user) ? user.FindFirst("sub")?.Value : null);

        // end
    }

    internal static void OneUser(IServiceCollection services)
    {
        // snippet: recipe-one-user
        services.AddHttpClient("api").AddHttpCaching(options => options.SingleUser = true);

        // end
    }

    internal static async Task Downloads(Uri uri, string path, CancellationToken cancellationToken)
    {
        // snippet: recipe-downloads
        using var store = new FileHttpCacheStore("downloads", new FileHttpCacheStoreOptions { MaximumBytes = 20L << 30, MaximumEntryBytes = 5L << 30 });
        using var client = new HttpClient(new CachingHandler(store));

        using var response = await client.GetAsync(uri, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        await using var file = File.Create(path);
        await response.Content.CopyToAsync(file, cancellationToken); // if this breaks off, the next request asks for the rest

        // end
    }

    internal static async Task<string> Offline(IServiceCollection services, HttpClient client, Uri uri, bool isOnline)
    {
        // snippet: recipe-offline
        services.AddHttpClient("app").AddHttpCaching(options => options.Stale.WhenDisconnected = true).UseFileSystem("cache");

        // If the program knows that there is no network:
        using var request = new HttpRequestMessage(HttpMethod.Get, uri).WithCache(isOnline ? HttpCacheMode.Default : HttpCacheMode.OnlyIfCached);
        using var response = await client.SendAsync(request);
        return response.StatusCode == HttpStatusCode.GatewayTimeout ? "not stored" : await response.Content.ReadAsStringAsync();

        // end
    }

    // snippet: recipe-test
    [Fact]
    public async Task Prices_AreAskedForOnceAMinute()
    {
        var time = new FakeTimeProvider();
        var origin = new Origin();
        using var client = new HttpClient(new CachingHandler(new CachingHandlerSettings { TimeProvider = time }) { InnerHandler = origin });
        var uri = new Uri("https://shop.example.org/prices");

        await client.GetStringAsync(uri);
        using (var again = await client.GetAsync(uri))
        {
            again.GetCacheStatus()!.Hit.Should().BeTrue();
        }

        time.Advance(TimeSpan.FromSeconds(61));
        using var later = await client.GetAsync(uri);

        later.GetCacheStatus()!.Forward.Should().Be(ForwardReason.Stale);
        origin.Requests.Should().Be(2);
    }

    private sealed class Origin : HttpMessageHandler
    {
        public int Requests { get; private set; }

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Requests++;
            var response = new HttpResponseMessage { RequestMessage = request, Content = new StringContent("12.50") };
            response.Headers.CacheControl = new CacheControlHeaderValue { MaxAge = TimeSpan.FromMinutes(1) };
            return Task.FromResult(response);
        }
    }

    // end
}
