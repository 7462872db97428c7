using Microsoft.Extensions.DependencyInjection;

namespace HttpCaching;

/// <summary>
/// Continues the registration of one client with a cache. A store that is chosen here is the client's own: no other client uses it, and the container disposes it. Within
/// <c>ConfigureHttpClientDefaults</c> it chooses the default store.
/// </summary>
public sealed class HttpCachingClientBuilder : HttpCachingBuilder, IHttpClientBuilder
{
    // The builder of the defaults has no name, whatever its type says.
    internal HttpCachingClientBuilder(IHttpClientBuilder builder)
        : base(builder.Services, builder.Name) => Name = builder.Name;

    /// <inheritdoc/>
    public string Name { get; }
}
