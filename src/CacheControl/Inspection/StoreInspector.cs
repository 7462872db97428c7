using System.Runtime.CompilerServices;
using HttpCaching.Control;
using HttpCaching.Http;
using HttpCaching.Policy;

namespace HttpCaching.Inspection;

/// <summary>Lists, removes and marks stored responses for tools. It asks the store itself and not the guarded one: a fault is the caller's to see.</summary>
/// <param name="store">The store.</param>
/// <param name="services">The parts of the cache.</param>
internal sealed class StoreInspector(IHttpCacheStore store, CacheServices services)
{
    private const int MostShown = 100;
    private const int MostAttempts = 3;

    private readonly PartitionLabels _labels = new(services.Keys);

    /// <summary>Lists the selected responses, without those under a pending removal.</summary>
    public async IAsyncEnumerable<CachedResponse> ListAsync(ResponseSelector selector, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var (key, head, lastUse) in Enumerate(selector, cancellationToken).ConfigureAwait(false))
        {
            if (selector.MayCover(key, head) && services.Store.MayStore(key.Uri))
            {
                var response = ViewOf(key, head, lastUse);
                if (selector.Covers(response))
                {
                    yield return response;
                }
            }
        }
    }

    /// <summary>Counts the selected responses.</summary>
    public ValueTask<CacheSelection> PreviewAsync(ResponseSelector selector, CancellationToken cancellationToken) =>
        ForEachAsync(selector, static _ => new ValueTask<bool>(true), isPreview: true, cancellationToken);

    /// <summary>Removes the selected responses, and refuses those that are on their way.</summary>
    public async ValueTask<CacheSelection> RemoveAsync(ResponseSelector selector, CancellationToken cancellationToken)
    {
        services.Flights.Detach(null);
        if (selector.OnlyPrefix is { } prefix)
        {
            return new CacheSelection(await Maintenance.RemoveByPrefixAsync(prefix, cancellationToken).ConfigureAwait(false), [], IsPreview: false);
        }

        if (selector.OnlyTag is { } tag)
        {
            return new CacheSelection(await Maintenance.RemoveByTagAsync(tag, cancellationToken).ConfigureAwait(false), [], IsPreview: false);
        }

        return await ChangeAsync(selector, RemoveOneAsync, cancellationToken).ConfigureAwait(false);

        async ValueTask<bool> RemoveOneAsync(CachedResponse response)
        {
            await store.RemoveAsync(response.Key, response.Head.Generation, cancellationToken).ConfigureAwait(false);
            return true;
        }
    }

    /// <summary>Marks the selected responses, so that each is validated before its next use. A response on its way would come unmarked, so it is refused.</summary>
    public ValueTask<CacheSelection> MarkStaleAsync(ResponseSelector selector, CancellationToken cancellationToken)
    {
        services.Flights.Detach(null);
        return ChangeAsync(selector, response => MarkAsync(response, cancellationToken), cancellationToken);
    }

    /// <summary>Opens a body by its identity; null if it is not stored any more.</summary>
    public async Task<Stream?> OpenBodyAsync(CacheKey key, long bodyId, CancellationToken cancellationToken)
    {
        if (!services.Store.MayStore(key.Uri))
        {
            return null;
        }

        var snapshot = await store.PeekAsync(key, cancellationToken).ConfigureAwait(false);
        try
        {
            if (snapshot.Responses.FirstOrDefault(r => r.BodyId == bodyId) is not { } stored)
            {
                snapshot.Dispose();
                return null;
            }

            return new InspectedBodyStream(snapshot, await snapshot.OpenBodyAsync(stored, cancellationToken).ConfigureAwait(false));
        }
        catch (Exception)
        {
            snapshot.Dispose();
            throw;
        }
    }

    /// <summary>Finds the responses of a key that a condition holds for; none if the key's removal is pending.</summary>
    public async ValueTask<IReadOnlyList<CachedResponse>> FindAsync(CacheKey key, Func<StoredResponse, bool> matches, CancellationToken cancellationToken)
    {
        if (!services.Store.MayStore(key.Uri))
        {
            return [];
        }

        using var snapshot = await store.PeekAsync(key, cancellationToken).ConfigureAwait(false);
        return [.. snapshot.Responses.Where(matches).Select(head => ViewOf(key, head, snapshot.LastUseOf(head)))];
    }

    /// <summary>The store's operations on many responses.</summary>
    /// <exception cref="NotSupportedException">It has none.</exception>
    public IHttpCacheStoreMaintenance Maintenance => store as IHttpCacheStoreMaintenance ?? throw CannotList(null);

    private IAsyncEnumerable<ListedResponse> Enumerate(ResponseSelector selector, CancellationToken cancellationToken)
    {
        try
        {
            // Of several prefixes the longest leaves the fewest.
            return selector.Uris is not { } uris
                ? selector.Prefixes.MaxBy(prefix => prefix.Length) is { } longest ? Maintenance.EnumerateByPrefixAsync(longest, cancellationToken) : Maintenance.EnumerateAsync(cancellationToken)
                : uris.Select(uri => Maintenance.EnumerateAsync(uri, cancellationToken)).Aggregate(static (all, next) => all.Concat(next));
        }
        catch (NotSupportedException exception)
        {
            throw CannotList(exception);
        }
    }

    private NotSupportedException CannotList(Exception? inner) => new(
        $"{store.GetType().Name} can't list its responses, or can't remove many of them at once. Stores in memory, in files, in SQLite and in Redis can, and so can two tiers of which the back one can.", inner);

    private async ValueTask<CacheSelection> ChangeAsync(
        ResponseSelector selector, Func<CachedResponse, ValueTask<bool>> change, CancellationToken cancellationToken)
    {
        var withdrawn = services.Store.Withdrawn;
        var removal = withdrawn.Add((key, head) => !head.IsMarkedStale && selector.MayCover(key, head) && selector.Covers(ViewOf(key, head, lastUse: null)));
        try
        {
            return await ForEachAsync(selector, change, isPreview: false, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception)
        {
            withdrawn.Forget(removal);
            throw;
        }
    }

    private async ValueTask<CacheSelection> ForEachAsync(
        ResponseSelector selector, Func<CachedResponse, ValueTask<bool>> change, bool isPreview, CancellationToken cancellationToken)
    {
        var count = 0L;
        var first = new List<CachedResponse>();
        await foreach (var response in ListAsync(selector, cancellationToken).ConfigureAwait(false))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (await change(response).ConfigureAwait(false))
            {
                count++;
                if (first.Count < MostShown)
                {
                    first.Add(response);
                }
            }
        }

        return new CacheSelection(count, first, isPreview);
    }

    private async ValueTask<bool> MarkAsync(CachedResponse response, CancellationToken cancellationToken)
    {
        if (response.IsMarkedStale)
        {
            return true;
        }

        var retention = StorageRules.Retention(response.Head, services.Clock.Now, services.PolicyFor(response.Head.Method, response.Head.TargetUri));
        var marked = response.Head.AsMarkedStale(RandomId.New());
        for (var attempt = 1; ; attempt++)
        {
            long stamp;
            using (var snapshot = await store.PeekAsync(response.Key, cancellationToken).ConfigureAwait(false))
            {
                if (attempt > 1 && !snapshot.Responses.Any(head => head.Generation == response.Head.Generation))
                {
                    return false;
                }

                stamp = snapshot.Stamp;
            }

            if (await store.ReplaceHeadAsync(response.Key, response.Head.Generation, marked, stamp, retention, cancellationToken).ConfigureAwait(false))
            {
                return true;
            }

            // A tier in front, or a node that has not heard of another's removal yet, may have told a stamp from before it. The refusal brings both up to date.
            if (attempt == MostAttempts)
            {
                return false;
            }
        }
    }

    private CachedResponse ViewOf(CacheKey key, StoredResponse head, DateTimeOffset? lastUse)
    {
        var facts = ResponseConclusions.Of(head, services.PolicyFor(head.Method, head.TargetUri));
        var age = facts.CurrentAge(services.Clock.Now);
        var isFresh = head is { MustValidate: false, IsMarkedStale: false } && FreshnessRules.IsFresh(facts.FreshnessLifetime, age);
        return new CachedResponse(this, key, head, new ResponseView(_labels.Of(key.Scope), age, facts.FreshnessLifetime, facts.Source, isFresh, lastUse));
    }
}
