using HttpCaching.Control.Flights;
using HttpCaching.Control.Guard;
using HttpCaching.Control.Keys;
using HttpCaching.Control.Rules;
using HttpCaching.Control.Time;
using HttpCaching.Diagnostics;
using HttpCaching.Model;
using HttpCaching.Policy;
using Microsoft.Extensions.Logging;

namespace HttpCaching.Control;

/// <summary>The long-lived parts that all requests of one cache share.</summary>
internal sealed record CacheServices
{
    public required GuardedStore Store { get; init; }

    public required PolicySettings Policy { get; init; }

    /// <summary>The application's rules for some requests; null if there are none. A reload of the configuration replaces them: a request reads them once.</summary>
    public RuleTable? Rules { get; set; }

    /// <summary>The settings of requests with a rule of their own.</summary>
    public required RequestRules RequestRules { get; init; }

    public required KeyMaker Keys { get; init; }

    public required CacheClock Clock { get; init; }

    public required CacheMetrics Metrics { get; init; }

    /// <summary>Counts for the statistics.</summary>
    public RequestTally Tally { get; } = new();

    public required CacheActivities Activities { get; init; }

    /// <summary>The application's observers; null if there are none.</summary>
    public CacheObservers? Observers { get; init; }

    public required ILogger Logger { get; init; }

    /// <summary>Whether a read of the store is a step that a tracer sees: it is not in memory.</summary>
    public bool HasLookups { get; init; }

    public required ControlSettings Settings { get; init; }

    /// <summary>The exchanges with the origin that others may join.</summary>
    public required RequestCollapser Flights { get; init; }

    /// <summary>Continues work that waited, and runs work without a caller.</summary>
    public required Dispatch Dispatch { get; init; }

    /// <summary>Changes to the store that a caller who has left does not wait for.</summary>
    public PendingWork Pending { get; } = new();

    /// <summary>Where URIs were stored last, for the words of a miss.</summary>
    public KnownPartitions Partitions { get; } = new();

    /// <summary>Which stored responses answer for other URIs too.</summary>
    public required EquivalentUris Searches { get; init; }

    /// <summary>The settings for a request: those of its rule, or of the options.</summary>
    /// <param name="method">Its method.</param>
    /// <param name="targetUri">Its normalised target URI.</param>
    public PolicySettings PolicyFor(string method, string targetUri) => Rules?.For(method, targetUri) ?? Policy;

    /// <summary>The settings for a request: those of its own rule over the rule of its URI, with its options if a function of the application may look at them.</summary>
    /// <param name="request">The request.</param>
    /// <param name="own">Its settings for the cache.</param>
    /// <param name="method">Its method.</param>
    /// <param name="targetUri">Its normalised target URI.</param>
    public PolicySettings PolicyFor(HttpRequestMessage request, RequestSettings own, string method, string targetUri)
    {
        var found = PolicyFor(method, targetUri);
        found = own.Rule is { } rule ? RequestRules.For(found, rule) : found;
        return found.Heuristic is null || !own.HasOthers(request) ? found : found.WithOptions(request.Options);
    }

    /// <summary>
    /// The URIs under which responses for a URI are stored: its own, those of the keys that the rules of reads give it, those of the keys that requests have had, and those that mean the same
    /// (No-Vary-Search).
    /// </summary>
    /// <param name="uri">The normalised URI.</param>
    public IReadOnlyList<string> StoredUrisOf(string uri)
    {
        List<string> uris = [uri, .. Keys.RenamedOf(uri)];
        foreach (var method in MethodRules.Reads)
        {
            if (PolicyFor(method, uri).Key is { IsNone: false } rule && Keys.TryUriUnder(uri, rule, out var key))
            {
                uris.Add(key);
            }
        }

        return [.. uris.Concat(uris.SelectMany(Searches.EquivalentsOf)).Distinct()];
    }

    /// <summary>Removes all of a URI (RFC 9111 §4.4).</summary>
    public async ValueTask InvalidateAsync(string uri, CancellationToken cancellationToken)
    {
        Observers?.Invalidated(HttpCacheInvalidationScope.Uri, uri);
        foreach (var stored in StoredUrisOf(uri))
        {
            Flights.Detach(stored);
            await Store.InvalidateAsync(stored, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Notes that a response is not stored; false if its outcome was settled before.</summary>
    /// <param name="outcome">Its outcome.</param>
    /// <param name="reason">Why.</param>
    /// <param name="head">The response.</param>
    public bool NoteNotStored(StoringOutcome outcome, NotStoredReason reason, StoredResponse head)
    {
        if (reason == NotStoredReason.TooLarge)
        {
            outcome.Limit = Store.MaximumEntryBytes;
        }

        if (!outcome.TrySettle(reason))
        {
            return false;
        }

        Metrics.Storing(reason);
        Observers?.NotStored(head.Method, head.TargetUri, reason);
        return true;
    }
}
