using System.Globalization;
using System.Net.Http.Headers;
using HttpCaching.Fields;
using HttpCaching.Model;

namespace HttpCaching.Http;

/// <summary>Reads an <see cref="HttpResponseMessage"/> into the form that the rules see.</summary>
internal static class ResponseReader
{
    private const string AcceptEncoding = "Accept-Encoding";
    private const string Authorization = "Authorization";
    private const string ContentEncoding = "Content-Encoding";
    private const string ContentLength = "Content-Length";
    private const string TransferEncoding = "Transfer-Encoding";

    /// <summary>The head of a response: header and content fields in one list, and the changes of the request below the cache.</summary>
    /// <param name="response">The response; its content is not touched.</param>
    /// <param name="capturedMethod">The method that was sent down.</param>
    /// <param name="capturedUri">The normalised target URI that was sent down.</param>
    /// <param name="sentFields">The request fields that were sent down.</param>
    /// <param name="requestUri">The URI that was sent down, to whose authority the request goes whatever its Host; null if that is the target URI.</param>
    /// <param name="mayDecode">Whether handlers below may remove codings.</param>
    public static ResponseHead Read(
        HttpResponseMessage response, string capturedMethod, string capturedUri, HttpFields sentFields, Uri? requestUri = null, bool mayDecode = false)
    {
        var headers = response.Headers.NonValidated;
        var contentHeaders = response.Content.Headers.NonValidated;
        var lines = new FieldLineBuffer(headers.Count + contentHeaders.Count);
        lines.Add(headers);
        lines.Add(contentHeaders);
        var final = response.RequestMessage;
        var finalUri = FinalUri(final, capturedUri, requestUri);
        var changed = final is null ? [] : ChangedFields.Of(final, sentFields);

        // Automatic decompression removes the length and one coding of a response, after it has added Accept-Encoding. If the caller has named the
        // codings itself, it need add nothing, and the response does not show it.
        var isDecoded = !contentHeaders.Contains(ContentLength)
            && MayHaveLostCoding(contentHeaders, AcceptedBy(final, sentFields))
            && (changed.Contains(AcceptEncoding, StringComparer.OrdinalIgnoreCase) || (mayDecode && ContentCodings.IsAnyAccepted(AcceptedBy(final, sentFields))));

        var isContradictory = headers.Contains(TransferEncoding) && contentHeaders.Contains(ContentLength) && !IsOwnLength(response.Content.Headers);
        return new ResponseHead
        {
            StatusCode = (int)response.StatusCode,
            ReasonPhrase = response.ReasonPhrase,
            HttpVersion = response.Version,
            Fields = new HttpFields(lines.Array, lines.Count),
            FinalMethod = final is null ? capturedMethod : SentMethod.Of(final.Method),
            FinalUri = finalUri,
            IsDecoded = isDecoded,
            WireContentLength = isContradictory ? null : WireLength(contentHeaders),
            HasContradictoryFraming = isContradictory,
            Location = Resolve(response.Headers.NonValidated, "Location", finalUri),
            ContentLocation = Resolve(contentHeaders, "Content-Location", finalUri),
            CredentialsAddedBelow = final is not null
                && final.Headers.NonValidated.Contains(Authorization)
                && changed.Contains(Authorization, StringComparer.OrdinalIgnoreCase),
            FieldsChangedBelow = changed,
        };
    }

    /// <summary>Whether the codings are what the platform leaves of several after it has undone the last: what is then the last it would undo as well.</summary>
    private static bool MayHaveLostCoding(HttpHeadersNonValidated headers, string? accepted) =>
        !headers.TryGetValues(ContentEncoding, out var values)
        || (ContentCodings.LastOf(values.ToString()) is { Length: > 0 } last && (last == "identity" || ContentCodings.Names(accepted, last)));

    /// <summary>
    /// Whether a Content-Length is the length of the content. Next to Transfer-Encoding it says nothing (RFC 9112 §6.3). But a handler below that has read the whole
    /// body and asked for its length also leaves one. Only the content knows which it is.
    /// </summary>
    private static bool IsOwnLength(HttpContentHeaders headers)
    {
        string[] lines = [.. headers.NonValidated[ContentLength]];
        headers.Remove(ContentLength);
        var own = headers.ContentLength;
        headers.Remove(ContentLength);
        foreach (var line in lines)
        {
            headers.TryAddWithoutValidation(ContentLength, line);
        }

        return own is { } length && lines is [var stated] && stated == length.ToString(CultureInfo.InvariantCulture);
    }

    private static string? AcceptedBy(HttpRequestMessage? final, HttpFields sent) =>
        final is null ? sent.Combined(AcceptEncoding)
        : final.Headers.NonValidated.TryGetValues(AcceptEncoding, out var values) ? values.ToString()
        : null;

    private static string FinalUri(HttpRequestMessage? final, string capturedUri, Uri? requestUri)
    {
        if (final?.RequestUri is not { } uri)
        {
            return capturedUri;
        }

        // A redirect below keeps the Host of the first request, but goes to another authority.
        if (requestUri is not null && !ReferenceEquals(uri, requestUri) && !string.Equals(uri.Authority, requestUri.Authority, StringComparison.OrdinalIgnoreCase))
        {
            return TargetUri.Normalize(uri, null) ?? uri.OriginalString;
        }

        var host = final.Headers.NonValidated.TryGetValues("Host", out var values) ? values.ToString() : null;
        var normalized = TargetUri.Normalize(uri, host) ?? uri.OriginalString;
        return normalized == capturedUri ? capturedUri : normalized;
    }

    private static string? Resolve(HttpHeadersNonValidated headers, string name, string finalUri) =>
        headers.TryGetValues(name, out var values)
        && values.Count == 1
        && Uri.TryCreate(finalUri, UriKind.Absolute, out var target)
        && Uri.TryCreate(target, values.ToString(), out var named)
            ? TargetUri.Normalize(named, null)
            : null;

    private static long? WireLength(HttpHeadersNonValidated headers) =>
        headers.Contains(ContentLength)
        && headers.TryGetValues(ContentLength, out var values)
        && values.Count == 1
        && long.TryParse(values.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var length)
            ? length
            : null;
}
