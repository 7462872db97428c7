using System.Collections.Concurrent;
using HttpCaching.DistributedCache.Engines;

namespace HttpCaching.DistributedCache;

/// <summary>
/// Removes responses that can't be listed. An epoch is a random number under a name in the engine. A record notes the current epochs, and counts only while
/// they are current. Giving a name another epoch removes everything that depends on it, in one step and on all nodes, and refuses the commits that are under way.
/// </summary>
/// <remarks>
/// Each epoch is new: none is ever written twice. The engine may evict one of these values, write an old node's value late, or lose one in a failover. Then
/// the worst result is a new epoch, and that is a miss. Each reader makes a missing epoch, and not only a writer. So a commit can tell that
/// its first epoch is gone, even if the epoch of an invalidation has already been evicted.
/// </remarks>
internal sealed class Epochs(Engine engine, KeyNames names, DistributedStoreSettings settings)
{
    /// <summary>The most tags on one response: more would cost more calls to the engine than a response is worth.</summary>
    public const int MostTags = 64;

    // Origins and tags come from outside.
    private const int MostRemembered = 4096;

    private readonly StripedLocks _locks = new(settings);
    private readonly ConcurrentDictionary<string, (long Epoch, long At)> _remembered = new(StringComparer.Ordinal);
    private long _renewals;

    /// <summary>The current epochs for a key, for a read. For removals that cover more than the URI, they may be a short time old.</summary>
    public ValueTask<EpochState> ReadAsync(CacheKey key, CancellationToken cancellationToken) =>
        GetAsync(key, remembered: settings.MaximumEpochAge > TimeSpan.Zero, cancellationToken);

    /// <summary>The current epochs for a key in the engine, for a change.</summary>
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

    /// <summary>Removes all responses of a URI.</summary>
    public ValueTask RenewUriAsync(string uri, CancellationToken cancellationToken) =>
        RenewAsync(names.OfUri(uri), isWide: false, cancellationToken);

    /// <summary>Removes all responses with a tag.</summary>
    public async ValueTask RenewTagAsync(string tag, CancellationToken cancellationToken)
    {
        // A commit under way did not know its tags when it read its stamp. It asks for the tags first and for the stamp after that: this order is the other one, so that
        // it can't find the new epoch of the tag and miss that of the removals.
        await RenewAsync(names.Removals, isWide: true, cancellationToken).ConfigureAwait(false);
        await RenewAsync(names.OfTag(tag), isWide: true, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Removes all responses of an origin.</summary>
    public ValueTask RenewOriginAsync(string origin, CancellationToken cancellationToken) =>
        RenewAsync(names.OfOrigin(origin), isWide: true, cancellationToken);

    /// <summary>Removes all responses.</summary>
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

    /// <summary>An epoch on which many responses depend: it may be remembered for a short time.</summary>
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

        // If a reader asked before this and gets the old epoch after it, it does not remember that epoch. Nor does it use one while the new one is being written.
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
            // A foreign value: overwritten like a missing one.
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
        // Twice as long as anything that depends on it. The retention of wide epochs is renewed by each use, because everything would be lost with them. That of a URI's epoch is
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
