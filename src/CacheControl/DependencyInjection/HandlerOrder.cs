using Microsoft.Extensions.DependencyInjection;

namespace HttpCaching.DependencyInjection;

/// <summary>Judges the order of the handlers of a client with a cache.</summary>
internal static class HandlerOrder
{
    /// <summary>The errors, each with its remedy; none if the order is right or nothing is known of the handlers.</summary>
    /// <param name="handlers">The handlers that were added, from above.</param>
    /// <param name="place">The place of the cache among them.</param>
    /// <param name="primary">The primary handler.</param>
    /// <param name="options">The options of the cache.</param>
    public static IEnumerable<string> ErrorsOf(IReadOnlyList<DelegatingHandler> handlers, int place, HttpMessageHandler primary, HttpCacheOptions options)
    {
        foreach (var above in handlers.Take(place).Where(handler => HandlerKinds.Of(handler.GetType()) is HandlerKind.Resilience))
        {
            yield return $"{above.GetType().Name} is above the cache, so while its circuit is open or its limits are used up, no stored response is served, and it counts hits as answers of the origin; "
                + "call AddHttpCaching() before it is added. If ConfigureHttpClientDefaults adds it, call AddHttpCaching() there as well, before it.";
        }

        if (!IsForSeveralUsers(options))
        {
            yield break;
        }

        foreach (var handler in handlers.Skip(place + 1))
        {
            if (ErrorOf(handler, "add it before AddHttpCaching()") is { } error)
            {
                yield return error;
            }
        }

        foreach (var handler in ChainOf(primary))
        {
            if (ErrorOf(handler, "it is part of the primary handler, so leave it out and add a handler that does the same before AddHttpCaching()") is { } error)
            {
                yield return error;
            }
        }

        if (CookiesIn(primary) > 0)
        {
            yield return $"{InnermostOf(primary).GetType().Name}, the primary handler, adds the cookies of its CookieContainer below the cache, so the cache does not see them and can't keep users apart; "
                + Remedy("set UseCookies to false and add the Cookie field above the cache", HandlerKind.Cookies);
        }
    }

    /// <summary>Whether the primary handler will send the cookies that the origin sets, though the cache serves several users.</summary>
    public static bool MayKeepCookies(HttpMessageHandler primary, HttpCacheOptions options) => IsForSeveralUsers(options) && CookiesIn(primary) is not null;

    /// <summary>The handlers below the cache that may add fields of users, by their names.</summary>
    public static IEnumerable<string> MayTellUsersApart(IReadOnlyList<DelegatingHandler> handlers, int place, HttpMessageHandler primary, HttpCacheOptions options) =>
        IsForSeveralUsers(options)
            ? handlers.Skip(place + 1).Concat(ChainOf(primary)).Select(handler => handler.GetType()).Where(type => HandlerKinds.Of(type) is HandlerKind.PerUser).Select(type => type.Name).Distinct()
            : [];

    private static bool IsForSeveralUsers(HttpCacheOptions options) => !options.SingleUser && options.PartitionSelector is null;

    private static string? ErrorOf(DelegatingHandler handler, string first)
    {
        var kind = HandlerKinds.Of(handler.GetType());
        return WordsOf(kind) is { } added
            ? $"{handler.GetType().Name} is below the cache, so the cache does not see the {added} that it adds and can't keep users apart; {Remedy(first, kind)} If it adds none, call {nameof(HttpCachingBuilderOrderExtensions.WithAnyHandlerOrder)}()."
            : null;
    }

    // Authorization parts users as soon as the cache sees it. Cookies do not: most have no user in them.
    private static string Remedy(string first, HandlerKind kind) =>
        $"{first}{(kind == HandlerKind.Cookies ? " and 'Cookie' to Keys.Fields" : string.Empty)}, set {nameof(HttpCacheOptions.SingleUser)} if all requests are one user's, or set {nameof(HttpCacheOptions.PartitionSelector)}.";

    private static string? WordsOf(HandlerKind kind) => kind switch
    {
        HandlerKind.Credentials => "credentials",
        HandlerKind.Cookies => "cookies",
        _ => null,
    };

    private static IEnumerable<DelegatingHandler> ChainOf(HttpMessageHandler? primary)
    {
        for (; primary is DelegatingHandler handler; primary = handler.InnerHandler)
        {
            yield return handler;
        }
    }

    private static HttpMessageHandler InnermostOf(HttpMessageHandler primary) => ChainOf(primary).LastOrDefault() is { } last ? last.InnerHandler ?? last : primary;

    /// <summary>
    /// The number of cookies that the primary handler has to send; null if it keeps none. UseCookies is true by default and most origins set no cookies, so only a container that has some
    /// makes the order wrong.
    /// </summary>
    private static int? CookiesIn(HttpMessageHandler primary) => InnermostOf(primary) switch
    {
        SocketsHttpHandler { UseCookies: true } sockets => sockets.CookieContainer.Count,
        HttpClientHandler { UseCookies: true } handler => handler.CookieContainer.Count,
        _ => null,
    };
}
