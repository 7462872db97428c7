using System.Buffers;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;

namespace HttpCaching.Http;

/// <summary>
/// Follows redirects above the cache, so that every hop is looked up and stored under its own URI. Follows the same ones as
/// <see cref="SocketsHttpHandler"/> and leaves the caller's request in the same state: with the method and URI of the last hop. One difference: a Host that the
/// caller has set does not go to another authority.
/// </summary>
internal sealed class RedirectHandler : DelegatingHandler
{
    private const int DrainBytes = 64 * 1024;

    // A stalled body ends in the background: the platform does not wait for it either. After one useless wait, a request makes no further wait.
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan DrainTime = TimeSpan.FromSeconds(1);

    private readonly int _maxRedirects;

    /// <summary>Creates a handler whose inner handler is set later.</summary>
    /// <param name="maxRedirects">The most redirects to follow; the next one is returned unchanged.</param>
    public RedirectHandler(int maxRedirects = 50) => _maxRedirects = maxRedirects;

    /// <summary>Creates a handler over another one.</summary>
    /// <param name="innerHandler">The handler that sends the requests.</param>
    /// <param name="maxRedirects">The most redirects to follow; the next one is returned unchanged.</param>
    public RedirectHandler(HttpMessageHandler innerHandler, int maxRedirects = 50)
        : base(innerHandler) => _maxRedirects = maxRedirects;

    /// <inheritdoc/>
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var response = await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
        var isPatient = true;
        for (var followed = 0; followed < _maxRedirects && TargetOf(request, response) is { } target; followed++)
        {
            if (Release(response) is { } draining && isPatient)
            {
                await draining.WaitAsync(Patience, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                isPatient = draining.IsCompleted;
            }

            cancellationToken.ThrowIfCancellationRequested();
            Redirect(request, response.StatusCode, target);
            ThrowIfUnsupported(target);
            response = await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
        }

        return response;
    }

    /// <inheritdoc/>
    protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var response = base.Send(request, cancellationToken);
        var isPatient = true;
        for (var followed = 0; followed < _maxRedirects && TargetOf(request, response) is { } target; followed++)
        {
            if (Release(response) is { } draining && isPatient)
            {
                isPatient = draining.Wait((int)Patience.TotalMilliseconds, cancellationToken);
            }

            cancellationToken.ThrowIfCancellationRequested();
            Redirect(request, response.StatusCode, target);
            ThrowIfUnsupported(target);
            response = base.Send(request, cancellationToken);
        }

        return response;
    }

    private static Uri? TargetOf(HttpRequestMessage request, HttpResponseMessage response)
    {
        if ((int)response.StatusCode is not (300 or 301 or 302 or 303 or 307 or 308)
            || request.RequestUri is not { IsAbsoluteUri: true } from
            || !response.Headers.NonValidated.TryGetValues("Location", out var values)
            || FirstOf(values) is not { Length: > 0 } text
            || !Uri.TryCreate(DecodeUtf8(text), UriKind.RelativeOrAbsolute, out var location)
            || !Uri.TryCreate(from, location, out var target))
        {
            return null;
        }

        // A target without a fragment inherits the fragment of the request (RFC 9110 §10.2.2).
        if (from.Fragment.Length > 0 && target.Fragment.Length == 0)
        {
            target = new UriBuilder(target) { Fragment = from.Fragment }.Uri;
        }

        return from.Scheme == Uri.UriSchemeHttps && target.Scheme != Uri.UriSchemeHttps ? null : target;
    }

    private static string FirstOf(HeaderStringValues values)
    {
        foreach (var value in values)
        {
            return value;
        }

        return string.Empty;
    }

    /// <summary>The text, or its decoded form if its characters are bytes of UTF-8, as some servers send it.</summary>
    private static string DecodeUtf8(string text)
    {
        if (Ascii.IsValid(text) || text.AsSpan().ContainsAnyExceptInRange('\0', '\u00ff'))
        {
            return text;
        }

        try
        {
            return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(Encoding.Latin1.GetBytes(text));
        }
        catch (ArgumentException)
        {
            return text;
        }
    }

    private static void Redirect(HttpRequestMessage request, HttpStatusCode statusCode, Uri target)
    {
        // Credentials that the caller set are for the first target only, and a Host that it set is for the first authority.
        request.Headers.Remove("Authorization");
        if (!string.Equals(request.RequestUri!.Authority, target.Authority, StringComparison.OrdinalIgnoreCase))
        {
            request.Headers.Host = null;
        }

        request.RequestUri = target;
        if (!BecomesGet((int)statusCode, request.Method))
        {
            return;
        }

        request.Method = HttpMethod.Get;
        request.Content = null;

        // The typed property, because its state beyond the header line must become the platform's.
        if (request.Headers.TransferEncodingChunked is true)
        {
            request.Headers.TransferEncodingChunked = false;
        }
    }

    /// <summary>
    /// Fails a redirect to an unsupported scheme, with the exceptions of the platform, which takes any scheme for http on another port.
    /// </summary>
    private static void ThrowIfUnsupported(Uri target)
    {
        if (target.Scheme is "http" or "https" or "ws" or "wss")
        {
            return;
        }

        throw target.Host.Length == 0
            ? new UriFormatException($"The redirect leads to a URI without a host, of the scheme '{target.Scheme}'.")
            : new HttpRequestException(HttpRequestError.ConnectionError, $"The redirect leads to the scheme '{target.Scheme}', which is not supported.");
    }

    private static bool BecomesGet(int statusCode, HttpMethod method) => statusCode switch
    {
        300 or 301 or 302 => method == HttpMethod.Post,
        303 => method != HttpMethod.Get && method != HttpMethod.Head,
        _ => false,
    };

    /// <summary>
    /// Reads the small body of a redirect, so that the cache below can store it and the connection can be used again. Then disposes it.
    /// </summary>
    /// <returns>The remaining work, for a second at most; null if there is none. It does not fail.</returns>
    private static Task? Release(HttpResponseMessage response)
    {
        if (IsWorthDraining(response))
        {
            var draining = DrainAsync(response);
            return draining.IsCompleted ? null : draining;
        }

        response.Dispose();
        return null;
    }

    private static async Task DrainAsync(HttpResponseMessage response)
    {
        using var limit = new CancellationTokenSource(DrainTime);
        var buffer = ArrayPool<byte>.Shared.Rent(DrainBytes);
        using (response)
        {
            try
            {
                var stream = await response.Content.ReadAsStreamAsync(limit.Token).ConfigureAwait(false);
                int count;
                var left = DrainBytes;
                while ((count = await stream.ReadAsync(buffer.AsMemory(0, left), limit.Token).ConfigureAwait(false)) > 0)
                {
                    left -= count;
                }
            }
            catch (Exception)
            {
                // Following the redirect does not depend on its body. The buffer is not given back: a read may still be filling it.
                return;
            }
        }

        ArrayPool<byte>.Shared.Return(buffer);
    }

    private static bool IsWorthDraining(HttpResponseMessage response) =>
        response is not CachedResponseMessage
        && !(response.Content.Headers.NonValidated.TryGetValues("Content-Length", out var values)
            && long.TryParse(values.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var length)
            && length is 0 or > DrainBytes);
}
