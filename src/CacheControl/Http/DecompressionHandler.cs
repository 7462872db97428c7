using System.Net;

namespace HttpCaching.Http;

/// <summary>
/// Decompresses bodies above the cache, so that the cache stores the bytes of the wire. Asks for the same codings as <see cref="SocketsHttpHandler"/> and
/// leaves request and response in the same state, with three differences. The caller's refusal counts: a refused coding is neither requested nor decoded. A request with
/// Range asks for none of the codings that would be decoded, even if the caller names them, and a 206 is not decoded: positions count the bytes that the caller
/// gets (RFC 9110 §14.1.2). Bodies that can't be decoded are reported.
/// </summary>
internal sealed class DecompressionHandler : DelegatingHandler
{
    private const string AcceptEncoding = "Accept-Encoding";
    private const string ContentEncoding = "Content-Encoding";
    private const string Range = "Range";

    private readonly string[] _codings;
    private readonly ICodingReports? _reports;

    /// <summary>Creates a handler whose inner handler is set later.</summary>
    /// <param name="methods">The codings to ask for and to remove.</param>
    /// <param name="reports">Takes reports of bodies that can't be decoded.</param>
    public DecompressionHandler(DecompressionMethods methods, ICodingReports? reports = null) => (_codings, _reports) = (CodingsOf(methods), reports);

    /// <summary>Creates a handler over another one.</summary>
    /// <param name="innerHandler">The handler that sends the requests.</param>
    /// <param name="methods">The codings to ask for and to remove.</param>
    /// <param name="reports">Takes reports of bodies that can't be decoded.</param>
    public DecompressionHandler(HttpMessageHandler innerHandler, DecompressionMethods methods, ICodingReports? reports = null)
        : base(innerHandler) => (_codings, _reports) = (CodingsOf(methods), reports);

    /// <summary>On a request with Range, while it is below this handler: the codings that it would undo in a whole response.</summary>
    public static HttpRequestOptionsKey<IReadOnlyList<string>> UndoneKey { get; } = new("CacheControl.Undone");

    /// <inheritdoc/>
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var preparation = Prepare(request);
        try
        {
            return Decode(await base.SendAsync(request, cancellationToken).ConfigureAwait(false), preparation.Undone);
        }
        finally
        {
            CleanUp(request, preparation);
        }
    }

    /// <inheritdoc/>
    protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var preparation = Prepare(request);
        try
        {
            return Decode(base.Send(request, cancellationToken), preparation.Undone);
        }
        finally
        {
            CleanUp(request, preparation);
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

    private static void CleanUp(HttpRequestMessage request, in Preparation preparation)
    {
        if (!preparation.IsForRange)
        {
            return;
        }

        ((IDictionary<string, object?>)request.Options).Remove(UndoneKey.Key);
        if (preparation.Replaced is { } callers)
        {
            request.Headers.Remove(AcceptEncoding);
            request.Headers.TryAddWithoutValidation(AcceptEncoding, callers);
        }
    }

    /// <summary>Adds codings to the request, and returns which ones to decode.</summary>
    private Preparation Prepare(HttpRequestMessage request)
    {
        var accepted = AcceptedCodings.Of(request.Headers);
        var undone = accepted is null ? _codings : Array.FindAll(_codings, coding => !accepted.Refuses(coding));
        if (request.Headers.NonValidated.Contains(Range))
        {
            request.Options.Set(UndoneKey, undone);
            return new Preparation(undone, IsForRange: true, accepted?.Without(undone) is { } others ? Replace(request, others) : null);
        }

        foreach (var coding in undone)
        {
            if (accepted?.Names(coding) != true)
            {
                request.Headers.TryAddWithoutValidation(AcceptEncoding, coding);
            }
        }

        return new Preparation(undone, IsForRange: false, null);
    }

    /// <summary>Replaces the lines of Accept-Encoding, and returns the caller's.</summary>
    private static string[] Replace(HttpRequestMessage request, IReadOnlyCollection<string> members)
    {
        string[] callers = [.. request.Headers.NonValidated[AcceptEncoding]];
        request.Headers.Remove(AcceptEncoding);
        if (members.Count > 0)
        {
            request.Headers.TryAddWithoutValidation(AcceptEncoding, string.Join(", ", members));
        }

        return callers;
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

    /// <summary>The changes to a request.</summary>
    /// <param name="Undone">The codings to decode.</param>
    /// <param name="IsForRange">Whether the request has a Range.</param>
    /// <param name="Replaced">The caller's lines of Accept-Encoding, which come back when the request is done; null if they were not changed.</param>
    private readonly record struct Preparation(string[] Undone, bool IsForRange, string[]? Replaced);
}
