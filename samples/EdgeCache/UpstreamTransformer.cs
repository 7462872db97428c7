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

        if (TargetOf(destinationPrefix, httpContext.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget) is { } uri)
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
    /// The target as the client wrote it, below the upstream's path. YARP's own way through the decoded path makes <c>%2F</c> to <c>%252F</c>, which is another resource; and of a target in
    /// absolute form, which the server decodes wholly, <c>/</c>: then <c>..%2F</c> would lead out of the upstream's path. Null for <c>*</c>, which has no path.
    /// </summary>
    private static Uri? TargetOf(string prefix, string target)
    {
        // A URI makes a slash of a backslash, which a client may not send unescaped.
        var written = OriginFormOf(target)?.Replace("\\", "%5C", StringComparison.Ordinal);

        // Dots are resolved at the root, before the upstream's path is there to be left.
        return written is not null && Uri.TryCreate($"http://upstream{written}", UriKind.Absolute, out var resolved)
            && Uri.TryCreate(prefix.TrimEnd('/') + resolved.PathAndQuery, UriKind.Absolute, out var uri)
                ? uri
                : null;
    }

    /// <summary>The path and query of a target in origin form or in absolute form (RFC 9112 §3.2); null if it has neither form.</summary>
    private static string? OriginFormOf(string target)
    {
        if (target.StartsWith('/'))
        {
            return target;
        }

        var authority = target.IndexOf("://", StringComparison.Ordinal) + "://".Length;
        if (authority < "://".Length)
        {
            return null;
        }

        var path = target.AsSpan(authority).IndexOfAny("/?#");
        var rest = path < 0 ? string.Empty : target[(authority + path)..];
        return rest.StartsWith('/') ? rest : "/" + rest;
    }
}
