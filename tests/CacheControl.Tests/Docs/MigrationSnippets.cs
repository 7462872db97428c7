using System.Net.Http.Json;
using Microsoft.Extensions.Caching.Hybrid;
using Microsoft.Extensions.DependencyInjection;
using ZiggyCreatures.Caching.Fusion;

namespace HttpCaching.Tests.Docs;

/// <summary>The code of docs/migration.md, compiled.</summary>
internal static class MigrationSnippets
{
    public static async Task<string> StaleIfError(HttpClient client, Uri uri)
    {
        // snippet: migrate-stale-if-error
        using var request = new HttpRequestMessage(HttpMethod.Get, uri).WithStaleIfError(TimeSpan.FromDays(1));
        using var response = await client.SendAsync(request);
        var content = await response.Content.ReadAsStringAsync();

        // end
        return content;
    }

    public static async Task<Product[]?> ByHand(IServiceCollection services, HttpClient client, Uri uri)
    {
        // snippet: migrate-by-hand
        services.AddHttpClient("shop").AddHttpCaching(options =>
        {
            options.For("https://shop.example.org/products", rule => rule.FreshFor(TimeSpan.FromMinutes(5)));
            options.StaleIfError = TimeSpan.FromHours(1);
        });

        var products = await client.GetFromJsonAsync<Product[]>(uri);

        // end
        return products;
    }

    public static async Task<Product[]?> FusionByHand(IFusionCache fusion, HttpClient client, Uri uri)
    {
        // snippet: migrate-fusion-before
        var products = await fusion.GetOrSetAsync("products", token => client.GetFromJsonAsync<Product[]>(uri, token),
            options => options.SetDuration(TimeSpan.FromMinutes(5)).SetFailSafe(true, TimeSpan.FromHours(1)));

        // end
        return products;
    }

    public static async Task<Product[]?> HybridByHand(HybridCache hybrid, HttpClient client, Uri uri)
    {
        // snippet: migrate-hybrid-before
        var products = await hybrid.GetOrCreateAsync("products", async token => await client.GetFromJsonAsync<Product[]>(uri, token),
            new HybridCacheEntryOptions { Expiration = TimeSpan.FromMinutes(5) });

        // end
        return products;
    }

    internal sealed record Product(string Name);
}
