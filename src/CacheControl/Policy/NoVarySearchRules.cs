using System.Collections.Frozen;
using System.Text;
using HttpCaching.Fields;
using HttpCaching.Fields.Structured;

namespace HttpCaching.Policy;

/// <summary>Which differences of the query a response says do not matter (draft-ietf-httpbis-no-vary-search).</summary>
internal static class NoVarySearchRules
{
    /// <summary>More parameters than this are not compared: such a URI is only itself.</summary>
    internal const int MaximumPairs = 256;

    /// <summary>
    /// What the field says, or <see langword="null"/> if there is none or it changes nothing: any error of syntax or type voids the whole field.
    /// </summary>
    /// <param name="fields">The response's fields.</param>
    /// <param name="settings">The settings.</param>
    public static NoVarySearch? Parse(HttpFields fields, PolicySettings settings)
    {
        if (!settings.NoVarySearch
            || fields.Combined(FieldNames.NoVarySearch) is not { } value
            || !StructuredParser.TryParseDictionary(value, out var dictionary))
        {
            return null;
        }

        var ignoresOrder = false;
        if (dictionary.TryGet("key-order", out var order)
            && !(order is StructuredItem item && item.Value.TryGetBoolean(out ignoresOrder)))
        {
            return null;
        }

        var hasParams = dictionary.TryGet("params", out var ignored);
        var hasExcept = dictionary.TryGet("except", out var regarded);
        if (hasParams && hasExcept)
        {
            return null;
        }

        if (!hasParams && !hasExcept)
        {
            // The draft's parsing (§5.1) ignores a field that says nothing but key-order, though its examples heed one.
            return null;
        }

        return NamesOf((hasParams ? ignored : regarded)!) is { } names ? new NoVarySearch(names, hasExcept, ignoresOrder) : null;
    }

    /// <summary>Whether two target URIs are the same but for what does not matter. Both are normalised like keys, without userinfo and fragment.</summary>
    public static bool AreEquivalent(string one, string other, NoVarySearch rule)
    {
        if (one == other)
        {
            return true;
        }

        var (path, query) = Split(one);
        var (otherPath, otherQuery) = Split(other);
        if (path != otherPath)
        {
            return false;
        }

        return Significant(query, rule) is { } left && Significant(otherQuery, rule) is { } right && left.SequenceEqual(right);
    }

    /// <summary>A target URI without its query.</summary>
    public static string PathOf(string targetUri)
    {
        var end = targetUri.IndexOf('?');
        return end < 0 ? targetUri : targetUri[..end];
    }

    private static FrozenSet<string>? NamesOf(StructuredMember member)
    {
        if (member is not StructuredInnerList list)
        {
            return null;
        }

        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var item in list.Items)
        {
            if (!item.Value.TryGetString(out var name))
            {
                return null;
            }

            names.Add(Decode(name));
        }

        return names.ToFrozenSet(StringComparer.Ordinal);
    }

    /// <summary>The name and value pairs that matter, in the order that matters; null if there are too many to look at.</summary>
    private static List<(string Name, string Value)>? Significant(string? query, NoVarySearch rule)
    {
        var pairs = new List<(string Name, string Value)>();
        var count = 0;
        foreach (var part in (query ?? string.Empty).Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            if (++count > MaximumPairs)
            {
                return null;
            }

            var equals = part.IndexOf('=');
            var name = Decode(equals < 0 ? part : part[..equals]);
            if (rule.Matters(name))
            {
                pairs.Add((name, equals < 0 ? string.Empty : Decode(part[(equals + 1)..])));
            }
        }

        // Stable: pairs of one name keep their order.
        return rule.IgnoresOrder ? [.. pairs.OrderBy(p => p.Name, StringComparer.Ordinal)] : pairs;
    }

    private static (string Path, string? Query) Split(string uri)
    {
        var end = uri.IndexOf('?');
        return end < 0 ? (uri, null) : (uri[..end], uri[(end + 1)..]);
    }

    /// <summary>The encoding of forms: plus for a space, escapes for the bytes of UTF-8 (URL standard, application/x-www-form-urlencoded).</summary>
    private static string Decode(string text)
    {
        if (!text.AsSpan().ContainsAny('+', '%'))
        {
            return text;
        }

        var raw = Encoding.UTF8.GetBytes(text);
        var length = 0;
        for (var i = 0; i < raw.Length; i++)
        {
            if (raw[i] == '%' && i + 2 < raw.Length && char.IsAsciiHexDigit((char)raw[i + 1]) && char.IsAsciiHexDigit((char)raw[i + 2]))
            {
                raw[length++] = (byte)((HexValue(raw[i + 1]) << 4) | HexValue(raw[i + 2]));
                i += 2;
            }
            else
            {
                raw[length++] = raw[i] == '+' ? (byte)' ' : raw[i];
            }
        }

        return Encoding.UTF8.GetString(raw, 0, length);
    }

    private static int HexValue(byte c) => char.IsAsciiDigit((char)c) ? c - '0' : (c | 0x20) - 'a' + 10;
}
