using HttpCaching.Control.Keys;

namespace HttpCaching.Inspection;

/// <summary>Labels for the scopes of keys. A keyed hash: a scope may hold the name of a user or tenant.</summary>
/// <param name="keys">Makes the hashes.</param>
internal sealed class PartitionLabels(KeyMaker keys)
{
    private const int Length = 12;

    private Tuple<string, string>? _last;

    /// <summary>The label of a scope; null for the common scope.</summary>
    public string? Of(string? scope)
    {
        if (KeyMaker.PartitionOf(scope) is not { } partition)
        {
            return null;
        }

        // Listings go from one response of a partition to the next.
        if (_last is { } last && last.Item1 == partition)
        {
            return last.Item2;
        }

        var label = keys.Hash(partition)[..Length];
        _last = Tuple.Create(partition, label);
        return label;
    }
}
