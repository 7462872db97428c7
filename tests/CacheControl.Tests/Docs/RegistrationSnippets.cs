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
}
