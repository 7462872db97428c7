using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using HttpCaching.Fields.Text;

namespace HttpCaching;

/// <summary>Ready-made functions for <see cref="HttpCacheExtensionOptions.QueryNormalizers"/>: for QUERY, and for POST that only asks.</summary>
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

    /// <summary>
    /// Returns a GraphQL request without what means nothing in it: white space, commas and comments of the document outside of its strings, and white space between the tokens of JSON around it. Order
    /// and names stay significant. Content that is no GraphQL query is returned as <see cref="Json"/> returns it.
    /// </summary>
    /// <param name="content">A document, or JSON with documents in <c>query</c>, in UTF-8.</param>
    public static ReadOnlyMemory<byte> GraphQL(ReadOnlyMemory<byte> content)
    {
        if (IsJson(content.Span))
        {
            return WithShortDocuments(Json(content));
        }

        return Utf8.IsValid(content.Span) && GraphQLDocument.Shortened(Encoding.UTF8.GetString(content.Span)) is { } document
            ? Encoding.UTF8.GetBytes(document)
            : content;
    }

    /// <summary>Replaces the documents of a request, or of a list of requests.</summary>
    private static ReadOnlyMemory<byte> WithShortDocuments(ReadOnlyMemory<byte> json)
    {
        var written = new ArrayBufferWriter<byte>(json.Length);
        var reader = new Utf8JsonReader(json.Span);
        var copied = 0;
        var depth = json.Span is [(byte)'[', ..] ? 2 : 1;
        while (reader.Read())
        {
            if (reader.TokenType != JsonTokenType.PropertyName || reader.CurrentDepth != depth || !reader.ValueTextEquals("query"u8)
                || !reader.Read() || reader.TokenType != JsonTokenType.String || GraphQLDocument.Shortened(reader.GetString()) is not { } document)
            {
                continue;
            }

            written.Write(json.Span[copied..(int)reader.TokenStartIndex]);
            written.Write("\""u8);
            written.Write(JsonEncodedText.Encode(document).EncodedUtf8Bytes);
            written.Write("\""u8);
            copied = (int)reader.BytesConsumed;
        }

        written.Write(json.Span[copied..]);
        return written.WrittenMemory;
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
