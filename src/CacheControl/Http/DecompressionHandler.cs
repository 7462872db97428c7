using System.Net;

namespace CacheControl.Http;

/// <summary>
/// Decompresses bodies above the cache, so that what is stored is what came over the wire. Asks for the same codings as <see cref="SocketsHttpHandler"/> and
/// leaves request and response as that does, but for three things. The caller's word counts: no coding is asked for or undone that it refuses. A request with
/// Range asks for no codings, and a 206 is not decoded: positions count the bytes that the caller gets (RFC 9110 §14.1.2). And what can't be decoded is reported.
/// </summary>
internal sealed class DecompressionHandler : DelegatingHandler
{
    private const string AcceptEncoding = "Accept-Encoding";
    private const string ContentEncoding = "Content-Encoding";
    private const string Range = "Range";

    private readonly string[] _codings;
    private readonly ICodingReports? _reports;

    /// <summary>A handler whose inner handler is set later.</summary>
    /// <param name="methods">The codings to ask for and to remove.</param>
    /// <param name="reports">Told of what can't be decoded.</param>
    public DecompressionHandler(DecompressionMethods methods, ICodingReports? reports = null) => (_codings, _reports) = (CodingsOf(methods), reports);

    /// <summary>A handler over another one.</summary>
    /// <param name="innerHandler">What sends the requests.</param>
    /// <param name="methods">The codings to ask for and to remove.</param>
    /// <param name="reports">Told of what can't be decoded.</param>
    public DecompressionHandler(HttpMessageHandler innerHandler, DecompressionMethods methods, ICodingReports? reports = null)
        : base(innerHandler) => (_codings, _reports) = (CodingsOf(methods), reports);

    /// <summary>On a request with Range, while it is below this handler: the codings that it would undo in a whole response.</summary>
    public static HttpRequestOptionsKey<IReadOnlyList<string>> UndoneKey { get; } = new("CacheControl.Undone");

    /// <inheritdoc/>
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var undone = Prepare(request);
        try
        {
            return Decode(await base.SendAsync(request, cancellationToken).ConfigureAwait(false), undone);
        }
        finally
        {
            CleanUp(request);
        }
    }

    /// <inheritdoc/>
    protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var undone = Prepare(request);
        try
        {
            return Decode(base.Send(request, cancellationToken), undone);
        }
        finally
        {
            CleanUp(request);
        }
    }

    private static string[] CodingsOf(DecompressionMethods methods)
    {
        var codings = new List<string>(3);
        AddIf(DecompressionMethods.GZip, DecodedStream.Gzip);
        AddIf(DecompressionMethods.Deflate, DecodedStream.Deflate);
        AddIf(DecompressionMethods.Brotli, DecodedStream.Brotli);
        return [.. codings];

        void AddIf(DecompressionMethods method, string coding)
        {
            if (methods.HasFlag(method))
            {
                codings.Add(coding);
            }
        }
    }

    private static void CleanUp(HttpRequestMessage request)
    {
        if (request.Headers.NonValidated.Contains(Range))
        {
            ((IDictionary<string, object?>)request.Options).Remove(UndoneKey.Key);
        }
    }

    /// <summary>Asks for codings, and tells which ones are to be undone.</summary>
    private string[] Prepare(HttpRequestMessage request)
    {
        if (AcceptedCodings.Of(request.Headers) is not { } accepted)
        {
            return Ask(request, _codings);
        }

        var undone = Array.FindAll(_codings, coding => !accepted.Refuses(coding));
        Ask(request, Array.FindAll(undone, coding => !accepted.Names(coding)));
        return undone;
    }

    private static string[] Ask(HttpRequestMessage request, string[] codings)
    {
        if (request.Headers.NonValidated.Contains(Range))
        {
            request.Options.Set(UndoneKey, codings);
            return codings;
        }

        foreach (var coding in codings)
        {
            request.Headers.TryAddWithoutValidation(AcceptEncoding, coding);
        }

        return codings;
    }

    private HttpResponseMessage Decode(HttpResponseMessage response, string[] undone)
    {
        if (response.StatusCode == HttpStatusCode.PartialContent
            || !response.Content.Headers.NonValidated.TryGetValues(ContentEncoding, out var values))
        {
            return response;
        }

        var members = new List<string>();
        foreach (var value in values)
        {
            members.AddRange(value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries));
        }

        if (members.Count > 0 && Array.Find(undone, coding => coding.Equals(members[^1], StringComparison.OrdinalIgnoreCase)) is { } last)
        {
            members.RemoveAt(members.Count - 1);
            response.Content = new DecodedContent(response.Content, last, members, _reports?.For(response));
        }

        return response;
    }
}
