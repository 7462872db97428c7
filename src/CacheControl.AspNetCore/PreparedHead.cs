using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Primitives;

namespace HttpCaching;

/// <summary>The head of a server's responses out of one stored response, in the form that the server takes.</summary>
internal sealed class PreparedHead
{
    private const string Age = "Age";
    private const string CacheStatus = "Cache-Status";

    // About one connection, or one hop, and not about the response; a forwarder drops them too.
    private static readonly string[] OfConnection =
    [
        "Connection", "Transfer-Encoding", "Keep-Alive", "Upgrade", "Proxy-Connection", "Proxy-Authenticate", "Proxy-Authentication-Info", "Proxy-Authorization", "Proxy-Features",
        "Proxy-Instruction", "Security-Scheme", "ALPN", "Close", "HTTP2-Settings", "Upgrade-Insecure-Requests", "TE", "Alt-Svc",
    ];

    private readonly int _statusCode;
    private readonly string? _reasonPhrase;
    private readonly KeyValuePair<string, StringValues>[] _fields;
    private readonly KeyValuePair<string, StringValues>[] _contentFields;
    private readonly StringValues _otherCaches;

    private PreparedHead(HttpCacheFrontHead head)
    {
        _statusCode = head.StatusCode;
        _reasonPhrase = head.ReasonPhrase == ReasonPhrases.GetReasonPhrase(head.StatusCode) ? null : head.ReasonPhrase;
        _fields = Prepare(head.Fields);
        _contentFields = Prepare(head.ContentFields);
        _otherCaches = _fields.FirstOrDefault(field => field.Key == CacheStatus).Value;
    }

    /// <summary>The prepared form of a head, made at the first call.</summary>
    public static PreparedHead Of(HttpCacheFrontHead head)
    {
        if (head.Prepared is PreparedHead known)
        {
            return known;
        }

        var made = new PreparedHead(head);
        head.Prepared = made;
        return made;
    }

    /// <summary>Gives a response this head.</summary>
    /// <param name="context">The exchange.</param>
    /// <param name="age">The value of Age.</param>
    /// <param name="status">The value to add to Cache-Status; null for none.</param>
    /// <param name="goesOverOthers">Whether its fields take the place of those that the response has already; else they come behind them.</param>
    public void WriteTo(HttpContext context, string age, string? status, bool goesOverOthers)
    {
        var response = context.Response;
        response.StatusCode = _statusCode;
        if (_reasonPhrase is not null && context.Features.Get<IHttpResponseFeature>() is { } feature)
        {
            feature.ReasonPhrase = _reasonPhrase;
        }

        var headers = response.Headers;
        var isFirst = goesOverOthers || headers.Count == 0;
        Write(headers, _fields, isFirst);
        Write(headers, Age, age, isFirst);
        if (status is not null)
        {
            Write(headers, CacheStatus, StringValues.Concat(_otherCaches, status), isFirst);
        }

        Write(headers, _contentFields, isFirst);
    }

    /// <summary>Gives a response the head of a message of the cache, in place of what it has.</summary>
    public static void Write(HttpResponseMessage message, IHttpResponseFeature response)
    {
        response.StatusCode = (int)message.StatusCode;
        if (message.ReasonPhrase != ReasonPhrases.GetReasonPhrase(response.StatusCode))
        {
            response.ReasonPhrase = message.ReasonPhrase;
        }

        foreach (var (name, values) in message.Headers.NonValidated.Concat(message.Content.Headers.NonValidated))
        {
            if (!IsOfConnection(name))
            {
                response.Headers[name] = new StringValues([.. values]);
            }
        }
    }

    private static bool IsOfConnection(string name) => OfConnection.Contains(name, StringComparer.OrdinalIgnoreCase);

    private static void Write(IHeaderDictionary headers, KeyValuePair<string, StringValues>[] fields, bool isFirst)
    {
        foreach (var (name, values) in fields)
        {
            Write(headers, name, values, isFirst);
        }
    }

    /// <summary>Sets a field. Middleware before this one may have written it: then its lines stay.</summary>
    private static void Write(IHeaderDictionary headers, string name, StringValues values, bool isFirst) =>
        headers[name] = isFirst ? values : StringValues.Concat(headers[name], values);

    private static KeyValuePair<string, StringValues>[] Prepare(IReadOnlyList<KeyValuePair<string, string[]>> fields) =>
    [
        .. fields
            .Where(field => !IsOfConnection(field.Key))
            .Select(field => KeyValuePair.Create(field.Key, field.Value is [var single] ? new StringValues(single) : new StringValues(field.Value))),
    ];
}
