using System.Text.Json;

namespace HttpCaching;

/// <summary>Ready-made functions for <see cref="HttpCacheExtensionOptions.QueryNormalizers"/>.</summary>
public static class QueryNormalization
{
    /// <summary>Returns JSON without the white space between its tokens. Text that is not JSON is returned unchanged. Order and spelling of members stay significant.</summary>
    /// <param name="content">The content, in UTF-8.</param>
    public static ReadOnlyMemory<byte> Json(ReadOnlyMemory<byte> content)
    {
        if (!IsJson(content.Span))
        {
            return content;
        }

        var kept = new byte[content.Length];
        var length = 0;
        var quoted = false;
        for (var i = 0; i < content.Length; i++)
        {
            var c = content.Span[i];
            if (!quoted && c is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n')
            {
                continue;
            }

            kept[length++] = c;
            if (c == '"')
            {
                quoted = !quoted;
            }
            else if (quoted && c == '\\')
            {
                kept[length++] = content.Span[++i];
            }
        }

        return kept.AsMemory(0, length);
    }

    private static bool IsJson(ReadOnlySpan<byte> content)
    {
        var reader = new Utf8JsonReader(content);
        try
        {
            while (reader.Read())
            {
                // Reading to the end is the check.
            }

            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
