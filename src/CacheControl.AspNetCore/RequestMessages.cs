using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace HttpCaching;

/// <summary>Makes messages of a server's requests, in the form that the cache knows.</summary>
internal static class RequestMessages
{
    // Says that there are credentials. The value never leaves the process, and a shared cache keeps no response under it.
    private const string SomeCredentials = "Known";

    /// <summary>The message of a request; null if its method, target or fields have no such form. Then it is none of the cache's business.</summary>
    /// <param name="context">The exchange.</param>
    /// <param name="isKnownUser">Whether the request counts as one with credentials.</param>
    public static HttpRequestMessage? Of(HttpContext context, bool isKnownUser)
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

        if (isKnownUser && request.Headers.Authorization.Count == 0)
        {
            message.Headers.TryAddWithoutValidation("Authorization", SomeCredentials);
        }

        return message;
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

    private static Uri? UriOf(HttpRequest request)
    {
        return TargetOf(request) is { } target
            && Uri.TryCreate($"{request.Scheme}://{request.Host.Value}{target}", UriKind.Absolute, out var uri)
            && uri.Scheme is "http" or "https" && uri.UserInfo.Length == 0 && uri.Fragment.Length == 0
                ? uri
                : null;
    }

    /// <summary>
    /// The target as the client wrote it; or the one that middleware before has made of it. Null if that can't be written, because <c>%2F</c> in the path may be an escape or not.
    /// </summary>
    private static string? TargetOf(HttpRequest request)
    {
        var path = request.PathBase.Value + request.Path.Value;
        if (request.HttpContext.Features.Get<IHttpRequestFeature>()?.RawTarget is ['/', ..] raw)
        {
            var end = raw.IndexOf('?', StringComparison.Ordinal);
            var (rawPath, rawQuery) = end < 0 ? (raw, string.Empty) : (raw[..end], raw[end..]);
            if (rawQuery == (request.QueryString.Value ?? string.Empty) && PathString.FromUriComponent(rawPath).Value == path)
            {
                return raw;
            }
        }

        return path is ['/', ..] && !path.Contains('%', StringComparison.Ordinal)
            ? request.PathBase.ToUriComponent() + request.Path.ToUriComponent() + request.QueryString.ToUriComponent()
            : null;
    }
}
