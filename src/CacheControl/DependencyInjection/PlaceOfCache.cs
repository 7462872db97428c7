using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace HttpCaching.DependencyInjection;

/// <summary>The place of the registered cache among the handlers of a client.</summary>
/// <param name="Index">The index of its handler or placeholder.</param>
/// <param name="Options">The options of the cache.</param>
/// <param name="Others">The handlers of further registrations, which the one at the index stands for: two of one cache would ask each other.</param>
internal sealed record PlaceOfCache(int Index, HttpCacheOptions Options, IReadOnlyList<DelegatingHandler> Others)
{
    /// <summary>
    /// Finds it; null if the client has no registered cache. Of several registrations, for all clients and for this one, the last whose order is right counts, or else the last. A
    /// placeholder of <c>AddHttpCaching</c> counts before a <see cref="CachingHandler"/> that was added by habit.
    /// </summary>
    /// <param name="handlers">The handlers, from above.</param>
    /// <param name="primary">The primary handler.</param>
    /// <param name="client">The client.</param>
    /// <param name="services">The services.</param>
    public static PlaceOfCache? In(IList<DelegatingHandler> handlers, HttpMessageHandler primary, string client, IServiceProvider services)
    {
        DelegatingHandler[] placeholders = [.. handlers.OfType<CachePlaceholder>()];
        DelegatingHandler[] habitual = [.. handlers.OfType<CachingHandler>().Where(handler => ReferenceEquals(handler.Cache, services.GetService<HttpCache>()))];
        var candidates = placeholders.Length > 0 ? placeholders : habitual;
        if (candidates.Length == 0)
        {
            return null;
        }

        var options = services.GetRequiredService<IOptionsMonitor<HttpCacheOptions>>().Get(placeholders.Length > 0 ? client : Microsoft.Extensions.Options.Options.DefaultName);
        var chosen = candidates[^1];
        if (candidates.Length > 1)
        {
            chosen = candidates.LastOrDefault(candidate => !HandlerOrder.ErrorsOf([.. handlers], handlers.IndexOf(candidate), primary, options).Any()) ?? chosen;
        }

        return new PlaceOfCache(handlers.IndexOf(chosen), options, [.. placeholders.Concat(habitual).Where(other => other != chosen)]);
    }
}
