using System.Collections.Immutable;

namespace HttpCaching.Control.Keys;

/// <summary>
/// Remembers which names requests for a URI have had in their keys, so that an invalidation of the URI finds what is stored under them (RFC 9111 §4.4). Bounded, and only for
/// this process.
/// </summary>
internal sealed class RenamedUris
{
    private const int Maximum = 4096;
    private const int MaximumPerUri = 16;

    private readonly BoundedTable<string, ImmutableArray<string>> _names = new(Maximum);

    /// <summary>Records the URI of a key.</summary>
    /// <param name="targetUri">The target URI of the request.</param>
    /// <param name="keyUri">The URI of its key.</param>
    public void Note(string targetUri, string keyUri)
    {
        if (!_names.TryGet(targetUri, out var known) || !known.Contains(keyUri))
        {
            _names.Set(targetUri, former => [keyUri, .. (former.IsDefault ? [] : former).Where(uri => uri != keyUri).Take(MaximumPerUri - 1)]);
        }
    }

    /// <summary>The URIs of keys that requests for a URI have had.</summary>
    public IEnumerable<string> Of(string targetUri) => _names.TryGet(targetUri, out var known) ? known : [];
}
