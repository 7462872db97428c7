using System.Net.Http.Headers;
using HttpCaching.Fields;

namespace HttpCaching.Http;

/// <summary>Which fields of a request a handler below the cache has added, changed or removed.</summary>
internal static class ChangedFields
{
    // Up to this number, looking up each field costs less than making an index.
    private const int FewLines = 32;

    /// <summary>The names, each once.</summary>
    /// <param name="final">The request as it was finally sent.</param>
    /// <param name="sent">The fields that it was sent down with.</param>
    public static IReadOnlyList<string> Of(HttpRequestMessage final, HttpFields sent)
    {
        List<string>? changed = null;
        var index = sent.Count > FewLines ? new FieldIndex(sent) : null;
        var matched = CollectChanges(final.Headers.NonValidated, sent, index, ref changed);
        if (final.Content is { } content)
        {
            matched += CollectChanges(content.Headers.NonValidated, sent, index, ref changed);
        }

        if (matched < sent.Count)
        {
            CollectRemovals(final, sent, ref changed);
        }

        return changed is null ? [] : changed;
    }

    private static int CollectChanges(HttpHeadersNonValidated headers, HttpFields sent, FieldIndex? index, ref List<string>? changed)
    {
        var matched = 0;
        foreach (var header in headers)
        {
            if (index is null ? SameLines(header.Key, header.Value, sent) : index.ValuesOf(header.Key).SequenceEqual(header.Value))
            {
                matched += header.Value.Count;
            }
            else if (!SameMeaning(header.Value.ToString(), index is null ? sent.Combined(header.Key) : index.Combined(header.Key)))
            {
                (changed ??= []).Add(header.Key);
            }
        }

        return matched;
    }

    private static void CollectRemovals(HttpRequestMessage final, HttpFields sent, ref List<string>? changed)
    {
        var known = new HashSet<string>(changed ?? [], StringComparer.OrdinalIgnoreCase);
        foreach (var line in sent.Lines)
        {
            if (!final.Headers.NonValidated.Contains(line.Name)
                && final.Content?.Headers.NonValidated.Contains(line.Name) is not true
                && known.Add(line.Name))
            {
                (changed ??= []).Add(line.Name);
            }
        }
    }

    private static bool SameLines(string name, HeaderStringValues values, HttpFields sent)
    {
        var index = -1;
        foreach (var value in values)
        {
            index = sent.IndexOf(name, index + 1);
            if (index < 0 || sent[index].Value != value)
            {
                return false;
            }
        }

        return sent.IndexOf(name, index + 1) < 0;
    }

    /// <summary>Whether two values differ only in white space: a typed getter below may have parsed a list and written it again.</summary>
    private static bool SameMeaning(string left, string? right)
    {
        if (right is null)
        {
            return false;
        }

        var i = 0;
        var j = 0;
        while (true)
        {
            i = SkipSpace(left, i);
            j = SkipSpace(right, j);
            if (i == left.Length || j == right.Length)
            {
                return i == left.Length && j == right.Length;
            }

            if (left[i++] != right[j++])
            {
                return false;
            }
        }
    }

    private static int SkipSpace(string text, int index)
    {
        while (index < text.Length && text[index] is ' ' or '\t')
        {
            index++;
        }

        return index;
    }
}
