using Microsoft.AspNetCore.Http.Features;
using Yarp.ReverseProxy.Forwarder;

namespace EdgeCache;

/// <summary>
/// What the upstream sees of a request. YARP drops the fields that belong to one connection, in both directions; the rest passes as it is, but for
/// those in which the client claims where the request came in (see <see cref="ClaimedFields"/>).
/// </summary>
internal sealed class UpstreamTransformer : HttpTransformer
{
    public override async ValueTask TransformRequestAsync(
        HttpContext httpContext, HttpRequestMessage proxyRequest, string destinationPrefix, CancellationToken cancellationToken)
    {
        await base.TransformRequestAsync(httpContext, proxyRequest, destinationPrefix, cancellationToken);
        var claims = httpContext.Request.Headers.Keys.Where(ClaimedFields.Contains);
        foreach (var name in claims.Concat(Nominated(httpContext.Request.Headers.Connection)))
        {
            proxyRequest.Headers.Remove(name);
            proxyRequest.Content?.Headers.Remove(name);
        }

        if (httpContext.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget is ['/', ..] target
            && TargetOf(destinationPrefix, target) is { } uri)
        {
            proxyRequest.RequestUri = uri;
        }

        // The upstream's own name, which is also the one that the cache keeps its responses under.
        proxyRequest.Headers.Host = null;

        // RFC 9110 §7.6.3: a gateway says that it was there, and how it was asked.
        proxyRequest.Headers.TryAddWithoutValidation("Via", $"{httpContext.Request.Protocol["HTTP/".Length..]} EdgeCache");
    }

    public override async ValueTask<bool> TransformResponseAsync(
        HttpContext httpContext, HttpResponseMessage? proxyResponse, CancellationToken cancellationToken)
    {
        var goesOn = await base.TransformResponseAsync(httpContext, proxyResponse, cancellationToken);
        if (proxyResponse?.Headers.NonValidated.TryGetValues("Connection", out var lines) == true)
        {
            foreach (var name in Nominated(lines))
            {
                httpContext.Response.Headers.Remove(name);
            }
        }

        return goesOn;
    }

    /// <summary>The fields that a message's Connection says are for this connection alone (RFC 9110 §7.6.1); YARP drops the usual ones.</summary>
    private static IEnumerable<string> Nominated(IEnumerable<string?> connection) => connection
        .SelectMany(line => line?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? [])
        .Where(name => name.All(c => char.IsAsciiLetterOrDigit(c) || "!#$%&'*+-.^_`|~".Contains(c)));

    /// <summary>
    /// The target as the client wrote it. YARP's own way through the decoded path makes <c>%2F</c> to <c>%252F</c>, which is another resource. Null if the
    /// target leads out of the upstream's path by way of dots: then YARP's, in which they have been resolved before, will do.
    /// </summary>
    private static Uri? TargetOf(string prefix, string target)
    {
        var root = prefix.TrimEnd('/');
        return Uri.TryCreate(root + target, UriKind.Absolute, out var uri)
            && uri.AbsoluteUri.StartsWith(new Uri(root + "/").AbsoluteUri, StringComparison.Ordinal)
                ? uri
                : null;
    }
}
