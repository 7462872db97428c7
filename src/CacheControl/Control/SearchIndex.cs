using System.Collections.Concurrent;
using System.Collections.Immutable;
using CacheControl.Model;
using CacheControl.Policy;

namespace CacheControl.Control;

/// <summary>
/// Remembers which stored responses have a No-Vary-Search, by path, so that a request whose exact URI is not stored can be answered with an equivalent one.
/// Only a hint: what is found is judged by what is stored then. Bounded; what is forgotten is found by its exact URI alone.
/// </summary>
internal sealed class SearchIndex
{
    private const int MaximumPaths = 4096;
    private const int MaximumPerPath = 16;

    private readonly ConcurrentDictionary<string, ImmutableArray<Known>> _paths = new(StringComparer.Ordinal);

    private readonly record struct Known(CacheKey Key, NoVarySearch Rule);

    /// <summary>Notes a response that is about to be stored; one without a rule replaces what was known of its key.</summary>
    public void Note(CacheKey key, NoVarySearch? rule)
    {
        var path = NoVarySearchRules.PathOf(key.Uri);
        if (rule is null)
        {
            Forget(path, key);
            return;
        }

        if (_paths.Count >= MaximumPaths && !_paths.ContainsKey(path))
        {
            // Any will do: forgetting costs a hit, not an error.
            _paths.TryRemove(_paths.Keys.First(), out _);
        }

        _paths.AddOrUpdate(
            path,
            _ => [new Known(key, rule)],
            (_, known) => [new Known(key, rule), .. known.Where(k => k.Key != key).Take(MaximumPerPath - 1)]);
    }

    /// <summary>The keys of the same scope whose rules make them equivalent to this one, newest first.</summary>
    public IEnumerable<CacheKey> EquivalentsOf(CacheKey key) =>
        Find(key.Uri).Where(k => k.Key.Scope == key.Scope && k.Key.Uri != key.Uri).Select(k => k.Key);

    /// <summary>The URIs, in whatever scope, whose rules make them equivalent to this one.</summary>
    public IEnumerable<string> EquivalentsOf(string uri) => Find(uri).Select(k => k.Key.Uri).Where(u => u != uri).Distinct();

    private IEnumerable<Known> Find(string uri) =>
        !_paths.IsEmpty && _paths.TryGetValue(NoVarySearchRules.PathOf(uri), out var known)
            ? known.Where(k => NoVarySearchRules.AreEquivalent(k.Key.Uri, uri, k.Rule))
            : [];

    private void Forget(string path, CacheKey key)
    {
        if (!_paths.IsEmpty && _paths.TryGetValue(path, out var known) && known.Any(k => k.Key == key))
        {
            _paths.TryUpdate(path, [.. known.Where(k => k.Key != key)], known);
        }
    }
}
