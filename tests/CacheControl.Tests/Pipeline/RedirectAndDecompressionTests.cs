using System.Net;
using Microsoft.Extensions.DependencyInjection;

namespace HttpCaching.Tests.Pipeline;

/// <summary>Redirects and decompression above or below the cache: each combination gives the caller the same page, and nothing wrong is stored.</summary>
public sealed class RedirectAndDecompressionTests
{
    [Theory]
    [InlineData("HTC-4", false, false)]
    [InlineData("HTC-4", true, false)]
    [InlineData("HTC-5", false, true)]
    [InlineData("HTC-5", true, true)]
    public async Task Get_OverAGivenPrimaryHandler_GivesTheRightPage(string spec, bool redirectsBelow, bool decodesBelow)
    {
        spec.Should().StartWith("HTC-");
        await using var site = await PipelineSite.StartAsync();
        var primary = new SocketsHttpHandler
        {
            AllowAutoRedirect = redirectsBelow,
            AutomaticDecompression = decodesBelow ? DecompressionMethods.GZip : DecompressionMethods.None,
        };
        using var client = new HttpClient(new CachingHandler { InnerHandler = primary });

        for (var i = 0; i < 3; i++)
        {
            using var page = await client.GetAsync(new Uri(site.Address, "/page"));
            (await page.Content.ReadAsStringAsync()).Should().Be(PipelineSite.Text);
            using var old = await client.GetAsync(new Uri(site.Address, "/old"));
            if (redirectsBelow)
            {
                (await old.Content.ReadAsStringAsync()).Should().Be(PipelineSite.Text);
                old.RequestMessage!.RequestUri!.AbsolutePath.Should().Be("/page");
            }
            else
            {
                old.StatusCode.Should().Be(HttpStatusCode.MovedPermanently);
            }
        }

        // The page is stored in each case; the redirect only where the cache sees it, since below it the chain's end is not the first URI's.
        site.Requests.Count(r => r.Contains("/old", StringComparison.Ordinal)).Should().Be(redirectsBelow ? 3 : 1);
        site.Requests.Count(r => r.Contains("/page", StringComparison.Ordinal)).Should().Be(redirectsBelow ? 4 : 1);
    }

    [Fact]
    [Trait("Spec", "RNG-8")]
    public async Task Get_RangeOfABodyDecodedBelow_IsForwarded()
    {
        await using var site = await PipelineSite.StartAsync();
        using var client = new HttpClient(new CachingHandler
        {
            InnerHandler = new SocketsHttpHandler { AutomaticDecompression = DecompressionMethods.GZip },
        });
        (await client.GetStringAsync(new Uri(site.Address, "/page"))).Should().Be(PipelineSite.Text);

        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(site.Address, "/page"));
        request.Headers.TryAddWithoutValidation("Range", "bytes=0-3");
        using var response = await client.SendAsync(request);

        response.GetCacheStatus()!.Hit.Should().BeFalse();
        site.Requests.Should().HaveCount(2);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Get_WithoutAGivenHandler_CachesEachHopAndTheEncodedBytes(bool async)
    {
        await using var site = await PipelineSite.StartAsync();
        using var client = new HttpClient(new CachingHandler(new HttpCacheOptions { AutomaticDecompression = DecompressionMethods.GZip }));

        for (var i = 0; i < 2; i++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(site.Address, "/old"));
            using var response = async ? await client.SendAsync(request) : client.Send(request);
            (await response.Content.ReadAsStringAsync()).Should().Be(PipelineSite.Text);
            response.RequestMessage!.RequestUri!.AbsolutePath.Should().Be("/page");
            response.GetCacheStatus()!.Hit.Should().Be(i == 1);
        }

        site.Requests.Should().HaveCount(2);
        site.Requests.Should().OnlyContain(r => r.Contains("gzip", StringComparison.Ordinal));
    }

    [Fact]
    public async Task AddHttpCaching_OnABuilder_TakesOverWhatThePrimaryHandlerWasTold()
    {
        await using var site = await PipelineSite.StartAsync();
        var services = new ServiceCollection();
        services.AddHttpClient("x").AddHttpCaching()
            .ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler { AutomaticDecompression = DecompressionMethods.GZip });
        using var provider = services.BuildServiceProvider();
        var client = provider.GetRequiredService<IHttpClientFactory>().CreateClient("x");

        for (var i = 0; i < 2; i++)
        {
            using var response = await client.GetAsync(new Uri(site.Address, "/old"));
            (await response.Content.ReadAsStringAsync()).Should().Be(PipelineSite.Text);
        }

        site.Requests.Should().HaveCount(2);
        site.Requests.Should().OnlyContain(r => r.Contains("ae=gzip ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task AddHttpCaching_PrimaryThatDoesNotRedirect_StaysSo()
    {
        await using var site = await PipelineSite.StartAsync();
        var services = new ServiceCollection();
        services.AddHttpClient("x").AddHttpCaching()
            .ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler { AllowAutoRedirect = false });
        using var provider = services.BuildServiceProvider();

        using var response = await provider.GetRequiredService<IHttpClientFactory>().CreateClient("x").GetAsync(new Uri(site.Address, "/old"));

        response.StatusCode.Should().Be(HttpStatusCode.MovedPermanently);
        response.GetCacheStatus()!.Forward.Should().Be(ForwardReason.UriMiss);
    }
}
