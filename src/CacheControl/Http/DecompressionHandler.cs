using System.Net;
using System.Net.Http.Headers;

namespace CacheControl.Http;

/// <summary>
/// Decompresses bodies above the cache, so that what is stored is what came over the wire. Asks for the same codings as
/// <see cref="SocketsHttpHandler"/>, and leaves request and response as that does; a body cut short throws instead of ending early.
/// </summary>
internal sealed class DecompressionHandler : DelegatingHandler
{
    private const string AcceptEncoding = "Accept-Encoding";
    private const string ContentEncoding = "Content-Encoding";

    private readonly string[] _codings;

    /// <summary>A handler whose inner handler is set later.</summary>
    /// <param name="methods">The codings to ask for and to remove.</param>
    public DecompressionHandler(DecompressionMethods methods) => _codings = CodingsOf(methods);

    /// <summary>A handler over another one.</summary>
    /// <param name="innerHandler">What sends the requests.</param>
    /// <param name="methods">The codings to ask for and to remove.</param>
    public DecompressionHandler(HttpMessageHandler innerHandler, DecompressionMethods methods)
        : base(innerHandler) => _codings = CodingsOf(methods);

    /// <inheritdoc/>
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        AskForCodings(request);
        return Decode(await base.SendAsync(request, cancellationToken).ConfigureAwait(false));
    }

    /// <inheritdoc/>
    protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        AskForCodings(request);
        return Decode(base.Send(request, cancellationToken));
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

    private void AskForCodings(HttpRequestMessage request)
    {
        foreach (var coding in _codings)
        {
            if (!IsAskedFor(request.Headers, coding))
            {
                request.Headers.TryAddWithoutValidation(AcceptEncoding, coding);
            }
        }
    }

    /// <summary>Whether the caller has listed the coding, with whatever weight: a weight of zero is the caller's wish too.</summary>
    private static bool IsAskedFor(HttpRequestHeaders headers, string coding)
    {
        if (!headers.NonValidated.TryGetValues(AcceptEncoding, out var values))
        {
            return false;
        }

        foreach (var value in values)
        {
            foreach (var range in value.AsSpan().Split(','))
            {
                if (NameOf(value.AsSpan(range)).Equals(coding, StringComparison.OrdinalIgnoreCase))
                {
                    return true;
                }
            }
        }

        return false;
    }

    private static ReadOnlySpan<char> NameOf(ReadOnlySpan<char> member)
    {
        var end = member.IndexOf(';');
        return (end < 0 ? member : member[..end]).Trim(" \t");
    }

    private HttpResponseMessage Decode(HttpResponseMessage response)
    {
        if (!response.Content.Headers.NonValidated.TryGetValues(ContentEncoding, out var values))
        {
            return response;
        }

        var members = new List<string>();
        foreach (var value in values)
        {
            members.AddRange(value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries));
        }

        if (members.Count > 0 && Array.Find(_codings, coding => coding.Equals(members[^1], StringComparison.OrdinalIgnoreCase)) is { } last)
        {
            members.RemoveAt(members.Count - 1);
            response.Content = new DecodedContent(response.Content, last, members);
        }

        return response;
    }
}
