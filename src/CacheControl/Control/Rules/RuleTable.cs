using System.Collections.Frozen;
using HttpCaching.Policy;

namespace HttpCaching.Control.Rules;

/// <summary>
/// The rules of the application, in the order in which they are tried: the most specific pattern first, and of equal ones the first that was written. It is compiled once:
/// rules are found by their host and by the first segment of their path, so that a lookup among many tries few.
/// </summary>
internal sealed class RuleTable
{
    private readonly FrozenDictionary<string, HostRules>.AlternateLookup<ReadOnlySpan<char>> _hosts;
    private readonly (string Suffix, HostRules Rules)[] _below;
    private readonly HostRules? _any;

    private RuleTable(IReadOnlyList<CompiledRule> rules)
    {
        CompiledRule[] ordered = [.. rules.OrderByDescending(rule => rule.Pattern.Specificity).ThenByDescending(rule => rule.Methods.Length > 0)];
        var byHost = ordered.GroupBy(rule => rule.Pattern.Host).ToDictionary(group => group.Key, group => new HostRules([.. group]));
        byHost.Remove("*", out _any);
        _below = [.. byHost.Where(pair => pair.Key[0] == '.').OrderByDescending(pair => pair.Key.Length).Select(pair => (pair.Key, pair.Value))];
        _hosts = byHost.Where(pair => pair.Key[0] != '.').ToFrozenDictionary(StringComparer.Ordinal).GetAlternateLookup<ReadOnlySpan<char>>();
    }

    /// <summary>The table of some rules; null if there are none, so that a request pays for none.</summary>
    public static RuleTable? Of(IReadOnlyList<CompiledRule> rules) => rules.Count == 0 ? null : new RuleTable(rules);

    /// <summary>The settings for a request; null if no rule is for it.</summary>
    /// <param name="method">Its method.</param>
    /// <param name="targetUri">Its normalised target URI.</param>
    public PolicySettings? For(string method, string targetUri)
    {
        var uri = new UriParts(targetUri);
        if (_hosts.TryGetValue(uri.Host, out var named) && named.For(method, uri) is { } found)
        {
            return found;
        }

        foreach (var (suffix, rules) in _below)
        {
            if (uri.Host.EndsWith(suffix) && rules.For(method, uri) is { } below)
            {
                return below;
            }
        }

        return _any?.For(method, uri);
    }

    /// <summary>The rules for a host.</summary>
    private sealed class HostRules
    {
        private readonly CompiledRule[] _rest;
        private readonly FrozenDictionary<string, CompiledRule[]>.AlternateLookup<ReadOnlySpan<char>> _segments;
        private readonly bool _hasSegments;

        public HostRules(IReadOnlyList<CompiledRule> rules)
        {
            // Whole in the pattern: the segment ends before the first star. Narrower than all others, because their text before the star is shorter.
            _rest = [.. rules.Where(rule => SegmentOf(rule) is null)];
            var bySegment = rules.Where(rule => SegmentOf(rule) is not null).GroupBy(rule => SegmentOf(rule)!)
                .ToFrozenDictionary(group => group.Key, group => group.ToArray(), StringComparer.Ordinal);
            (_segments, _hasSegments) = (bySegment.GetAlternateLookup<ReadOnlySpan<char>>(), bySegment.Count > 0);
        }

        public PolicySettings? For(string method, in UriParts uri) =>
            (_hasSegments && _segments.TryGetValue(UriParts.FirstSegment(uri.Path), out var rules) ? First(rules, method, uri) : null) ?? First(_rest, method, uri);

        private static PolicySettings? First(CompiledRule[] rules, string method, in UriParts uri)
        {
            foreach (var rule in rules)
            {
                if (rule.IsFor(method) && rule.Pattern.Matches(uri))
                {
                    return rule.Settings;
                }
            }

            return null;
        }

        private static string? SegmentOf(CompiledRule rule)
        {
            var segment = UriParts.FirstSegment(rule.Pattern.PathStart);
            return segment.Length > 1 && segment[^1] == '/' ? segment.ToString() : null;
        }
    }
}
