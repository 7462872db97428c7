using System.Globalization;
using System.Net;
using HttpCaching.Fields;

namespace HttpCaching.Http;

/// <summary>Makes the responses of the cache. Each is independent of all others: no header object is shared.</summary>
internal static class ResponseWriter
{
    private const string Age = "Age";
    private const string ContentLength = "Content-Length";
    private const string ContentRange = "Content-Range";

    /// <summary>The stored response as it was received, with its current age.</summary>
    /// <param name="stored">The stored response.</param>
    /// <param name="request">The caller's request; null if there is no message of it.</param>
    /// <param name="content">The body; gets the content fields.</param>
    /// <param name="age">The current age, or <see langword="null"/> to show none.</param>
    public static CachedResponseMessage FromStored(StoredResponse stored, HttpRequestMessage? request, HttpContent content, TimeSpan? age)
    {
        var response = Begin(stored, request, content, stored.StatusCode);
        if (StoredMessage.FromSecondUse(stored) is not { } message)
        {
            return Fill(response, stored, age);
        }

        if (message.ReasonPhrase is not null)
        {
            response.ReasonPhrase = message.ReasonPhrase;
        }

        foreach (var line in message.ResponseLines)
        {
            response.Headers.TryAddWithoutValidation(line.Name, line.Value);
        }

        AddAge(response, message, age);
        foreach (var line in message.ContentLines)
        {
            content.Headers.TryAddWithoutValidation(line.Name, line.Value);
        }

        // The length of a HEAD response is that of a body that isn't stored (RFC 9110 §8.6).
        if (message.LengthFits || (message.StoredLength is not null && stored.Method == "HEAD"))
        {
            content.Headers.TryAddWithoutValidation(ContentLength, message.StoredLength);
        }

        return response;
    }

    /// <summary>The same without a prepared form: each line goes where the platform takes it.</summary>
    private static CachedResponseMessage Fill(CachedResponseMessage response, StoredResponse stored, TimeSpan? age)
    {
        if (stored.ReasonPhrase is { } phrase && phrase != response.ReasonPhrase)
        {
            response.ReasonPhrase = phrase;
        }

        var (headers, contentHeaders) = (response.Headers, response.Content.Headers);
        string? length = null;
        foreach (var line in stored.Fields.Lines)
        {
            if (HttpFields.SameName(line.Name, ContentLength))
            {
                length = line.Value;
            }
            else if (!HttpFields.SameName(line.Name, Age) && !headers.TryAddWithoutValidation(line.Name, line.Value))
            {
                contentHeaders.TryAddWithoutValidation(line.Name, line.Value);
            }
        }

        if (age is { } value)
        {
            headers.TryAddWithoutValidation(Age, StoredMessage.SecondsOf(value).ToString(CultureInfo.InvariantCulture));
        }

        if (StoredMessage.IsLengthOf(stored, length) || (length is not null && stored.Method == "HEAD"))
        {
            contentHeaders.TryAddWithoutValidation(ContentLength, length);
        }

        return response;
    }

    /// <summary>A 304 to the caller's own condition, with the fields that RFC 9110 §15.4.5 asks for.</summary>
    /// <param name="stored">The stored response that the condition matched.</param>
    /// <param name="request">The caller's request.</param>
    /// <param name="age">The current age, or <see langword="null"/> to show none.</param>
    public static CachedResponseMessage NotModified(StoredResponse stored, HttpRequestMessage request, TimeSpan? age)
    {
        // Last-Modified is useful to the caller only if there is no entity tag.
        var hasTag = stored.Fields.Contains("ETag");
        return Bare(stored, request, HttpStatusCode.NotModified, age, name => name.ToUpperInvariant() switch
        {
            "ETAG" or "DATE" or "CACHE-CONTROL" or "EXPIRES" or "VARY" or "CONTENT-LOCATION" => true,
            "LAST-MODIFIED" => !hasTag,
            _ => false,
        });
    }

    /// <summary>Adds further fields of the origin's own 304 to the caller's: without a cache the caller would get them.</summary>
    /// <param name="response">The caller's 304.</param>
    /// <param name="fields">The end-to-end lines of the origin's.</param>
    public static void AddMissing(HttpResponseMessage response, HttpFields fields)
    {
        var present = new HashSet<string>(
            response.Headers.NonValidated.Concat(response.Content.Headers.NonValidated).Select(header => header.Key), StringComparer.OrdinalIgnoreCase);
        foreach (var line in fields.Lines)
        {
            // There is no content that a field of that name could describe.
            if (!present.Contains(line.Name)
                && !response.Headers.TryAddWithoutValidation(line.Name, line.Value)
                && !line.Name.StartsWith("Content-", StringComparison.OrdinalIgnoreCase))
            {
                response.Content.Headers.TryAddWithoutValidation(line.Name, line.Value);
            }
        }
    }

    /// <summary>The response to only-if-cached if no stored response can be served (RFC 9111 §5.2.1.7).</summary>
    /// <param name="request">The caller's request.</param>
    /// <param name="date">The time of the answer.</param>
    public static CachedResponseMessage GatewayTimeout(HttpRequestMessage request, DateTimeOffset date)
    {
        var response = new CachedResponseMessage(HttpStatusCode.GatewayTimeout) { RequestMessage = request, Content = new EmptyContent() };
        response.Headers.TryAddWithoutValidation("Date", date.ToUniversalTime().ToString("r", CultureInfo.InvariantCulture));
        response.Headers.TryAddWithoutValidation("Cache-Control", "no-store");
        return response;
    }

    /// <summary>A single part of a stored complete response (RFC 9110 §15.3.7.1).</summary>
    /// <param name="stored">The stored response.</param>
    /// <param name="request">The caller's request.</param>
    /// <param name="content">The bytes of the part.</param>
    /// <param name="range">The positions of its first and its last byte.</param>
    /// <param name="total">The length of the whole representation, or -1 if it is not known.</param>
    /// <param name="age">The current age, or <see langword="null"/> to show none.</param>
    public static CachedResponseMessage Partial(StoredResponse stored, HttpRequestMessage request, HttpContent content, ByteRange range, long total, TimeSpan? age)
    {
        var response = PartialHead(stored, request, content, age);
        content.Headers.TryAddWithoutValidation(ContentLength, (range.Last - range.First + 1).ToString(CultureInfo.InvariantCulture));
        content.Headers.TryAddWithoutValidation(ContentRange, ContentRangeField.Format(range.First, range.Last, total));
        return response;
    }

    /// <summary>A 206 with the stored fields but without those that speak of the bytes sent: the caller of this method adds them.</summary>
    /// <param name="stored">The stored response.</param>
    /// <param name="request">The caller's request.</param>
    /// <param name="content">The body.</param>
    /// <param name="age">The current age, or <see langword="null"/> to show none.</param>
    public static CachedResponseMessage PartialHead(StoredResponse stored, HttpRequestMessage request, HttpContent content, TimeSpan? age)
    {
        var message = StoredMessage.Of(stored);
        var response = Begin(stored, request, content, (int)HttpStatusCode.PartialContent);
        foreach (var line in message.ResponseLines)
        {
            // Content-Digest covers the bytes of one message, Repr-Digest those of the representation (RFC 9530 §2, §3).
            if (!HttpFields.SameName(line.Name, "Content-Digest"))
            {
                response.Headers.TryAddWithoutValidation(line.Name, line.Value);
            }
        }

        AddAge(response, message, age);
        foreach (var line in message.ContentLines)
        {
            if (!HttpFields.SameName(line.Name, ContentRange) && !HttpFields.SameName(line.Name, "Content-MD5"))
            {
                content.Headers.TryAddWithoutValidation(line.Name, line.Value);
            }
        }

        return response;
    }

    /// <summary>The answer to a range of which the representation has no byte (RFC 9110 §15.5.17).</summary>
    /// <param name="stored">The stored response.</param>
    /// <param name="request">The caller's request.</param>
    /// <param name="total">The length of the representation.</param>
    /// <param name="age">The current age, or <see langword="null"/> to show none.</param>
    public static CachedResponseMessage RangeNotSatisfiable(StoredResponse stored, HttpRequestMessage request, long total, TimeSpan? age)
    {
        // The stored freshness is the representation's: a 416 must not carry it to a cache above.
        var response = Bare(
            stored,
            request,
            HttpStatusCode.RequestedRangeNotSatisfiable,
            age,
            name => name.ToUpperInvariant() is "ETAG" or "DATE" or "VARY");
        response.Content.Headers.TryAddWithoutValidation(ContentRange, ContentRangeField.FormatUnsatisfied(total));
        return response;
    }

    private static CachedResponseMessage Begin(StoredResponse stored, HttpRequestMessage? request, HttpContent content, int statusCode) =>
        new((HttpStatusCode)statusCode) { Version = stored.HttpVersion, RequestMessage = request, Content = content };

    private static void AddAge(HttpResponseMessage response, StoredMessage message, TimeSpan? age)
    {
        if (age is { } value)
        {
            response.Headers.TryAddWithoutValidation(Age, message.TextOf(value));
        }
    }

    private static CachedResponseMessage Bare(
        StoredResponse stored,
        HttpRequestMessage request,
        HttpStatusCode statusCode,
        TimeSpan? age,
        Func<string, bool> keep)
    {
        var message = StoredMessage.Of(stored);
        var response = Begin(stored, request, new EmptyContent(), (int)statusCode);
        foreach (var line in message.ResponseLines)
        {
            if (keep(line.Name))
            {
                response.Headers.TryAddWithoutValidation(line.Name, line.Value);
            }
        }

        AddAge(response, message, age);
        foreach (var line in message.ContentLines)
        {
            if (keep(line.Name))
            {
                response.Content.Headers.TryAddWithoutValidation(line.Name, line.Value);
            }
        }

        return response;
    }
}
