using HttpCaching.Policy;

namespace HttpCaching.Control.Rules;

/// <summary>A rule, ready to be looked up.</summary>
/// <param name="Pattern">The URIs that it is for.</param>
/// <param name="Methods">The methods that it is for; empty for all.</param>
/// <param name="Settings">The settings of the requests that it is for, made once.</param>
internal sealed record CompiledRule(RulePattern Pattern, string[] Methods, PolicySettings Settings)
{
    /// <summary>Whether it is for a method.</summary>
    public bool IsFor(string method) => Methods.Length == 0 || Array.IndexOf(Methods, method) >= 0;
}
