using System.Collections.Frozen;
using HttpCaching.Policy;

namespace HttpCaching.Control.Rules;

/// <summary>
/// The rules for a host. Those for one path are found by it, the others by the folders before their first star: of two rules that fit a path, the one in the deeper folder has more text before
/// its star, and so is narrower.
/// </summary>
internal sealed class HostRules
{
    private readonly FrozenDictionary<string, CompiledRule[]>.AlternateLookup<ReadOnlySpan<char>> _paths;
    private readonly FrozenDictionary<string, CompiledRule[]>.AlternateLookup<ReadOnlySpan<char>> _folders;
    private readonly bool _hasPaths;
    private readonly int[] _depths;

    /// <summary>Takes rules in the order in which they are tried.</summary>
    public HostRules(IReadOnlyList<CompiledRule> rules)
    {
        var paths = Grouped(rules.Where(rule => rule.Pattern.IsOnePath), rule => rule.Pattern.PathStart);
        var folders = Grouped(rules.Where(rule => !rule.Pattern.IsOnePath), rule => FolderOf(rule.Pattern.PathStart));
        (_paths, _hasPaths) = (paths.GetAlternateLookup<ReadOnlySpan<char>>(), paths.Count > 0);
        _folders = folders.GetAlternateLookup<ReadOnlySpan<char>>();
        _depths = [.. folders.Keys.Select(folder => folder.AsSpan().Count('/')).Distinct().OrderDescending()];
    }

    /// <summary>The settings for a request to the host; null if no rule is for it. Allocates nothing.</summary>
    public PolicySettings? For(string method, in UriParts uri)
    {
        if (_hasPaths && _paths.TryGetValue(uri.Path, out var exact) && First(exact, method, uri) is { } found)
        {
            return found;
        }

        foreach (var depth in _depths)
        {
            var length = LengthAt(uri.Path, depth);
            if (length > 0 && _folders.TryGetValue(uri.Path[..length], out var rules) && First(rules, method, uri) is { } inFolder)
            {
                return inFolder;
            }
        }

        return null;
    }

    private static FrozenDictionary<string, CompiledRule[]> Grouped(IEnumerable<CompiledRule> rules, Func<CompiledRule, string> keyOf) =>
        rules.GroupBy(keyOf).ToFrozenDictionary(group => group.Key, group => group.ToArray(), StringComparer.Ordinal);

    private static string FolderOf(string pathStart) => pathStart[..(pathStart.LastIndexOf('/') + 1)];

    /// <summary>The length of a path up to a slash of it; zero if it has fewer.</summary>
    private static int LengthAt(ReadOnlySpan<char> path, int depth)
    {
        var length = 0;
        for (var i = 0; i < depth; i++)
        {
            var next = path[length..].IndexOf('/');
            if (next < 0)
            {
                return 0;
            }

            length += next + 1;
        }

        return length;
    }

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
}
