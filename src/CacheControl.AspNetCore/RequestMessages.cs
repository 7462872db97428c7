using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.Features.Authentication;

namespace HttpCaching;

/// <summary>Makes messages of a server's requests, in the form that the cache knows.</summary>
internal static class RequestMessages
{
    // Says that there are credentials. The value never leaves the process, and a shared cache keeps no response under it.
    private const string SomeCredentials = "Known";
    private const string Authorization = "Authorization";

    /// <summary>The message of a request; null if its method, target or fields have no such form. Then it is none of the cache's business.</summary>
    /// <param name="context">The exchange.</param>
    public static HttpRequestMessage? Of(HttpContext context)
    {
        var request = context.Request;

        // A client of the platform would send a known method in capitals. Here it is another method to the endpoint, or not, as that decides.
        if (request.Method.Length == 0 || HttpMethods.GetCanonicalizedValue(request.Method) != request.Method || UriOf(request) is not { } uri)
        {
            return null;
        }

        var message = new HttpRequestMessage(HttpMethod.Parse(request.Method), uri);
        if (!TryAddFields(context, message))
        {
            message.Dispose();
            return null;
        }

        if (IsKnownUser(context))
        {
            AddCredentials(message);
        }

        return message;
    }

    /// <summary>Whether middleware has found out who asks, by a cookie or a certificate: then the request counts as one with Authorization.</summary>
    public static bool IsKnownUser(HttpContext context)
    {
        foreach (var identity in context.Features.Get<IHttpAuthenticationFeature>()?.User?.Identities ?? [])
        {
            if (identity.IsAuthenticated)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The message of a request whose user middleware has found out after the cache had it.</summary>
    /// <param name="message">The message as the cache knows it.</param>
    public static HttpRequestMessage WithCredentials(HttpRequestMessage message)
    {
        var known = new HttpRequestMessage(message.Method, message.RequestUri) { Content = message.Content };
        foreach (var (name, values) in message.Headers.NonValidated)
        {
            known.Headers.TryAddWithoutValidation(name, values);
        }

        AddCredentials(known);
        return known;
    }

    private static void AddCredentials(HttpRequestMessage message)
    {
        if (!message.Headers.NonValidated.Contains(Authorization))
        {
            message.Headers.TryAddWithoutValidation(Authorization, SomeCredentials);
        }
    }

    private static bool TryAddFields(HttpContext context, HttpRequestMessage message)
    {
        if (MayHaveBody(context))
        {
            message.Content = new RequestBodyContent(context);
        }

        foreach (var (name, values) in context.Request.Headers)
        {
            if (IsOfConnection(name))
            {
                continue;
            }

            foreach (var value in values)
            {
                if (!message.Headers.TryAddWithoutValidation(name, value)
                    && !(message.Content ??= new ByteArrayContent([])).Headers.TryAddWithoutValidation(name, value))
                {
                    return false;
                }
            }
        }

        return true;
    }

    /// <summary>Whether a field is about the connection, or in the URI already.</summary>
    private static bool IsOfConnection(string name) => name.Equals("Host", StringComparison.OrdinalIgnoreCase) || name.Equals("Connection", StringComparison.OrdinalIgnoreCase);

    private static bool MayHaveBody(HttpContext context) =>
        context.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody ?? context.Request.ContentLength is not (null or 0);

    /// <summary>The URI with the target as the client wrote it; or with the one that middleware before has made of it.</summary>
    private static Uri? UriOf(HttpRequest request)
    {
        var path = request.PathBase.Value + request.Path.Value;
        return UriOf(request, path, WrittenTargetOf(request, path)) ?? UriOf(request, path, MadeTargetOf(request, path));
    }

    /// <summary>The URI with a target; null if its path is another one than the endpoint gets. Of <c>/a\b</c> and <c>/a/../b</c> a URI makes <c>/a/b</c> and <c>/b</c>.</summary>
    private static Uri? UriOf(HttpRequest request, string path, string? target) =>
        target is not null
        && Uri.TryCreate($"{request.Scheme}://{request.Host.Value}{target}", UriKind.Absolute, out var uri)
        && uri.Scheme is "http" or "https" && uri.UserInfo.Length == 0 && uri.Fragment.Length == 0
        && PathString.FromUriComponent(uri.AbsolutePath).Value == path
            ? uri
            : null;

    private static string? WrittenTargetOf(HttpRequest request, string path)
    {
        if (request.HttpContext.Features.Get<IHttpRequestFeature>()?.RawTarget is ['/', ..] raw)
        {
            var end = raw.IndexOf('?', StringComparison.Ordinal);
            var (rawPath, rawQuery) = end < 0 ? (raw, string.Empty) : (raw[..end], raw[end..]);
            if (rawQuery == (request.QueryString.Value ?? string.Empty) && PathString.FromUriComponent(rawPath).Value == path)
            {
                return raw;
            }
        }

        return null;
    }

    /// <summary>Null if the target can't be written, because <c>%2F</c> in the path may be an escape or not.</summary>
    private static string? MadeTargetOf(HttpRequest request, string path) =>
        path is ['/', ..] && !path.Contains('%', StringComparison.Ordinal)
            ? request.PathBase.ToUriComponent() + request.Path.ToUriComponent() + request.QueryString.ToUriComponent()
            : null;
}
