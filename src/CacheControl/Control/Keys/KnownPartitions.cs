namespace HttpCaching.Control.Keys;

/// <summary>
/// The last partition of each stored URI, so that a miss can say that the URI is stored for other credentials. Bounded, only for this process, and unused if no
/// request has a partition.
/// </summary>
internal sealed class KnownPartitions
{
    private const int Maximum = 4096;

    private readonly BoundedTable<string, string> _scopes = new(Maximum);

    /// <summary>Records that a response was stored.</summary>
    public void Note(CacheKey key)
    {
        if (key.Scope is not null || !_scopes.IsUnused)
        {
            var scope = key.Scope ?? string.Empty;
            _scopes.Set(key.Uri, _ => scope);
        }
    }

    /// <summary>Whether the URI was stored last in another partition than that of the key.</summary>
    public bool HasOther(CacheKey key) => _scopes.TryGet(key.Uri, out var scope) && scope != (key.Scope ?? string.Empty);
}
