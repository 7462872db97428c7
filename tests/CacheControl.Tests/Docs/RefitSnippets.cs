using HttpCaching.Tests.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Refit;

namespace HttpCaching.Tests.Docs;

/// <summary>The recipe of docs/recipes.md for Refit, compiled and run.</summary>
public sealed class RefitSnippets
{
    [Fact]
    public async Task RefitClient_SecondCall_IsAHit()
    {
        await using var server = await LoopbackServer.StartAsync(context =>
        {
            context.Response.Headers.CacheControl = "max-age=60";
            return context.Response.WriteAsJsonAsync(new Product(7, "tea"));
        });
        var services = new ServiceCollection();
        Register(services, server.Address);
        await using var provider = services.BuildServiceProvider();
        var shop = provider.GetRequiredService<IShop>();

        var first = await shop.GetProductAsync(7);
        var again = await shop.GetProductAsync(7);
        using var response = await shop.GetResponseAsync(7);

        first.Should().Be(new Product(7, "tea"));
        again.Should().Be(first);
        response.Content.Should().Be(first);
        response.Headers!.Age.Should().NotBeNull();
        server.Requests.Should().ContainSingle();
    }

    private static void Register(IServiceCollection services, Uri address)
    {
        // snippet: recipe-refit
        services.AddRefitGeneratedClient<IShop>()
            .ConfigureHttpClient(client => client.BaseAddress = address)
            .AddHttpCaching();

        // end
    }
}

// snippet: recipe-refit-interface
internal interface IShop
{
    [Get("/products/{id}")]
    Task<Product> GetProductAsync(int id);

    [Get("/products/{id}")]
    Task<ApiResponse<Product>> GetResponseAsync(int id);
}

internal sealed record Product(int Id, string Name);

// end
