using System.Diagnostics.CodeAnalysis;

namespace HttpCaching.Fields.Structured;

/// <summary>
/// Parses joined field lines as structured fields (RFC 9651 §4.2). Strict: any error voids the whole field. An empty text is an empty
/// list or dictionary, null (no such field) is a failure.
/// </summary>
internal static class StructuredParser
{
    /// <summary>Parses a dictionary (§4.2.2); of a repeated key the last value counts, in the place of the first.</summary>
    /// <param name="text">The joined field lines.</param>
    /// <param name="dictionary">The dictionary; empty if parsing fails.</param>
    public static bool TryParseDictionary(string? text, out StructuredDictionary dictionary)
    {
        dictionary = StructuredDictionary.Empty;
        if (text is null)
        {
            return false;
        }

        var reader = new StructuredReader(text);
        var members = new List<KeyValuePair<string, StructuredMember>>();
        while (!reader.IsAtEnd)
        {
            if (!TryReadEntry(ref reader, out var key, out var member))
            {
                return false;
            }

            members.Add(new(key, member));
            if (!reader.IsAtEnd && !reader.TakeSeparator())
            {
                return false;
            }
        }

        dictionary = new StructuredDictionary(members);
        return true;
    }

    /// <summary>Parses a list (§4.2.1).</summary>
    /// <param name="text">The joined field lines.</param>
    /// <param name="list">The list; empty if parsing fails.</param>
    public static bool TryParseList(string? text, out StructuredList list)
    {
        list = StructuredList.Empty;
        if (text is null)
        {
            return false;
        }

        var reader = new StructuredReader(text);
        var members = new List<StructuredMember>();
        while (!reader.IsAtEnd)
        {
            if (!reader.TryReadMember(out var member))
            {
                return false;
            }

            members.Add(member);
            if (!reader.IsAtEnd && !reader.TakeSeparator())
            {
                return false;
            }
        }

        list = new StructuredList(members);
        return true;
    }

    // A key alone stands for true, and may still have parameters.
    private static bool TryReadEntry(ref StructuredReader reader, out string key, [NotNullWhen(true)] out StructuredMember? member)
    {
        member = null;
        if (!reader.TryReadKey(out key))
        {
            return false;
        }

        if (reader.Take('='))
        {
            return reader.TryReadMember(out member);
        }

        if (!reader.TryReadParameters(out var parameters))
        {
            return false;
        }

        member = new StructuredItem(StructuredValue.Boolean(true), parameters);
        return true;
    }
}
