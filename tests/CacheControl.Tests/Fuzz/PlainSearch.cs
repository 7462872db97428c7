using System.Text.RegularExpressions;

namespace HttpCaching.Tests.Fuzz;

/// <summary>
/// No-Vary-Search, read a second time from the draft's words: a dictionary with key-order (a boolean) and either params or except (lists of strings);
/// whatever is not that is as if it were not there.
/// </summary>
internal static partial class PlainSearch
{
    /// <summary>Whether the response of one URI answers for the other, by what it says.</summary>
    public static bool AreSame(string stored, string presented, List<string> lines)
    {
        var rule = Rule().Match(string.Join(", ", lines).Trim(' '));
        var members = rule.Groups["member"].Captures.Select(c => c.Value).ToList();
        if (!rule.Success || stored.Split('?')[0] != presented.Split('?')[0])
        {
            return false;
        }

        // The last of several members of one key counts.
        var lists = new Dictionary<string, List<string>?>();
        var ignoresOrder = false;
        foreach (var member in members)
        {
            var key = string.Concat(member.TakeWhile(c => c is not ('=' or ';')));
            var value = member[key.Length..].TrimStart('=');
            if (key == "key-order")
            {
                var flag = value.Split(';')[0];
                if (flag is not ("" or "?1" or "?0"))
                {
                    return false;
                }

                ignoresOrder = flag != "?0";
            }
            else if (key is "params" or "except")
            {
                lists[key] = NamesOf(value);
            }
        }

        if (lists.Count != 1 || lists.Single() is not { Value: { } names } list)
        {
            return false;
        }

        bool Matters(string name) => names.Contains(name) == (list.Key == "except");
        return Pairs(stored, Matters, ignoresOrder).SequenceEqual(Pairs(presented, Matters, ignoresOrder));
    }

    /// <summary>The strings of an inner list; null if it is none, or has something else in it.</summary>
    private static List<string>? NamesOf(string value)
    {
        var list = StringList().Match(value);
        return list.Success ? [.. list.Groups["name"].Captures.Select(c => Uri.UnescapeDataString(c.Value.Replace('+', ' ')))] : null;
    }

    private static List<(string Name, string Value)> Pairs(string uri, Func<string, bool> matters, bool sorted)
    {
        var query = uri.Contains('?', StringComparison.Ordinal) ? uri[(uri.IndexOf('?') + 1)..] : "";
        var pairs = query.Split('&').Where(p => p.Length > 0).Select(p => p.Split('=', 2))
            .Select(p => (Name: Uri.UnescapeDataString(p[0].Replace('+', ' ')), Value: p.Length > 1 ? Uri.UnescapeDataString(p[1].Replace('+', ' ')) : ""))
            .Where(p => matters(p.Name)).ToList();
        return sorted ? [.. pairs.OrderBy(p => p.Name, StringComparer.Ordinal)] : pairs;
    }

    [GeneratedRegex(@"^(?<member>[a-z*][a-z0-9_.*-]*(=(\([^()]*\)|\?[01]|""[ !#-~]*?""|-?[0-9]+|[A-Za-z*][A-Za-z0-9]*))?(;[a-z]+)*)([ \t]*,[ \t]*(?<member>[a-z*][a-z0-9_.*-]*(=(\([^()]*\)|\?[01]|""[ !#-~]*?""|-?[0-9]+|[A-Za-z*][A-Za-z0-9]*))?(;[a-z]+)*))*$", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant)]
    private static partial Regex Rule();

    [GeneratedRegex(@"^\( *(""(?<name>[^""]*)"" *)*\)(;[a-z]+)*$", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant)]
    private static partial Regex StringList();
}
