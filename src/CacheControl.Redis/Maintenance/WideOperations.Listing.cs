using System.Runtime.CompilerServices;
using System.Text;
using HttpCaching.Redis.Connection;
using HttpCaching.Redis.Keys;
using HttpCaching.Redis.Records;
using StackExchange.Redis;

namespace HttpCaching.Redis.Maintenance;

/// <content>Listing.</content>
internal sealed partial class WideOperations
{
    /// <summary>Lists all heads.</summary>
    public async IAsyncEnumerable<ListedResponse> EnumerateAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var place in RecordsAsync(cancellationToken).ConfigureAwait(false))
        {
            var (key, heads) = await HeadsAsync(place, mustCount: true).ConfigureAwait(false);
            foreach (var head in heads)
            {
                yield return new ListedResponse(key, head);
            }
        }
    }

    /// <summary>Lists the heads of a URI in all scopes.</summary>
    public async IAsyncEnumerable<ListedResponse> EnumerateAsync(string uri, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var place in await PlacesOfAsync(keys.PlaceOf(new CacheKey(uri)), cancellationToken).ConfigureAwait(false))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var (key, heads) = await HeadsAsync(place, mustCount: true).ConfigureAwait(false);
            foreach (var head in heads)
            {
                yield return new ListedResponse(key, head);
            }
        }
    }

    /// <summary>Lists the heads of URIs with a prefix. Of every record it reads the beginning, many at once, and of those with the prefix all.</summary>
    public async IAsyncEnumerable<ListedResponse> EnumerateByPrefixAsync(string uriPrefix, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var prefix = Encoding.UTF8.GetBytes(uriPrefix);
        await foreach (var places in RecordsAsync(cancellationToken).Chunk(AtOnce).WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            var begun = await Task.WhenAll(places.Select(place => HasUriOfAsync(place, prefix).AsTask())).ConfigureAwait(false);
            foreach (var place in places.Where((_, index) => begun[index]))
            {
                var (key, heads) = await HeadsAsync(place, mustCount: true).ConfigureAwait(false);
                foreach (var head in heads)
                {
                    yield return new ListedResponse(key, head);
                }
            }
        }
    }

    /// <summary>The records of a URI: its root, and those of the scopes in its set. If the set may be incomplete, the names of all keys are gone through for the scopes; no other record is read.</summary>
    private async ValueTask<IEnumerable<EntryPlace>> PlacesOfAsync(EntryPlace root, CancellationToken cancellationToken)
    {
        RedisValue[] names;
        try
        {
            names = await engine.RunAsync(
                root.Root,
                keys.ScopesOf(root),
                static (database, set, flags) => database.SortedSetRangeByRankAsync(set, 0, -1, Order.Ascending, flags),
                static (database, set, flags) => database.SortedSetRangeByRank(set, 0, -1, Order.Ascending, flags)).ConfigureAwait(false);
        }
        catch (RedisServerException exception) when (RedisEngine.IsOtherType(exception))
        {
            // Another program has put something else in its place. The next commit of a scope makes the set again.
            names = [StoreKeys.Unknown];
        }

        if (!names.Contains(StoreKeys.Unknown) && await EvictionSparesTagsAsync().ConfigureAwait(false))
        {
            return names.Select(name => keys.PlaceOf(root.Bucket, name.ToString())).Prepend(root);
        }

        List<EntryPlace> places = [root];
        await foreach (var name in KeysAsync(root.Root + StoreKeys.ScopeMark + '*', cancellationToken).ConfigureAwait(false))
        {
            if (keys.KindOf(name, out var place) == StoreKeyKind.Record && place.Root == root.Root)
            {
                places.Add(place);
            }
        }

        return places;
    }

    /// <summary>The key and the heads of a record.</summary>
    /// <param name="place">The location on the engine.</param>
    /// <param name="mustCount">Whether to leave out a record from before an invalidation.</param>
    private async ValueTask<(CacheKey Key, List<StoredResponse> Heads)> HeadsAsync(EntryPlace place, bool mustCount)
    {
        CacheKey key = default;
        List<StoredResponse> heads = [];
        using var bytes = await engine.ReadAsync(place.Record, Record.MostBytes, StoreKeys.BeginningOf(place.Record, Record.MostBytes)).ConfigureAwait(false);
        if (!Record.TryRead(bytes, out var record) || (mustCount && !await CountsAsync(place, record.Stamp).ConfigureAwait(false)))
        {
            return (key, heads);
        }

        foreach (var row in record.Rows)
        {
            if (StoredHeadFormat.TryRead(row.Head.Of(bytes.Span), out key, out var head) && keys.PlaceOf(key) == place)
            {
                heads.Add(head);
            }
        }

        return (key, heads);
    }

    private async ValueTask<bool> CountsAsync(EntryPlace place, ulong copied) =>
        place.Scoped is null
        || (Record.TryReadStamp((await engine.ReadAsync(place.Root, Record.StampEnd).ConfigureAwait(false)).Span, out var stamp) && stamp == copied);
}
