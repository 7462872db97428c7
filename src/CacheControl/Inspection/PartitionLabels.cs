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
        if (scope is null || KeyMaker.IsCommon(scope))
        {
            return null;
        }

        // Listings go from one response of a scope to the next.
        if (_last is { } last && last.Item1 == scope)
        {
            return last.Item2;
        }

        var label = keys.Hash(scope)[..Length];
        _last = Tuple.Create(scope, label);
        return label;
    }
}
