using System.Globalization;
using System.Net.Http.Headers;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace HttpCaching.Conformance.Proxy;

/// <summary>Sends the client the response that the handler under test gave.</summary>
internal static class ResponseCopy
{
    // Kestrel writes a Date of its own when there is none. This is a Date as far as it looks: one line, of which
    // there is nothing to write.
    private static readonly StringValues NoDate = new((string?[])[null]);

    /// <param name="context">The client's exchange.</param>
    /// <param name="response">What it is given.</param>
    /// <param name="fromOrigin">
    /// Whether the origin was asked. The hop-by-hop fields of its response end here; but they may not be in one that
    /// was stored, so such a response goes out as it is, for the suite to see what the cache should not have kept.
    /// </param>
    public static async Task SendAsync(HttpContext context, HttpResponseMessage response, bool fromOrigin)
    {
        context.Response.StatusCode = (int)response.StatusCode;
        context.Features.GetRequiredFeature<IHttpResponseFeature>().ReasonPhrase = response.ReasonPhrase;
        CopyFields(response, context.Response.Headers, fromOrigin);

        // Sent ahead of the body: a head that waited for an empty body would be given a length it did not have.
        await context.Response.StartAsync(context.RequestAborted);
        if (HttpMethods.IsHead(context.Request.Method) || context.Response.StatusCode is 204 or 205 or 304)
        {
            return;
        }

        await using var body = await response.Content.ReadAsStreamAsync(context.RequestAborted);
        var buffer = new byte[16 * 1024];
        int read;
        while ((read = await body.ReadAsync(buffer, context.RequestAborted)) > 0)
        {
            // Flushed piece by piece, as it came, so that a body which stops half-way has been seen half-way.
            await context.Response.Body.WriteAsync(buffer.AsMemory(0, read), context.RequestAborted);
            await context.Response.Body.FlushAsync(context.RequestAborted);
        }
    }

    private static void CopyFields(HttpResponseMessage response, IHeaderDictionary target, bool fromOrigin)
    {
        var connection = response.Headers.NonValidated.TryGetValues(HeaderNames.Connection, out var values) ? values : default;
        HashSet<string> dropped = fromOrigin ? HopByHop.Names(connection) : [];
        foreach (var (name, lines) in Fields(response))
        {
            if (dropped.Contains(name))
            {
                continue;
            }

            if (!name.Equals(HeaderNames.ContentLength, StringComparison.OrdinalIgnoreCase))
            {
                target[name] = new StringValues([.. lines]);
            }
            else if (long.TryParse(lines.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var length))
            {
                target.ContentLength = length;
            }
        }

        if (!target.ContainsKey(HeaderNames.Date))
        {
            target.Date = NoDate;
        }
    }

    private static IEnumerable<KeyValuePair<string, HeaderStringValues>> Fields(HttpResponseMessage response) =>
        response.Headers.NonValidated.Concat(response.Content.Headers.NonValidated);
}
