using HttpCaching.Model;
using HttpCaching.Policy;

namespace HttpCaching.Control;

/// <summary>Carries out what a request that may have changed something invalidates: URIs, and the groups of what stood under them.</summary>
internal sealed class Invalidation(CacheServices services)
{
    /// <summary>After a response (RFC 9111 §4.4, RFC 9875 §3).</summary>
    public ValueTask AfterAsync(Exchange exchange, ResponseHead response) =>
        MethodRules.IsSafe(exchange.Presented) && !services.Settings.HonorClearSiteData ? default : InvalidateAfterAsync(exchange, response);

    /// <summary>After an exchange that failed: whether it took effect is not known.</summary>
    public ValueTask AfterFailureAsync(Exchange exchange) => InvalidateAsync(exchange, InvalidationRules.AfterFailure(exchange.Presented), [], exchange.Presented.TargetUri);

    private async ValueTask InvalidateAfterAsync(Exchange exchange, ResponseHead response)
    {
        var presented = exchange.Presented;
        if (!MethodRules.IsSafe(presented))
        {
            var isGroups = services.Policy.CacheGroups && response.StatusCode is >= 200 and < 400;
            await InvalidateAsync(
                exchange,
                InvalidationRules.After(presented, response),
                isGroups ? GroupRules.Invalidated(response.FinalUri, response.Fields) : [],
                response.FinalUri).ConfigureAwait(false);
        }

        if (services.Settings.HonorClearSiteData && InvalidationRules.ClearedOrigin(response) is { } origin)
        {
            services.Observers?.Invalidated(HttpCacheInvalidationScope.Prefix, origin);
            services.Flights.DetachOrigin(OriginRules.OriginOf(origin));
            await services.Store.RemoveByPrefixAsync(origin, exchange.CancellationToken).ConfigureAwait(false);
        }
    }

    private async ValueTask InvalidateAsync(Exchange exchange, IReadOnlyList<string> uris, IEnumerable<string> groups, string finalUri)
    {
        // Before the responses are gone that say which groups they are in; those of the mates are not asked for, so that nothing cascades.
        var mates = services.Settings.InvalidateGroupMates && uris.Count > 0 ? await GroupsOfAsync(exchange, uris).ConfigureAwait(false) : [];
        foreach (var uri in uris)
        {
            await services.InvalidateAsync(uri, exchange.CancellationToken).ConfigureAwait(false);

            // The key that the request would have is that of reads with the same rule or name.
            if (services.Keys.TryUriOf(uri, exchange.Own, exchange.Policy.Key, out var named) && named != uri)
            {
                await services.InvalidateAsync(named, exchange.CancellationToken).ConfigureAwait(false);
            }
        }

        string[] tags = [.. groups.Union(mates)];
        if (tags.Length > 0)
        {
            // Groups are of one origin (RFC 9875 §2): that of the URIs.
            foreach (var origin in uris.Append(exchange.Presented.TargetUri).Append(finalUri).Select(OriginRules.OriginOf).Distinct())
            {
                services.Flights.DetachOrigin(origin);
            }

            Array.ForEach(tags, tag => services.Observers?.Invalidated(HttpCacheInvalidationScope.Tag, tag));
            await services.Store.RemoveByTagsAsync(tags, exchange.CancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>The tags of the groups that the stored responses of these URIs are in, as far as the request's partition has any.</summary>
    private async ValueTask<HashSet<string>> GroupsOfAsync(Exchange exchange, IReadOnlyList<string> uris)
    {
        var tags = new HashSet<string>(StringComparer.Ordinal);
        if (!services.Keys.TryFor(exchange.Request, exchange.Presented, exchange.Own, exchange.Policy.Key, out var key))
        {
            return tags;
        }

        foreach (var uri in uris.SelectMany(services.StoredUrisOf))
        {
            using var snapshot = await services.Store.ReadAsync(key with { Uri = uri }, CancellationToken.None).ConfigureAwait(false);
            tags.UnionWith(snapshot?.Responses.SelectMany(stored => stored.Tags).Where(tag => !GroupRules.IsOwn(tag)) ?? []);
        }

        return tags;
    }
}
