using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using System.Text;
using HttpCaching.Redis.Changes;
using HttpCaching.Redis.Connection;
using HttpCaching.Redis.Keys;
using HttpCaching.Redis.Records;
using StackExchange.Redis;

namespace HttpCaching.Redis.Maintenance;

/// <summary>
/// Operations on many URIs. A removal is first noted in every bucket, so that no response requested before can be stored afterwards.
/// Then it removes the stored responses.
/// </summary>
internal sealed partial class WideOperations(RedisEngine engine, StoreKeys keys, StoreChanges changes)
{
    private const int AtOnce = 64;
    private const int PageKeys = 500;

    // The number of passes while slots move between servers.
    private const int MostScans = 3;

    // The bytes that a look at the URI reads; records with longer URIs are read completely.
    private const int FirstBytes = 2048;

    /// <summary>Removes the responses with a tag.</summary>
    public async ValueTask<long> RemoveByTagAsync(string tag, CancellationToken cancellationToken)
    {
        try
        {
            var tagName = KeyHash.NameOf(tag);
            List<EntryPlace> named = [];
            var isUnknown = false;
            var away = await InAllBucketsAsync(
                async bucket =>
                {
                    var members = await changes.RemoveTagAsync(bucket, tagName).ConfigureAwait(false);
                    lock (named)
                    {
                        isUnknown |= members.Contains(StoreKeys.Unknown);
                        named.AddRange(members.Where(name => name != StoreKeys.Unknown).Select(name => keys.PlaceOf(bucket, name)));
                    }
                },
                cancellationToken).ConfigureAwait(false);
            var removed = await RemoveAllAsync(ToAsync(named), tag, cancellationToken).ConfigureAwait(false);
            away?.Throw();
            if (isUnknown || !await EvictionSparesTagsAsync().ConfigureAwait(false))
            {
                await UntilNoSlotMovesAsync(async () =>
                    removed += await RemoveAllAsync(RecordsAsync(cancellationToken), tag, cancellationToken).ConfigureAwait(false)).ConfigureAwait(false);
            }

            return removed;
        }
        finally
        {
            changes.TellRemovedEverywhere();
        }
    }

    /// <summary>Removes the responses of URIs with a prefix.</summary>
    public async ValueTask<long> RemoveByPrefixAsync(string uriPrefix, CancellationToken cancellationToken)
    {
        try
        {
            var away = await InAllBucketsAsync(
                TagCells.OfOrigin(uriPrefix) is { } origin ? bucket => changes.ForbidOriginAsync(bucket, origin) : changes.BeginEpochAsync,
                cancellationToken).ConfigureAwait(false);
            away?.Throw();
            var prefix = Encoding.UTF8.GetBytes(uriPrefix);
            var removed = 0L;
            await UntilNoSlotMovesAsync(() => ForEachAsync(RecordsAsync(cancellationToken), async place =>
            {
                if (await HasUriOfAsync(place, prefix).ConfigureAwait(false))
                {
                    // The current responses: a refresh may have changed the head since.
                    Interlocked.Add(ref removed, await changes.RemoveAsync(place, null, RemovedBy.Everything, []).ConfigureAwait(false));
                }
            })).ConfigureAwait(false);
            return removed;
        }
        finally
        {
            changes.TellRemovedEverywhere();
        }
    }

    /// <summary>Removes all keys with the store's prefix except the epochs, which refuse late commits. Leaves bodies to their current readers.</summary>
    public async ValueTask ClearAsync(CancellationToken cancellationToken)
    {
        try
        {
            var away = await InAllBucketsAsync(changes.BeginEpochAsync, cancellationToken).ConfigureAwait(false);
            away?.Throw();

            // Sets of tags in an earlier pass: a response stored in the meantime is then removed by the second pass, or has its tags in new sets.
            await UntilNoSlotMovesAsync(async () =>
            {
                await ScanAsync(StoreKeyKind.Tag, cancellationToken).ConfigureAwait(false);
                await ScanAsync(StoreKeyKind.Record, cancellationToken).ConfigureAwait(false);
            }).ConfigureAwait(false);
        }
        finally
        {
            changes.TellRemovedEverywhere();
        }
    }

    private static async IAsyncEnumerable<EntryPlace> ToAsync(IEnumerable<EntryPlace> places)
    {
        foreach (var place in places)
        {
            yield return place;
        }

        await Task.CompletedTask.ConfigureAwait(false);
    }

    private static async Task ForEachAsync(IAsyncEnumerable<EntryPlace> places, Func<EntryPlace, ValueTask> action)
    {
        List<Task> running = [];
        await foreach (var place in places.ConfigureAwait(false))
        {
            running.Add(action(place).AsTask());
            if (running.Count >= AtOnce)
            {
                await Task.WhenAll(running).ConfigureAwait(false);
                running.Clear();
            }
        }

        await Task.WhenAll(running).ConfigureAwait(false);
    }

    /// <summary>
    /// Goes through all keys until no slot has moved during a pass: a key that moves from an unvisited server to a visited one is missed.
    /// </summary>
    /// <exception cref="StorePartUnavailableException">Slots moved each time.</exception>
    private async ValueTask UntilNoSlotMovesAsync(Func<Task> scan)
    {
        for (var scans = 1; ; scans++)
        {
            var before = await engine.SlotMapAsync().ConfigureAwait(false);
            await scan().ConfigureAwait(false);
            if (!before.Contains(RedisEngine.SlotOnItsWay) && before == await engine.SlotMapAsync().ConfigureAwait(false))
            {
                return;
            }

            if (scans == MostScans)
            {
                throw new StorePartUnavailableException(
                    "Slots of the Cluster moved to other servers during the removal: some responses may be left. Repeat the removal when the slots have arrived.");
            }
        }
    }

    /// <summary>Runs an operation in all reachable buckets.</summary>
    /// <returns>The exception to throw for unreachable buckets, after the others are done.</returns>
    private static async ValueTask<ExceptionDispatchInfo?> InAllBucketsAsync(Func<int, ValueTask> action, CancellationToken cancellationToken)
    {
        ExceptionDispatchInfo? away = null;
        for (var first = 0; first < StoreKeys.Buckets; first += AtOnce)
        {
            cancellationToken.ThrowIfCancellationRequested();
            await Task.WhenAll(Enumerable.Range(first, AtOnce).Select(TryAsync)).ConfigureAwait(false);
        }

        return away;

        async Task TryAsync(int bucket)
        {
            try
            {
                await action(bucket).ConfigureAwait(false);
            }
            catch (StorePartUnavailableException exception)
            {
                away = ExceptionDispatchInfo.Capture(exception);
            }
        }
    }

    private async ValueTask<bool> HasUriOfAsync(EntryPlace place, byte[] prefix)
    {
        var start = await engine.ReadAsync(place.Record, FirstBytes).ConfigureAwait(false);
        if (!Record.TryReadUri(start.Span, out var uri))
        {
            start = await engine.ReadAsync(place.Record, Record.MostBytes).ConfigureAwait(false);
            if (!Record.TryReadUri(start.Span, out uri))
            {
                return false;
            }
        }

        return uri.StartsWith(prefix) && !uri.IsEmpty;
    }

    private async ValueTask<long> RemoveAllAsync(IAsyncEnumerable<EntryPlace> places, string tag, CancellationToken cancellationToken)
    {
        var removed = 0L;
        await ForEachAsync(places, async place =>
        {
            cancellationToken.ThrowIfCancellationRequested();
            var (_, heads) = await HeadsAsync(place, mustCount: false).ConfigureAwait(false);
            heads.RemoveAll(h => !h.Tags.Contains(tag, StringComparer.Ordinal));
            if (heads.Count > 0)
            {
                // A refresh in between leaves the body. One that gives the tag to another response is already refused.
                Interlocked.Add(ref removed, await changes.RemoveAsync(place, null, RemovedBy.Body, heads.Select(h => h.BodyId)).ConfigureAwait(false));
            }
        }).ConfigureAwait(false);
        return removed;
    }

    private async IAsyncEnumerable<EntryPlace> RecordsAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var key in AllKeysAsync(cancellationToken).ConfigureAwait(false))
        {
            if (keys.KindOf(key, out var place) == StoreKeyKind.Record)
            {
                yield return place;
            }
        }
    }

    private async Task ScanAsync(StoreKeyKind removed, CancellationToken cancellationToken)
    {
        List<Task> running = [];
        await foreach (var key in AllKeysAsync(cancellationToken).ConfigureAwait(false))
        {
            var kind = keys.KindOf(key, out _);
            if (kind == removed)
            {
                running.Add(changes.DiscardAsync(key).AsTask());
            }
            else if (kind == StoreKeyKind.Body && removed == StoreKeyKind.Record)
            {
                running.Add(changes.ForsakeAsync(key).AsTask());
            }

            if (running.Count >= AtOnce)
            {
                await Task.WhenAll(running).ConfigureAwait(false);
                running.Clear();
            }
        }

        await Task.WhenAll(running).ConfigureAwait(false);
    }

    private IAsyncEnumerable<string> AllKeysAsync(CancellationToken cancellationToken) => KeysAsync(keys.Pattern, cancellationToken);

    private async IAsyncEnumerable<string> KeysAsync(string pattern, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var number = await engine.DatabaseNumberAsync().ConfigureAwait(false);
        foreach (var server in await engine.PrimariesAsync().ConfigureAwait(false))
        {
            await foreach (var key in server.KeysAsync(number, pattern, PageKeys).WithCancellation(cancellationToken).ConfigureAwait(false))
            {
                yield return key.ToString();
            }
        }
    }

    /// <summary>
    /// Whether no server evicts. If one may, or doesn't say, the set of a tag may be gone while its responses still exist, and removal by tag must
    /// look at everything. (Policies that spare keys without expiry don't spare the sets: they expire, so that unused tags take no room.)
    /// </summary>
    private async ValueTask<bool> EvictionSparesTagsAsync()
    {
        foreach (var server in await engine.PrimariesAsync().ConfigureAwait(false))
        {
            var lines = (await InfoOfMemoryAsync(server).ConfigureAwait(false)).Split('\n', StringSplitOptions.TrimEntries);
            if (!lines.Contains("maxmemory:0") && !lines.Contains("maxmemory_policy:noeviction"))
            {
                return false;
            }
        }

        return true;
    }

    private static async ValueTask<string> InfoOfMemoryAsync(IServer server)
    {
        try
        {
            // By a script: the client allows INFO only on connections with administrative rights, and this one may belong to the application.
            return (string?)await server.ExecuteAsync("EVAL", "return redis.call('INFO','memory')", "0").ConfigureAwait(false) ?? string.Empty;
        }
        catch (Exception exception) when (exception is RedisServerException or RedisCommandException)
        {
            // Not every engine answers, and not every user may ask.
            return string.Empty;
        }
    }
}
