using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace HttpCaching.AotTest;

/// <summary>The code of docs/recipes.md for programs compiled ahead of time. It runs as one of them.</summary>
internal static class AotSnippets
{
    public static async Task RunAsync()
    {
        using var origin = new CountingOrigin("""[{"name":"tea"}]""");
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new("HttpCaching:StaleIfError", "01:00:00")]).Build();
        var services = new ServiceCollection();
        services.AddHttpClient("shop").ConfigurePrimaryHttpMessageHandler(() => origin);
        Register(services, configuration);
        await using var provider = services.BuildServiceProvider();

        var factory = provider.GetRequiredService<IHttpClientFactory>();
        var (first, again) = (await ProductsAsync(factory), await ProductsAsync(factory));
        Check.That("the recipe", first is [{ Name: "tea" }] && again is [{ Name: "tea" }] && origin.Requests == 1, $"{origin.Requests} requests, {again?.Length} products");
    }

    private static void Register(IServiceCollection services, IConfiguration configuration)
    {
        // snippet: recipe-aot
        services.AddHttpClient("shop", client => client.BaseAddress = new Uri("https://shop.example.org/"))
            .AddHttpCaching(configuration.GetSection("HttpCaching"));

        // end
    }

    private static async Task<Product[]?> ProductsAsync(IHttpClientFactory factory)
    {
        // snippet: recipe-aot-json
        using var client = factory.CreateClient("shop");
        var products = await client.GetFromJsonAsync("products", ShopJson.Default.ProductArray);

        // end
        return products;
    }
}

// snippet: recipe-aot-types
internal sealed record Product(string Name);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(Product[]))]
internal sealed partial class ShopJson : JsonSerializerContext;

// end
