using System.Collections.Concurrent;
using CacheControl.Model;

namespace CacheControl.Storage.InMemory;

/// <summary>
/// What is stored, by key and by eviction order. <see cref="FindSlot"/> and <see cref="All"/> may be called at any time; all other members are called
/// under the store's lock, so that both orders agree whenever nobody holds it.
/// </summary>
internal sealed class MemoryIndex(long maximumBytes, int maximumVariants)
{
    private readonly ConcurrentDictionary<string, UriSlot> _uris = new();
    private readonly EvictionOrder _order = new(maximumBytes);

    public long Bytes => _order.Bytes;

    public int Count => _order.Count;

    /// <summary>Where the view of a key stands, or null if nothing is stored under its URI and scope.</summary>
    public KeySlot? FindSlot(CacheKey key) => _uris.TryGetValue(key.Uri, out var uri) ? uri.Find(key.Scope) : null;

    /// <summary>The stored response of this generation, or null.</summary>
    public HeldResponse? Find(CacheKey key, long generation)
    {
        foreach (var held in HeldIn(FindSlot(key)))
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
        foreach (var held in HeldIn(FindSlot(key)))
        {
            if (string.Equals(held.Head.Variant, variant, StringComparison.Ordinal))
            {
                return held;
            }
        }

        return null;
    }

    /// <summary>Everything that is held, in no order; changes meanwhile may or may not be seen.</summary>
    public IEnumerable<HeldResponse> All(CancellationToken cancellationToken)
    {
        foreach (var (_, uri) in _uris)
        {
            cancellationToken.ThrowIfCancellationRequested();
            foreach (var slot in uri.All())
            {
                foreach (var held in HeldIn(slot).ToArray())
                {
                    yield return held;
                }
            }
        }
    }

    /// <summary>Makes a response visible in one step, in place of up to two others of its key, and evicts what has no room beside it.</summary>
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
        }

        if (queue is null)
        {
            _order.Add(held);
        }
        else
        {
            EvictionOrder.AddTo(queue, held, standing!.Uses);
        }

        var slot = _uris.GetOrAdd(held.Key.Uri, static _ => new UriSlot()).FindOrAdd(held.Key.Scope);
        slot.Current = new MemorySnapshot(WithNewest(held, HeldIn(slot), standing, displaced), stamp);
    }

    /// <summary>Removes one response.</summary>
    public void Drop(HeldResponse held, long stamp)
    {
        EvictionOrder.Remove(held);
        Unlist(held, stamp);
    }

    /// <summary>Removes everything under a URI, in all scopes.</summary>
    public void DropUri(string name)
    {
        if (!_uris.TryRemove(name, out var uri))
        {
            return;
        }

        foreach (var slot in uri.All())
        {
            foreach (var held in HeldIn(slot))
            {
                EvictionOrder.Remove(held);
            }

            slot.Current = null;
        }
    }

    /// <summary>Removes everything.</summary>
    public void Clear()
    {
        foreach (var (_, uri) in _uris)
        {
            foreach (var slot in uri.All())
            {
                slot.Current = null;
            }
        }

        _uris.Clear();
        _order.Clear();
    }

    private static ReadOnlySpan<HeldResponse> HeldIn(KeySlot? slot) => slot?.Current is { } snapshot ? snapshot.Held : [];

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
            }
        }

        return [.. result];
    }

    /// <summary>Takes a response that stands in no queue any more out of the view of its key.</summary>
    private void Unlist(HeldResponse held, long stamp)
    {
        var uri = _uris[held.Key.Uri];
        var slot = uri.Find(held.Key.Scope)!;
        var rest = Array.FindAll(HeldIn(slot).ToArray(), other => other != held);
        if (rest.Length > 0)
        {
            slot.Current = new MemorySnapshot(rest, stamp);
            return;
        }

        uri.Vacate(held.Key.Scope);
        if (uri.IsEmpty)
        {
            _uris.TryRemove(held.Key.Uri, out _);
        }
    }
}
