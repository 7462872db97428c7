using System.Net;
using HttpCaching.Benchmarks.Floors;
using Microsoft.Extensions.Caching.Hybrid;
using Microsoft.Extensions.DependencyInjection;
using ZiggyCreatures.Caching.Fusion;

namespace HttpCaching.Benchmarks.Cases;

/// <summary>
/// A user's own code in place of this cache: a general cache around the client, which holds status, fields and body, and gives a response with the same content back.
/// It knows no rule of HTTP: neither Vary nor validation nor the lifetime that the origin states.
/// </summary>
internal sealed class CachesByHand : IDisposable
{
    private static readonly byte[] Body = new byte[1024];

    private readonly HttpMessageInvoker _floor = FloorHandler.Invoker(1024);
    private readonly HttpMessageInvoker _origin = new(new YieldingOrigin(Body, isStorable: true));
    private readonly Subject _subject = Subject.Over(new YieldingOrigin(Body, isStorable: true));
    private readonly ServiceProvider _services = Services();
    private readonly byte[] _buffer = new byte[64 * 1024];
    private HybridCache _hybrid = null!;
    private IFusionCache _fusion = null!;
    private int _next;

    public void Setup()
    {
        _hybrid = _services.GetRequiredService<HybridCache>();
        _fusion = new FusionCache(new FusionCacheOptions { DefaultEntryOptions = new FusionCacheEntryOptions(TimeSpan.FromMinutes(10)) });
        Hit();
        HybridHit();
        FusionHit();
    }

    public int Floor() => Read(_floor.SendAsync(Subject.Get(Subject.ShortUrl), CancellationToken.None).GetAwaiter().GetResult());

    public int Hit() => Read(_subject.Invoker.SendAsync(Subject.Get(Subject.ShortUrl), CancellationToken.None).GetAwaiter().GetResult());

    public int HybridHit() => Read(HybridAsync(Subject.ShortUrl).GetAwaiter().GetResult());

    public int FusionHit() => Read(FusionAsync(Subject.ShortUrl).GetAwaiter().GetResult());

    public async Task OriginAsync() => Read(await _origin.SendAsync(Subject.Get(NextUrl()), CancellationToken.None));

    public async Task MissAsync() => Read(await _subject.Invoker.SendAsync(Subject.Get(NextUrl()), CancellationToken.None));

    public async Task HybridMissAsync() => Read(await HybridAsync(NextUrl()));

    public async Task FusionMissAsync() => Read(await FusionAsync(NextUrl()));

    public void Dispose()
    {
        _subject.Dispose();
        _services.Dispose();
    }

    private static ServiceProvider Services()
    {
        var services = new ServiceCollection();
        services.AddHybridCache();
        return services.BuildServiceProvider();
    }

    private async Task<HttpResponseMessage> HybridAsync(string url) =>
        Response(await _hybrid.GetOrCreateAsync(url, (_origin, url), static async (call, token) => await FetchAsync(call._origin, call.url, token)));

    private async Task<HttpResponseMessage> FusionAsync(string url) =>
        Response(await _fusion.GetOrSetAsync<Held>(url, (_, token) => FetchAsync(_origin, url, token)));

    private static async Task<Held> FetchAsync(HttpMessageInvoker origin, string url, CancellationToken token)
    {
        using var request = Subject.Get(url);
        using var response = await origin.SendAsync(request, token);
        return new Held(
            (int)response.StatusCode,
            [.. response.Headers.NonValidated.Select(header => KeyValuePair.Create(header.Key, header.Value.ToString()))],
            [.. response.Content.Headers.NonValidated.Select(header => KeyValuePair.Create(header.Key, header.Value.ToString()))],
            await response.Content.ReadAsByteArrayAsync(token));
    }

    private static HttpResponseMessage Response(Held held)
    {
        var response = new HttpResponseMessage((HttpStatusCode)held.Status) { Content = new ByteArrayContent(held.Body) };
        foreach (var (name, value) in held.Fields)
        {
            response.Headers.TryAddWithoutValidation(name, value);
        }

        foreach (var (name, value) in held.ContentFields)
        {
            response.Content.Headers.TryAddWithoutValidation(name, value);
        }

        return response;
    }

    private int Read(HttpResponseMessage response)
    {
        using (response)
        {
            using var stream = response.Content.ReadAsStream();
            var total = 0;
            for (int count; (count = stream.Read(_buffer)) > 0;)
            {
                total += count;
            }

            return total;
        }
    }

    private string NextUrl() => $"https://api.example.com/v1/catalogue/products/{_next++:D8}/detail";

    /// <summary>A response as a user's own code keeps it.</summary>
    public sealed record Held(int Status, KeyValuePair<string, string>[] Fields, KeyValuePair<string, string>[] ContentFields, byte[] Body);
}
