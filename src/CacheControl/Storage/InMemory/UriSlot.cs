using System.Collections.Concurrent;

namespace CacheControl.Storage.InMemory;

/// <summary>The slots of one URI: itself for the common scope, and one for each other scope.</summary>
internal sealed class UriSlot : KeySlot
{
    private ConcurrentDictionary<string, KeySlot>? _scopes;

    /// <summary>Whether nothing is stored under the URI in any scope. Called under the store's lock.</summary>
    public bool IsEmpty => Current is null && (_scopes is null || _scopes.IsEmpty);

    /// <summary>The slot of a scope, or null if there is none.</summary>
    public KeySlot? Find(string? scope)
    {
        if (scope is null)
        {
            return this;
        }

        var scopes = Volatile.Read(ref _scopes);
        return scopes is not null && scopes.TryGetValue(scope, out var slot) ? slot : null;
    }

    /// <summary>The slot of a scope. Called under the store's lock.</summary>
    public KeySlot FindOrAdd(string? scope)
    {
        if (scope is null)
        {
            return this;
        }

        if (_scopes is null)
        {
            Volatile.Write(ref _scopes, new ConcurrentDictionary<string, KeySlot>());
        }

        return _scopes!.GetOrAdd(scope, static _ => new KeySlot());
    }

    /// <summary>Empties the slot of a scope. Called under the store's lock.</summary>
    public void Vacate(string? scope)
    {
        if (scope is null)
        {
            Current = null;
        }
        else if (_scopes is not null && _scopes.TryRemove(scope, out var slot))
        {
            slot.Current = null;
        }
    }

    /// <summary>The slots of all scopes.</summary>
    public IEnumerable<KeySlot> All()
    {
        yield return this;
        if (Volatile.Read(ref _scopes) is { } scopes)
        {
            foreach (var (_, slot) in scopes)
            {
                yield return slot;
            }
        }
    }
}
