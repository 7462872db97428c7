using System.Net.Http.Headers;
using HttpCaching.Fields;
using HttpCaching.Model;

namespace HttpCaching.Http;

/// <summary>Reads an <see cref="HttpRequestMessage"/> into the form that the rules see.</summary>
internal static class RequestReader
{
    private const string ContentLength = "Content-Length";

    /// <summary>
    /// Fills <paramref name="head"/> from the raw values of <paramref name="request"/>. It writes the lines into the head's array
    /// from its last use, if that is large enough. The former <see cref="RequestHead.Fields"/> are then overwritten.
    /// </summary>
    /// <param name="request">The request as the caller gave it; handlers below may rewrite it, so read it before they see it.</param>
    /// <param name="targetUri">The normalised target URI.</param>
    /// <param name="head">The head to fill.</param>
    public static void Read(HttpRequestMessage request, string targetUri, RequestHead head)
    {
        var headers = request.Headers.NonValidated;
        var content = request.Content;
        head.Method = SentMethod.Of(request.Method);
        head.TargetUri = targetUri;
        head.RequestUri = request.RequestUri;
        head.Fields = headers.Count == 0 && content is null && head.Buffer is null ? HttpFields.Empty : FieldsOf(headers, content, head);
        head.UndoneAbove = head.Fields.Count > 0 && head.Fields.Contains(FieldNames.Range) && request.Options.TryGetValue(DecompressionHandler.UndoneKey, out var undone)
            ? undone
            : null;
        head.HasContent = content is not null && !IsKnownToBeEmpty(content);
    }

    /// <summary>The fields of a request, in an array of their own.</summary>
    /// <param name="request">The request.</param>
    public static HttpFields FieldsOf(HttpRequestMessage request)
    {
        var lines = new FieldLineBuffer(null);
        lines.Add(request.Headers.NonValidated);
        if (request.Content is { } content)
        {
            lines.Add(content.Headers.NonValidated);
        }

        return new HttpFields(lines.Array, lines.Count);
    }

    private static HttpFields FieldsOf(HttpHeadersNonValidated headers, HttpContent? content, RequestHead head)
    {
        var lines = new FieldLineBuffer(head.Buffer);
        lines.Add(headers);
        if (content is not null)
        {
            lines.Add(content.Headers.NonValidated);
        }

        // A pooled head drops its former values: they may be credentials.
        Array.Clear(lines.Array, lines.Count, lines.Array.Length - lines.Count);
        head.Buffer = lines.Array;
        return lines.Count == 0 ? HttpFields.Empty : new HttpFields(lines.Array, lines.Count);
    }

    private static bool IsKnownToBeEmpty(HttpContent content)
    {
        if (content.Headers.NonValidated.TryGetValues(ContentLength, out var values))
        {
            return values.Count == 1 && values.ToString() == "0";
        }

        // The one public way to a content's own count. Like sending, it records the length in the headers.
        return content.Headers.ContentLength == 0;
    }
}
