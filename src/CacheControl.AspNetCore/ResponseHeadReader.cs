using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;

namespace HttpCaching;

/// <summary>
/// Makes messages of the responses of an endpoint. Fields that middleware before the cache has set are its own: they are on each response, and not stored, unless they say how to store this one.
/// </summary>
/// <param name="response">The response before the endpoint has seen it.</param>
internal sealed class ResponseHeadReader(IHttpResponseFeature response)
{
    private static readonly string[] AboutStoring = ["Age", "Date", "ETag", "Expires", "Last-Modified", "No-Vary-Search", "Pragma", "Set-Cookie", "Vary"];

    private readonly int _statusCode = response.StatusCode;
    private readonly string? _reasonPhrase = response.ReasonPhrase;
    private readonly KeyValuePair<string, StringValues>[] _others = [.. response.Headers];

    /// <summary>The response as a message.</summary>
    /// <param name="own">The response, with its head complete.</param>
    /// <param name="content">Its body.</param>
    /// <param name="mayBeStored">Whether the head is what the client will get.</param>
    public HttpResponseMessage Read(IHttpResponseFeature own, HttpContent content, bool mayBeStored)
    {
        var hasStatus = own.StatusCode is >= 100 and <= 999;
        var message = new HttpResponseMessage(hasStatus ? (HttpStatusCode)own.StatusCode : HttpStatusCode.OK) { Content = content };
        if (own.ReasonPhrase is { } phrase && phrase.AsSpan().IndexOfAny('\r', '\n') < 0)
        {
            message.ReasonPhrase = phrase;
        }

        // An endpoint that sets Transfer-Encoding frames the body itself: what it writes is not the content.
        var isCarried = mayBeStored && hasStatus && !own.Headers.ContainsKey("Transfer-Encoding");
        foreach (var (name, values) in own.Headers)
        {
            if (IsOfOthers(name, values))
            {
                continue;
            }

            foreach (var value in values)
            {
                isCarried &= message.Headers.TryAddWithoutValidation(name, value) || content.Headers.TryAddWithoutValidation(name, value);
            }
        }

        if (!isCarried)
        {
            message.Headers.TryAddWithoutValidation("Cache-Control", "no-store");
        }

        return message;
    }

    /// <summary>Takes back what an endpoint has said of the head.</summary>
    public void Restore()
    {
        (response.StatusCode, response.ReasonPhrase) = (_statusCode, _reasonPhrase);
        response.Headers.Clear();
        foreach (var (name, values) in _others)
        {
            response.Headers[name] = values;
        }
    }

    private bool IsOfOthers(string name, StringValues values)
    {
        foreach (var (other, set) in _others)
        {
            if (other.Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                return set.Equals(values) && !IsAboutStoring(name);
            }
        }

        return false;
    }

    private static bool IsAboutStoring(string name) =>
        name.EndsWith("Cache-Control", StringComparison.OrdinalIgnoreCase)
        || name.StartsWith("Content-", StringComparison.OrdinalIgnoreCase)
        || AboutStoring.Contains(name, StringComparer.OrdinalIgnoreCase);
}
