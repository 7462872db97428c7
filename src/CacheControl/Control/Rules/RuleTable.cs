using System.Collections.Frozen;
using HttpCaching.Policy;

namespace HttpCaching.Control.Rules;

/// <summary>
/// The rules of the application, in the order in which they are tried: the most specific pattern first, and of equal ones the first that was written. It is compiled once:
/// rules are found by their host and by the folders of their path, so that a lookup among many tries few.
/// </summary>
internal sealed class RuleTable
{
    private readonly FrozenDictionary<string, HostRules>.AlternateLookup<ReadOnlySpan<char>> _hosts;
    private readonly FrozenDictionary<string, HostRules>.AlternateLookup<ReadOnlySpan<char>> _below;
    private readonly bool _hasBelow;
    private readonly HostRules? _any;
    private readonly RuleMemory _memory = new();

    private RuleTable(IReadOnlyList<CompiledRule> rules)
    {
        CompiledRule[] ordered = [.. rules.OrderByDescending(rule => rule.Pattern.Specificity).ThenByDescending(rule => rule.Methods.Length > 0)];
        var byHost = ordered.GroupBy(rule => rule.Pattern.Host).ToDictionary(group => group.Key, group => new HostRules([.. group]));
        byHost.Remove("*", out _any);
        var below = byHost.Where(pair => pair.Key[0] == '.').ToFrozenDictionary(StringComparer.Ordinal);
        (_below, _hasBelow) = (below.GetAlternateLookup<ReadOnlySpan<char>>(), below.Count > 0);
        _hosts = byHost.Where(pair => pair.Key[0] != '.').ToFrozenDictionary(StringComparer.Ordinal).GetAlternateLookup<ReadOnlySpan<char>>();
    }

    /// <summary>The table of some rules; null if there are none, so that a request pays for none.</summary>
    public static RuleTable? Of(IReadOnlyList<CompiledRule> rules) => rules.Count == 0 ? null : new RuleTable(rules);

    /// <summary>The settings for a request; null if no rule is for it.</summary>
    /// <param name="method">Its method.</param>
    /// <param name="targetUri">Its normalised target URI.</param>
    public PolicySettings? For(string method, string targetUri)
    {
        if (method != MethodRules.Get)
        {
            return Find(method, targetUri);
        }

        if (!_memory.TryGet(targetUri, out var settings))
        {
            settings = Find(method, targetUri);
            _memory.Add(targetUri, settings);
        }

        return settings;
    }

    private PolicySettings? Find(string method, string targetUri)
    {
        var uri = new UriParts(targetUri);
        if (_hosts.TryGetValue(uri.Host, out var named) && named.For(method, uri) is { } found)
        {
            return found;
        }

        return (_hasBelow ? Below(method, uri) : null) ?? _any?.For(method, uri);
    }

    /// <summary>The settings of the narrowest rule for a name above the host.</summary>
    private PolicySettings? Below(string method, in UriParts uri)
    {
        var rest = uri.Host;
        while (rest.IndexOf('.') is >= 0 and var dot)
        {
            rest = rest[dot..];
            if (_below.TryGetValue(rest, out var rules) && rules.For(method, uri) is { } found)
            {
                return found;
            }

            rest = rest[1..];
        }

        return null;
    }
}
