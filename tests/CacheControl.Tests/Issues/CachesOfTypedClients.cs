using HttpCaching.Tests.Pipeline;
using Microsoft.Extensions.DependencyInjection;

namespace HttpCaching.Tests.Issues;

/// <summary>The cache of a typed client is a service under the client's type, and a keyed service under its name.</summary>
public sealed class CachesOfTypedClients
{
    [Theory]
    [InlineData("builder")]
    [InlineData("builder with a name")]
    [InlineData("services")]
    [InlineData("services first")]
    [InlineData("interface")]
    [InlineData("generic")]
    [Trait("Spec", "DI-4")]
    public async Task AddHttpCaching_OfATypedClient_GivesItsCacheToTheClient(string way)
    {
        await using var site = await PipelineSite.StartAsync();
        var services = new ServiceCollection();
        services.AddHttpClient("other").AddHttpCaching();
        var resolve = Register(services, way, site.Address);
        await using var provider = services.BuildServiceProvider(new ServiceProviderOptions { ValidateOnBuild = true, ValidateScopes = true });

        await resolve(provider).GetAsync();
        await resolve(provider).GetAsync();
        site.Requests.Should().HaveCount(1);
        (await resolve(provider).Cache.FindAsync(new Uri(site.Address, "/page"))).Should().ContainSingle();
        await resolve(provider).Cache.ClearAsync();
        await resolve(provider).GetAsync();
        site.Requests.Should().HaveCount(2);
    }

    [Fact]
    [Trait("Spec", "DI-4")]
    public void AddHttpCaching_OfATypedClient_IsTheKeyedServiceOfItsName()
    {
        var services = new ServiceCollection();
        services.AddHttpClient<PageClient>().AddHttpCaching().UseMemory();
        services.AddHttpClient<KeyedClient>();
        using var provider = services.BuildServiceProvider();

        provider.GetRequiredService<KeyedClient>().Cache.Should().BeSameAs(provider.GetRequiredKeyedService<IHttpCache>(nameof(PageClient)));
        provider.GetRequiredKeyedService<IHttpCache>(nameof(PageClient)).Should().BeSameAs(provider.GetRequiredKeyedService<HttpCache>(nameof(PageClient)));
    }

    [Fact]
    [Trait("Spec", "DI-4")]
    public void AddHttpCaching_OfATypedClientInTheDefaults_IsRefused()
    {
        var configure = () => new ServiceCollection().ConfigureHttpClientDefaults(builder => builder.AddHttpCaching<PageClient>());

        configure.Should().Throw<ArgumentException>().WithMessage("*AddHttpCaching<PageClient>()*");
    }

    private static Func<IServiceProvider, IPageClient> Register(ServiceCollection services, string way, Uri address)
    {
        void AddressOf(HttpClient client) => client.BaseAddress = address;
        switch (way)
        {
            case "builder":
                services.AddHttpClient<PageClient>(AddressOf).AddHttpCaching<PageClient>().UseMemory();
                break;

            case "builder with a name":
                services.AddHttpClient<PageClient>("pages", AddressOf).AddHttpCaching<PageClient>(options => options.CacheStatusName = "x");
                break;

            case "services":
                services.AddHttpClient<PageClient>(AddressOf);
                services.AddHttpCaching<PageClient>();
                break;

            case "services first":
                services.AddHttpCaching<PageClient>().UseMemory();
                services.AddHttpClient<PageClient>(AddressOf);
                break;

            case "interface":
                services.AddHttpClient<IPageClient, InterfaceClient>(AddressOf);
                services.AddHttpCaching<IPageClient>();
                return provider => provider.GetRequiredService<IPageClient>();

            default:
                services.AddHttpClient<GenericClient<int>>(AddressOf);
                services.AddHttpCaching<GenericClient<int>>();
                return provider => provider.GetRequiredService<GenericClient<int>>();
        }

        return provider => provider.GetRequiredService<PageClient>();
    }

    private interface IPageClient
    {
        IHttpCache Cache { get; }

        Task GetAsync();
    }

    private sealed class PageClient(HttpClient client, IHttpCache<PageClient> cache) : Client(client, cache);

    private sealed class InterfaceClient(HttpClient client, IHttpCache<IPageClient> cache) : Client(client, cache);

    private sealed class GenericClient<T>(HttpClient client, IHttpCache<GenericClient<T>> cache) : Client(client, cache);

    private sealed class KeyedClient(HttpClient client, [FromKeyedServices("PageClient")] IHttpCache cache) : Client(client, cache);

    private abstract class Client(HttpClient client, IHttpCache cache) : IPageClient
    {
        public IHttpCache Cache => cache;

        public async Task GetAsync() => (await client.GetStringAsync(new Uri("/page", UriKind.Relative))).Should().Be(PipelineSite.Text);
    }
}
