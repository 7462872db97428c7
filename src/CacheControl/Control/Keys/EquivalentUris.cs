using System.Collections.Immutable;
using HttpCaching.Policy;

namespace HttpCaching.Control.Keys;

/// <summary>
/// Remembers, by path, which stored responses have a No-Vary-Search. So a request whose exact URI is not stored can be answered with an equivalent one.
/// Only a hint: the stored response decides. Bounded; a dropped response is found only by its exact URI.
/// </summary>
internal sealed class EquivalentUris
{
    private const int MaximumPaths = 4096;
    private const int MaximumPerPath = 16;

    private readonly BoundedTable<string, ImmutableArray<Known>> _paths = new(MaximumPaths);

    private readonly record struct Known(CacheKey Key, NoVarySearch Rule);

    /// <summary>Whether no response has a No-Vary-Search, as is the rule.</summary>
    public bool IsUnused => _paths.IsUnused;

    /// <summary>Records a response that is about to be stored. If it has no rule, the rule of its key is dropped.</summary>
    public void Note(CacheKey key, NoVarySearch? rule)
    {
        var path = NoVarySearchRules.PathOf(key.Uri);
        if (rule is null)
        {
            Forget(path, key);
            return;
        }

        _paths.Set(path, known => [new Known(key, rule), .. (known.IsDefault ? [] : known).Where(k => k.Key != key).Take(MaximumPerPath - 1)]);
    }

    /// <summary>The keys of the same scope whose rules make them equivalent to this one, newest first.</summary>
    public IEnumerable<CacheKey> EquivalentsOf(CacheKey key) =>
        Find(key.Uri).Where(k => k.Key.Scope == key.Scope && k.Key.Uri != key.Uri).Select(k => k.Key);

    /// <summary>The URIs, in any scope, whose rules make them equivalent to this one.</summary>
    public IEnumerable<string> EquivalentsOf(string uri) => Find(uri).Select(k => k.Key.Uri).Where(u => u != uri).Distinct();

    private IEnumerable<Known> Find(string uri) =>
        _paths.TryGet(NoVarySearchRules.PathOf(uri), out var known)
            ? known.Where(k => NoVarySearchRules.AreEquivalent(k.Key.Uri, uri, k.Rule))
            : [];

    private void Forget(string path, CacheKey key)
    {
        if (_paths.TryGet(path, out var known) && known.Any(k => k.Key == key))
        {
            _paths.Set(path, standing => standing.IsDefault ? [] : [.. standing.Where(k => k.Key != key)]);
        }
    }
}
