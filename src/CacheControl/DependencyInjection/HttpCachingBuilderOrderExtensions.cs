using HttpCaching;
using HttpCaching.DependencyInjection;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Switches off the check of the order of handlers.</summary>
public static class HttpCachingBuilderOrderExtensions
{
    /// <summary>
    /// Accepts any order of handlers. Without this call, the start of the host fails if a handler that adds credentials or cookies is below the cache, or a resilience handler of
    /// Microsoft.Extensions.Http.Resilience or Polly is above it. On a client's builder the call is for this client, on the builder of the services for all.
    /// </summary>
    /// <typeparam name="TBuilder">The builder's type.</typeparam>
    /// <param name="builder">The builder.</param>
    public static TBuilder WithAnyHandlerOrder<TBuilder>(this TBuilder builder)
        where TBuilder : HttpCachingBuilder
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddSingleton(new HandlerOrderExemption(builder.Client));
        return builder;
    }
}
