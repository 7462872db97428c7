using HttpCaching.Model;
using HttpCaching.Policy;

namespace HttpCaching.Control;

/// <summary>Answers requests whose exact URI is not stored with a stored response that says its URI means the same (No-Vary-Search).</summary>
/// <param name="services">The cache.</param>
/// <param name="read">How the store is read.</param>
internal sealed class EquivalentLookup(CacheServices services, Func<CacheKey, CancellationToken, ValueTask<HttpCacheSnapshot?>> read)
{
    /// <summary>
    /// Puts an equivalent in the place of the exchange's empty snapshot, if there is one that can be served as it is. One that would have to be validated is left
    /// alone: the request then goes out for its own URI, and what comes back is stored there.
    /// </summary>
    public ValueTask ApplyAsync(Exchange exchange) =>
        exchange.Policy.NoVarySearch && exchange.Snapshot is { Responses.IsEmpty: true } && !services.Searches.IsUnused ? LookAsync(exchange) : default;

    private async ValueTask LookAsync(Exchange exchange)
    {
        foreach (var key in services.Searches.EquivalentsOf(exchange.Key))
        {
            if (await read(key, exchange.CancellationToken).ConfigureAwait(false) is not { } snapshot)
            {
                continue;
            }

            // The responses that are stored now decide, not the remembered ones.
            var candidates = snapshot.Responses.RemoveAll(stored => !Answers(stored, exchange));
            var decision = ReuseRules.Decide(exchange.Facts, candidates, services.Clock.Now);
            if (decision.Kind == DecisionKind.Serve)
            {
                exchange.TakeSnapshot()?.Dispose();
                exchange.Snapshot = snapshot;
                (exchange.Key, exchange.IsEquivalent) = (key, true);
                exchange.Decision = decision;
                return;
            }

            snapshot.Dispose();
        }
    }

    private static bool Answers(StoredResponse stored, Exchange exchange) =>
        NoVarySearchRules.Parse(stored.Fields, exchange.Policy) is { } rule
        && NoVarySearchRules.AreEquivalent(stored.TargetUri, exchange.Presented.TargetUri, rule);
}
