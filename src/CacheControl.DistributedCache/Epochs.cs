using System.Collections.Concurrent;
using HttpCaching.DistributedCache.Engines;

namespace HttpCaching.DistributedCache;

/// <summary>
/// Removes what can't be listed. An epoch is a random number under a name in the engine; what is stored notes the epochs that were current, and counts only while
/// they still are. Whoever gives a name another epoch has so removed everything that depends on it, in one step and on all nodes, and has the commits refused that are still under way.
/// </summary>
/// <remarks>
/// Each epoch is new: none is ever written twice. So whatever the engine does to these values (evicts one, brings an old node's write late, loses one in a failover),
/// the worst is a new epoch, and that is a miss. An epoch that is missing is made by whoever reads it, and not only by who stores: a commit can then tell that
/// the epoch it started from is gone, even if the one that an invalidation wrote has been evicted already.
/// </remarks>
internal sealed class Epochs(Engine engine, KeyNames names, DistributedStoreSettings settings)
{
    /// <summary>More tags on one response than this are more calls to the engine than a response is worth.</summary>
    public const int MostTags = 64;

    // Origins and tags come from outside.
    private const int MostRemembered = 4096;

    private readonly StripedLocks _locks = new(settings);
    private readonly ConcurrentDictionary<string, (long Epoch, long At)> _remembered = new(StringComparer.Ordinal);
    private long _renewals;

    /// <summary>What is current for a key, for a read: of removals that concern more than the URI, what was current a short time ago.</summary>
    public ValueTask<EpochState> ReadAsync(CacheKey key, CancellationToken cancellationToken) =>
        GetAsync(key, remembered: settings.MaximumEpochAge > TimeSpan.Zero, cancellationToken);

    /// <summary>What is current for a key in the engine, for a change.</summary>
    public ValueTask<EpochState> ReadNowAsync(CacheKey key, CancellationToken cancellationToken) =>
        GetAsync(key, remembered: false, cancellationToken);

    /// <summary>One number for the epochs of the tags of a response; 0 if it has none.</summary>
    public async ValueTask<long> OfTagsAsync(IReadOnlyList<string> tags, bool remembered, CancellationToken cancellationToken)
    {
        if (tags.Count == 0)
        {
            return 0;
        }

        var reads = new Task<long>[tags.Count];
        for (var i = 0; i < reads.Length; i++)
        {
            reads[i] = GetWideAsync(names.OfTag(tags[i]), remembered, cancellationToken).AsTask();
        }

        return EpochFormat.Mix(await Task.WhenAll(reads).ConfigureAwait(false));
    }

    /// <summary>Removes all of a URI.</summary>
    public ValueTask RenewUriAsync(string uri, CancellationToken cancellationToken) =>
        RenewAsync(names.OfUri(uri), isWide: false, cancellationToken);

    /// <summary>Removes all that has a tag.</summary>
    public async ValueTask RenewTagAsync(string tag, CancellationToken cancellationToken)
    {
        // A commit under way did not know its tags when it read its stamp. It asks for the tags first and for the stamp after that: this order is the other one, so that
        // it can't find the new epoch of the tag and miss that of the removals.
        await RenewAsync(names.Removals, isWide: true, cancellationToken).ConfigureAwait(false);
        await RenewAsync(names.OfTag(tag), isWide: true, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Removes all of an origin.</summary>
    public ValueTask RenewOriginAsync(string origin, CancellationToken cancellationToken) =>
        RenewAsync(names.OfOrigin(origin), isWide: true, cancellationToken);

    /// <summary>Removes everything.</summary>
    public ValueTask RenewAllAsync(CancellationToken cancellationToken) => RenewAsync(names.Everything, isWide: true, cancellationToken);

    private async ValueTask<EpochState> GetAsync(CacheKey key, bool remembered, CancellationToken cancellationToken)
    {
        var uri = GetOrMakeAsync(names.OfUri(key.Uri), isWide: false, cancellationToken).AsTask();
        var origin = GetWideAsync(names.OfOrigin(key.Uri), remembered, cancellationToken).AsTask();
        var everything = GetWideAsync(names.Everything, remembered, cancellationToken).AsTask();
        var removals = GetWideAsync(names.Removals, remembered, cancellationToken).AsTask();
        var all = await Task.WhenAll(uri, origin, everything, removals).ConfigureAwait(false);
        var mark = EpochFormat.Mix(all[0], all[1], all[2]);
        return new EpochState(mark, all[3]);
    }

    /// <summary>An epoch that many responses depend on: it may be remembered for a short time.</summary>
    private ValueTask<long> GetWideAsync(string name, bool remembered, CancellationToken cancellationToken) =>
        remembered && _remembered.TryGetValue(name, out var known) && settings.Time.GetElapsedTime(known.At) < settings.MaximumEpochAge
            ? new ValueTask<long>(known.Epoch)
            : AskWideAsync(name, cancellationToken);

    private async ValueTask<long> AskWideAsync(string name, CancellationToken cancellationToken)
    {
        var renewals = Volatile.Read(ref _renewals);
        var at = settings.Time.GetTimestamp();
        var epoch = await GetOrMakeAsync(name, isWide: true, cancellationToken).ConfigureAwait(false);
        Remember(name, epoch, at, renewals);
        return epoch;
    }

    private async ValueTask<long> GetOrMakeAsync(string name, bool isWide, CancellationToken cancellationToken)
    {
        var epoch = await FindAsync(name, cancellationToken).ConfigureAwait(false);
        if (epoch != 0)
        {
            return epoch;
        }

        using var held = await _locks.EnterAsync(name, cancellationToken).ConfigureAwait(false);
        epoch = await FindAsync(name, cancellationToken).ConfigureAwait(false);
        return epoch != 0 ? epoch : await MakeAsync(name, isWide, cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask RenewAsync(string name, bool isWide, CancellationToken cancellationToken)
    {
        using var held = await _locks.EnterAsync(name, cancellationToken).ConfigureAwait(false);

        // Whoever has asked before this and hears the old epoch after it does not remember it; nor is it believed while the new one is being written.
        Interlocked.Increment(ref _renewals);
        _remembered.TryRemove(name, out _);
        try
        {
            await MakeAsync(name, isWide, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            Interlocked.Increment(ref _renewals);
            _remembered.TryRemove(name, out _);
        }
    }

    private async ValueTask<long> FindAsync(string name, CancellationToken cancellationToken)
    {
        EngineValue? value;
        try
        {
            value = await engine.GetAsync(name, EpochFormat.Bytes, EpochFormat.Bytes, cancellationToken).ConfigureAwait(false);
        }
        catch (ValueTooLongException)
        {
            // Not ours, and overwritten as a missing one.
            return 0;
        }

        if (value is null)
        {
            return 0;
        }

        var epoch = EpochFormat.Read(value.Memory.Span);
        value.Release();
        return epoch;
    }

    private async ValueTask<long> MakeAsync(string name, bool isWide, CancellationToken cancellationToken)
    {
        // Twice as long as anything that depends on it. The wide ones are kept as long as they are asked for, since all would be lost with them; that of a URI is
        // not, because a sliding time costs some engines a second round trip at each read.
        var epoch = EpochFormat.Create();
        await engine.SetAsync(name, EpochFormat.Write(epoch), 2 * settings.MaximumRetention, slides: isWide, cancellationToken).ConfigureAwait(false);
        return epoch;
    }

    private void Remember(string name, long epoch, long at, long renewals)
    {
        if (settings.MaximumEpochAge == TimeSpan.Zero)
        {
            return;
        }

        if (_remembered.Count >= MostRemembered)
        {
            _remembered.Clear();
        }

        _remembered[name] = (epoch, at);
        if (Volatile.Read(ref _renewals) != renewals)
        {
            _remembered.TryRemove(name, out _);
        }
    }
}
