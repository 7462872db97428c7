using System.Collections.Concurrent;
using System.Net;

namespace ConcurrentWriters;

/// <summary>
/// An origin with one resource in two encodings, which wants every use validated. It always knows what is right: a 304 if the request names the
/// tag of the encoding it asks for, and the body otherwise.
/// </summary>
/// <param name="gate">Holds requests for the gzip encoding.</param>
/// <param name="saysVary">Whether responses say <c>Vary: Accept-Encoding</c>. Many origins forget it.</param>
public sealed class VariantOrigin(Gate gate, bool saysVary) : HttpMessageHandler
{
    /// <summary>The resource.</summary>
    public static readonly Uri Entry = new("http://origin.example/entry");

    /// <summary>The Accept-Encoding of each request for the resource, in the order of arrival.</summary>
    public ConcurrentQueue<string> Asked { get; } = new();

    /// <summary>Whether both encodings are the same by now, so that a request for either confirms the first one.</summary>
    public bool HasOneEncodingOnly { get; set; }

    /// <summary>The right body for an encoding.</summary>
    /// <param name="encoding">The encoding asked for.</param>
    public string BodyFor(string encoding) => HasOneEncodingOnly ? "the bytes of gzip" : $"the bytes of {encoding}";

    /// <inheritdoc/>
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (request.RequestUri != Entry)
        {
            return Filler(request);
        }

        if (request.Method != HttpMethod.Get)
        {
            return new HttpResponseMessage(HttpStatusCode.NoContent) { RequestMessage = request };
        }

        var encoding = request.Headers.AcceptEncoding.ToString();
        Asked.Enqueue(encoding);
        if (encoding == "gzip")
        {
            await gate.PassAsync(GatePosition.InFlight);
        }

        var response = Answer(request, encoding);
        if (encoding == "gzip")
        {
            await gate.PassAsync(GatePosition.BeforeAnswer);
        }

        return response;
    }

    private HttpResponseMessage Answer(HttpRequestMessage request, string encoding)
    {
        var tag = HasOneEncodingOnly ? "\"gzip\"" : $"\"{encoding}\"";
        var isKnown = request.Headers.IfNoneMatch.Any(known => known.Tag == tag);
        var response = new HttpResponseMessage(isKnown ? HttpStatusCode.NotModified : HttpStatusCode.OK) { RequestMessage = request };
        response.Headers.Add("Cache-Control", "no-cache");
        response.Headers.Add("ETag", tag);
        if (saysVary)
        {
            response.Headers.Add("Vary", "Accept-Encoding");
        }

        if (!isKnown)
        {
            response.Content = new StringContent(BodyFor(encoding));
        }

        return response;
    }

    private static HttpResponseMessage Filler(HttpRequestMessage request)
    {
        var response = new HttpResponseMessage(HttpStatusCode.OK) { RequestMessage = request, Content = new ByteArrayContent(new byte[4096]) };
        response.Headers.Add("Cache-Control", "max-age=3600");
        return response;
    }
}
