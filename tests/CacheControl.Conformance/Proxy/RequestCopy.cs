using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;

namespace HttpCaching.Conformance.Proxy;

/// <summary>Makes the request to the origin out of the client's.</summary>
internal static class RequestCopy
{
    public static HttpRequestMessage Create(HttpContext context, Uri target)
    {
        var source = context.Request;
        var request = new HttpRequestMessage(new HttpMethod(source.Method), target)
        {
            Version = HttpVersion.Version11,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        if (context.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody == true)
        {
            request.Content = new StreamContent(source.Body);
            request.Content.Headers.ContentLength = source.ContentLength;
        }

        var dropped = HopByHop.Names(source.Headers.Connection);

        // The origin's own name takes the place of the proxy's, and the length is the content's already.
        dropped.Add(HeaderNames.Host);
        dropped.Add(HeaderNames.ContentLength);
        foreach (var (name, values) in source.Headers)
        {
            if (!dropped.Contains(name) && !request.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values))
            {
                // HttpClient keeps the fields that describe content apart, and there may be some without content.
                request.Content ??= new ByteArrayContent([]);
                request.Content.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values);
            }
        }

        return request;
    }
}
