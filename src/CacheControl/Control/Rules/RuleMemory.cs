using HttpCaching.Control.Keys;
using HttpCaching.Policy;

namespace HttpCaching.Control.Rules;

/// <summary>
/// Remembers which rule of a table a GET of a URI has. To find it takes four times as long. Many threads may use it. It drops entries: a place holds one URI.
/// </summary>
internal sealed class RuleMemory
{
    // Longer ones are rare, and would stay for ever once they are here.
    private const int LongestKept = 512;

    // Of two URIs that share a place, each would make an entry for each of its requests.
    private const int TakenOverOnceIn = 64;

    private readonly Entry?[] _entries = new Entry?[PlainUris.Places];
    private uint _late;

    /// <summary>Whether the rule of a URI is known.</summary>
    /// <param name="targetUri">The normalised target URI.</param>
    /// <param name="settings">The settings of its rule; null if no rule is for it.</param>
    public bool TryGet(string targetUri, out PolicySettings? settings)
    {
        var entry = Volatile.Read(ref _entries[PlainUris.PlaceOf(targetUri)]);
        if (entry is null || !string.Equals(entry.Uri, targetUri))
        {
            settings = null;
            return false;
        }

        settings = entry.Settings;
        return true;
    }

    /// <summary>Remembers the rule of a URI.</summary>
    /// <param name="targetUri">The normalised target URI.</param>
    /// <param name="settings">The settings of its rule; null if no rule is for it.</param>
    public void Add(string targetUri, PolicySettings? settings)
    {
        ref var place = ref _entries[PlainUris.PlaceOf(targetUri)];
        if (targetUri.Length <= LongestKept && (place is null || ++_late % TakenOverOnceIn == 0))
        {
            Volatile.Write(ref place, new Entry(targetUri, settings));
        }
    }

    private sealed record Entry(string Uri, PolicySettings? Settings);
}
