using System.Text;
using System.Text.Json;
using HttpCaching.Fields;
using HttpCaching.Fields.Text;
using HttpCaching.Model;

namespace HttpCaching.Policy;

/// <summary>
/// Which requests with content only ask, so that their responses are stored under a key with the content: QUERY (RFC 10008), and a POST of which its caller or a rule says so. A POST that may change
/// something is never one of them, even if the caller or a rule says so: GraphQL sends queries and mutations alike.
/// </summary>
internal static class ContentRules
{
    /// <summary>Whether the content is part of the key.</summary>
    /// <param name="presented">The request.</param>
    public static bool IsInKey(RequestHead presented) => presented.OnlyAsks || presented.Method == MethodRules.Query;

    /// <summary>
    /// Whether a POST may be one that only asks, as far as its head tells. With a condition or a range, or with a field that asks for another method, it is none: they mean something else to a POST.
    /// </summary>
    /// <param name="presented">The request.</param>
    /// <param name="callerSays">Whether its caller says that it only asks.</param>
    /// <param name="rule">The rule that applies to it; null for none.</param>
    public static bool MayOnlyAsk(RequestHead presented, bool callerSays, RuleSettings? rule) =>
        presented.Method == MethodRules.Post
        && presented.HasContent
        && (callerSays || (rule is { ContentTypes.Count: > 0 } && rule.ContentTypes.Contains(MediaTypeOf(presented.Fields.First(FieldNames.ContentType)))))
        && !HasFieldsOfAnotherMeaning(presented.Fields);

    /// <summary>Whether the content of such a POST only asks. In doubt it does not.</summary>
    /// <param name="presented">The request.</param>
    /// <param name="content">Its content.</param>
    public static bool OnlyAsks(RequestHead presented, ReadOnlySpan<byte> content)
    {
        var type = presented.Fields.First(FieldNames.ContentType);
        var mediaType = MediaTypeOf(type);
        if (presented.Fields.Contains(FieldNames.ContentEncoding) || !IsUtf8(type!) || mediaType.StartsWith("multipart/", StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }

        return FormOnlyAsks(QueryOf(presented.TargetUri)) && mediaType.ToLowerInvariant() switch
        {
            "application/graphql" => TextOf(content) is { } text && GraphQLDocument.OnlyAsks(text) is true,
            "application/x-www-form-urlencoded" => TextOf(content) is { } form && FormOnlyAsks(form),
            var other when other == "application/json" || other.EndsWith("+json", StringComparison.Ordinal) => JsonOnlyAsks(content) is true,
            var other when other.EndsWith("xml", StringComparison.Ordinal) => true,
            var other => AnythingOnlyAsks(content, isText: other.StartsWith("text/", StringComparison.Ordinal)),
        };
    }

    /// <summary>The media type of a Content-Type; empty if there is none.</summary>
    public static string MediaTypeOf(string? contentType)
    {
        var end = contentType?.IndexOf(';', StringComparison.Ordinal) ?? -1;
        return (end < 0 ? contentType : contentType![..end])?.Trim() ?? string.Empty;
    }

    private static bool HasFieldsOfAnotherMeaning(HttpFields fields) =>
        fields.Contains(FieldNames.XHttpMethodOverride) || fields.Contains(FieldNames.XHttpMethod) || fields.Contains(FieldNames.XMethodOverride)
        || fields.Contains(FieldNames.IfMatch) || fields.Contains(FieldNames.IfNoneMatch) || fields.Contains(FieldNames.IfModifiedSince)
        || fields.Contains(FieldNames.IfUnmodifiedSince) || fields.Contains(FieldNames.IfRange) || fields.Contains(FieldNames.Range);

    private static bool IsUtf8(string contentType)
    {
        var at = contentType.IndexOf("charset=", StringComparison.OrdinalIgnoreCase);
        return at < 0 || contentType.AsSpan(at + "charset=".Length).TrimStart('"') is var charset
            && (charset.StartsWith("utf-8", StringComparison.OrdinalIgnoreCase) || charset.StartsWith("us-ascii", StringComparison.OrdinalIgnoreCase));
    }

    private static string? TextOf(ReadOnlySpan<byte> content) => System.Text.Unicode.Utf8.IsValid(content) ? Encoding.UTF8.GetString(content) : null;

    /// <summary>Content of other types is GraphQL only if it begins as JSON or as a document does: some servers read what they get, whatever its type.</summary>
    private static bool AnythingOnlyAsks(ReadOnlySpan<byte> content, bool isText)
    {
        if (content.TrimStart(" \t\r\n"u8) is [(byte)'{' or (byte)'[' or (byte)'"', ..])
        {
            return (JsonOnlyAsks(content) ?? (TextOf(content) is { } document ? GraphQLDocument.OnlyAsks(document) : null)) is true;
        }

        return !isText || (TextOf(content) is { } text && GraphQLDocument.OnlyAsks(text) is not false);
    }

    /// <summary>Whether JSON has no GraphQL in it but queries; null if it is no JSON.</summary>
    private static bool? JsonOnlyAsks(ReadOnlySpan<byte> content)
    {
        var reader = new Utf8JsonReader(content);
        try
        {
            var onlyAsks = true;
            reader.Read();
            switch (reader.TokenType)
            {
                case JsonTokenType.StartObject:
                    onlyAsks = RequestOnlyAsks(ref reader);
                    break;

                case JsonTokenType.StartArray:
                    while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                    {
                        onlyAsks &= reader.TokenType == JsonTokenType.StartObject ? RequestOnlyAsks(ref reader) : ValueOnlyAsks(ref reader);
                    }

                    break;

                default:
                    onlyAsks = ValueOnlyAsks(ref reader);
                    break;
            }

            // What follows the value would be an error of its own.
            return !reader.Read() && onlyAsks;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>
    /// One request: its document in <c>query</c>. The text of a document that the server knows by a name or hash is not at hand, so that such a request is in doubt. A member may come twice, and a
    /// server may take either.
    /// </summary>
    private static bool RequestOnlyAsks(ref Utf8JsonReader reader)
    {
        var (onlyAsks, isNamed, hasVariables) = (true, false, false);
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            var name = reader.GetString()!.ToLowerInvariant();
            reader.Read();
            switch (name)
            {
                case "query":
                    onlyAsks &= ValueOnlyAsks(ref reader);
                    break;

                case "extensions":
                    onlyAsks &= !NamesPersistedQuery(ref reader);
                    break;

                default:
                    onlyAsks &= name is not ("documentid" or "doc_id" or "queryid");
                    isNamed |= name == "id";
                    hasVariables |= name is "variables" or "operationname";
                    reader.Skip();
                    break;
            }
        }

        return onlyAsks && !(isNamed && hasVariables);
    }

    private static bool ValueOnlyAsks(ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.String)
        {
            return GraphQLDocument.OnlyAsks(reader.GetString()) is not false;
        }

        reader.Skip();
        return true;
    }

    private static bool NamesPersistedQuery(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return false;
        }

        var isNamed = false;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            isNamed |= string.Equals(reader.GetString(), "persistedQuery", StringComparison.OrdinalIgnoreCase);
            reader.Read();
            reader.Skip();
        }

        return isNamed;
    }

    private static string QueryOf(string uri)
    {
        var question = uri.IndexOf('?', StringComparison.Ordinal);
        return question < 0 ? string.Empty : uri[(question + 1)..];
    }

    /// <summary>The same for the parameters of a form or a URI.</summary>
    private static bool FormOnlyAsks(string form)
    {
        foreach (var parameter in form.Split('&'))
        {
            var equals = parameter.IndexOf('=', StringComparison.Ordinal);
            var (name, value) = equals < 0 ? (parameter, string.Empty) : (parameter[..equals], parameter[(equals + 1)..]);
            switch (Decoded(name).ToLowerInvariant())
            {
                case "query" when GraphQLDocument.OnlyAsks(Decoded(value)) is false:
                case "extensions" when Decoded(value).Contains("persistedQuery", StringComparison.OrdinalIgnoreCase):
                case "documentid" or "doc_id" or "queryid" or "operations":
                    return false;
            }
        }

        return true;
    }

    private static string Decoded(string text) => Uri.UnescapeDataString(text.Replace('+', ' '));
}
