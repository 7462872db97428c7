using System.Collections.Frozen;

namespace HttpCaching.Policy;

/// <summary>The parts of a URI's query that a No-Vary-Search field takes out of the comparison.</summary>
/// <param name="Names">Names of parameters, decoded.</param>
/// <param name="IsExcept">Whether these are the only ones that matter, rather than the ones that don't.</param>
/// <param name="IgnoresOrder">Whether the order of parameters with different names does not matter.</param>
internal sealed record NoVarySearch(FrozenSet<string> Names, bool IsExcept, bool IgnoresOrder)
{
    /// <summary>Whether a parameter tells URIs apart.</summary>
    public bool Matters(string name) => Names.Contains(name) == IsExcept;
}
