using Microsoft.Extensions.DependencyInjection;

namespace HttpCaching.Tests.Docs;

/// <summary>The code on the page of registration.</summary>
public static class RegistrationSnippets
{
    public static void Stores(IServiceCollection services)
    {
        // snippet: stores-of-clients
        services.AddHttpCaching().UseRedis("localhost:6379"); // the default store of all clients
        services.AddHttpClient("api").AddHttpCaching();
        services.AddHttpClient("downloads").AddHttpCaching().UseFileSystem("/var/cache/downloads"); // a store of its own

        // end
    }

    public static void OwnStore(IServiceCollection services, Func<IServiceProvider, IHttpCacheStore> createStore)
    {
        // snippet: own-store
        services.AddHttpCaching().UseStore("my store", provider => createStore(provider));

        // end
    }

    public static void Defaults(IServiceCollection services)
    {
        // snippet: service-defaults
        services.ConfigureHttpClientDefaults(http =>
        {
            http.AddHttpCaching();
            http.AddStandardResilienceHandler(); // below the cache
        });
        services.AddHttpClient("api").AddHttpCaching(options => options.StaleIfError = TimeSpan.FromHours(1)); // one cache, with this option

        // end
    }

    public static void Typed(IServiceCollection services)
    {
        // snippet: typed-client
        services.AddHttpClient<GitHubClient>().AddHttpCaching<GitHubClient>(); // or afterwards: services.AddHttpCaching<GitHubClient>()

        // end
    }

    // snippet: typed-client-class
    public sealed class GitHubClient(HttpClient client, IHttpCache<GitHubClient> cache)
    {
        public Task<string> GetUserAsync(string name) => client.GetStringAsync(new Uri($"https://api.github.com/users/{name}"));

        public Task ForgetUserAsync(string name) => cache.InvalidateAsync(new Uri($"https://api.github.com/users/{name}"));
    }

    // end
}
