using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace HttpCaching.Storage.InMemory;

/// <summary>
/// The stored responses, by key and by eviction order. <see cref="Find(CacheKey)"/>, <see cref="AsOf"/> and <see cref="All"/> may be called at any time. All other members are called
/// under the store's lock, so both orders agree whenever the lock is free.
/// </summary>
internal sealed class MemoryIndex(long maximumBytes, int maximumVariants, EvictionFeed evictions)
{
    // The views of the common scope are directly in the table, where nearly all reads end. Those of other scopes are one step further.
    private readonly ConcurrentDictionary<string, MemorySnapshot> _common = new();
    private readonly ConcurrentDictionary<string, ConcurrentDictionary<string, MemorySnapshot>> _scoped = new();
    private readonly EvictionOrder _order = new(maximumBytes);

    public long Bytes => _order.Bytes;

    public int Count => _order.Count;

    /// <summary>The view of a key, or null if nothing is stored under its URI and scope.</summary>
    public MemorySnapshot? Find(CacheKey key) =>
        (key.Scope is null ? _common.TryGetValue(key.Uri, out var view) : TryFindScoped(key.Uri, key.Scope, out view)) ? view : null;

    /// <summary>
    /// Returns the given view with a later stamp, for this reader and the next ones. If a writer has replaced the view in the meantime, the writer's view stays.
    /// </summary>
    public MemorySnapshot AsOf(CacheKey key, MemorySnapshot seen, long stamp)
    {
        var later = seen.WithStamp(stamp);
        if (key.Scope is null)
        {
            _common.TryUpdate(key.Uri, later, seen);
        }
        else if (_scoped.TryGetValue(key.Uri, out var scopes))
        {
            scopes.TryUpdate(key.Scope, later, seen);
        }

        return later;
    }

    /// <summary>The stored response of this generation, or null.</summary>
    public HeldResponse? Find(CacheKey key, long generation)
    {
        foreach (var held in HeldIn(Find(key)))
        {
            if (held.Head.Generation == generation)
            {
                return held;
            }
        }

        return null;
    }

    /// <summary>The stored response of this variant, or null.</summary>
    public HeldResponse? FindVariant(CacheKey key, string variant)
    {
        foreach (var held in HeldIn(Find(key)))
        {
            if (string.Equals(held.Head.Variant, variant, StringComparison.Ordinal))
            {
                return held;
            }
        }

        return null;
    }

    /// <summary>All stored responses, in no order. A change during the enumeration may or may not be seen.</summary>
    public IEnumerable<HeldResponse> All(CancellationToken cancellationToken)
    {
        foreach (var view in _common.Select(pair => pair.Value).Concat(_scoped.SelectMany(pair => pair.Value).Select(pair => pair.Value)))
        {
            cancellationToken.ThrowIfCancellationRequested();
            foreach (var held in view.Held.ToArray())
            {
                yield return held;
            }
        }
    }

    /// <summary>The stored responses of a URI in all scopes.</summary>
    public IEnumerable<HeldResponse> Of(string uri)
    {
        var common = _common.TryGetValue(uri, out var view) ? [view] : Array.Empty<MemorySnapshot>();
        var scoped = _scoped.TryGetValue(uri, out var scopes) ? scopes.Select(pair => pair.Value) : [];
        return common.Concat(scoped).SelectMany(view => view.Held.ToArray());
    }

    /// <summary>Makes a response visible in one step, replaces up to two others of its key, and evicts to make room.</summary>
    public void Put(HeldResponse held, HeldResponse? standing, HeldResponse? displaced, long stamp)
    {
        var queue = standing is null ? null : EvictionOrder.Remove(standing);
        if (displaced is not null)
        {
            EvictionOrder.Remove(displaced);
        }

        while (_order.TakeVictim(held.Size) is { } victim)
        {
            Unlist(victim, stamp);
            victim.LetGo();
            Note(victim);
        }

        if (queue is null)
        {
            _order.Add(held);
        }
        else
        {
            EvictionOrder.AddTo(queue, held, standing!.Uses);
        }

        var listed = HeldIn(Find(held.Key));
        if (listed.IsEmpty)
        {
            Show(held.Key, new MemorySnapshot([held], stamp));
            return;
        }

        var shown = WithNewest(held, listed, standing, displaced);
        Show(held.Key, new MemorySnapshot(shown, stamp));
        foreach (var old in listed)
        {
            if (Array.IndexOf(shown, old) < 0)
            {
                old.LetGo();
            }
        }
    }

    /// <summary>Removes one response.</summary>
    public void Drop(HeldResponse held, long stamp)
    {
        EvictionOrder.Remove(held);
        Unlist(held, stamp);
        held.LetGo();
    }

    /// <summary>Removes the responses of a key that match.</summary>
    /// <returns>The number of removed responses.</returns>
    public int DropWhere(CacheKey key, Predicate<HeldResponse> matches, long stamp)
    {
        var matching = Array.FindAll(HeldIn(Find(key)).ToArray(), matches);
        foreach (var held in matching)
        {
            Drop(held, stamp);
        }

        return matching.Length;
    }

    /// <summary>Removes all responses of a URI, in all scopes.</summary>
    public void DropUri(string uri)
    {
        if (_common.TryRemove(uri, out var common))
        {
            Forget(common);
        }

        if (_scoped.TryRemove(uri, out var scopes))
        {
            foreach (var (_, view) in scopes)
            {
                Forget(view);
            }
        }
    }

    /// <summary>Removes all responses.</summary>
    public void Clear()
    {
        _common.Clear();
        _scoped.Clear();
        _order.Clear(static held => held.LetGo());
    }

    private static void Forget(MemorySnapshot view)
    {
        foreach (var held in view.Held)
        {
            EvictionOrder.Remove(held);
            held.LetGo();
        }
    }

    private bool TryFindScoped(string uri, string scope, [MaybeNullWhen(false)] out MemorySnapshot view)
    {
        view = null;
        return _scoped.TryGetValue(uri, out var scopes) && scopes.TryGetValue(scope, out view);
    }

    private void Show(CacheKey key, MemorySnapshot view)
    {
        if (key.Scope is null)
        {
            _common[key.Uri] = view;
        }
        else
        {
            // Most URIs have one scope, so the table is as small as possible.
            _scoped.GetOrAdd(key.Uri, static _ => new ConcurrentDictionary<string, MemorySnapshot>(concurrencyLevel: 1, capacity: 1))[key.Scope] = view;
        }
    }

    private void Hide(CacheKey key)
    {
        if (key.Scope is null)
        {
            _common.TryRemove(key.Uri, out _);
        }
        else if (_scoped.TryGetValue(key.Uri, out var scopes) && scopes.TryRemove(key.Scope, out _) && scopes.IsEmpty)
        {
            _scoped.TryRemove(key.Uri, out _);
        }
    }

    private void Note(HeldResponse evicted) => evictions.Note(new StoreEviction(evicted.Key.Uri, evicted.Size));

    private static HeldResponse[] Others(ReadOnlySpan<HeldResponse> listed, HeldResponse held) => Array.FindAll(listed.ToArray(), other => other != held);

    private static ReadOnlySpan<HeldResponse> HeldIn(MemorySnapshot? view) => view is null ? [] : view.Held;

    private HeldResponse[] WithNewest(
        HeldResponse newest, ReadOnlySpan<HeldResponse> listed, HeldResponse? standing, HeldResponse? displaced)
    {
        List<HeldResponse> result = new(listed.Length + 1) { newest };
        foreach (var held in listed)
        {
            if (held == standing || held == displaced)
            {
                continue;
            }

            if (result.Count < maximumVariants)
            {
                result.Add(held);
            }
            else
            {
                EvictionOrder.Remove(held);
                Note(held);
            }
        }

        return [.. result];
    }

    /// <summary>Removes a response that is in no queue from the view of its key.</summary>
    private void Unlist(HeldResponse held, long stamp)
    {
        var listed = HeldIn(Find(held.Key));
        HeldResponse[] rest = listed is [var only] && only == held ? [] : Others(listed, held);
        if (rest.Length > 0)
        {
            Show(held.Key, new MemorySnapshot(rest, stamp));
        }
        else
        {
            Hide(held.Key);
        }
    }
}
