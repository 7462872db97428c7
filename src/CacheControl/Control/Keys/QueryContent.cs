using System.Collections.Frozen;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using HttpCaching.Fields;
using HttpCaching.Http;
using HttpCaching.Policy;

namespace HttpCaching.Control.Keys;

/// <summary>The meaning of a QUERY request, or of a POST that only asks: its content and the fields that describe it (RFC 10008 §2.7).</summary>
internal static class QueryContent
{
    /// <summary>
    /// The content; null if it has no type or more than <paramref name="limit"/> bytes. The content can be sent afterwards: it buffers itself.
    /// </summary>
    /// <param name="request">The request.</param>
    /// <param name="limit">The most bytes to read.</param>
    /// <param name="cancellationToken">The caller's token.</param>
    public static async ValueTask<ReadOnlyMemory<byte>?> ReadAsync(HttpRequestMessage request, long limit, CancellationToken cancellationToken)
    {
        if (request.Content is not { } content || !content.Headers.NonValidated.Contains(FieldNames.ContentType))
        {
            return null;
        }

        // Content of unknown length is not bounded, and may not be there twice, so it is left alone. JSON is written from an object, which is there again.
        if (content.Headers.ContentLength is { } length ? length > limit : content is not JsonContent)
        {
            return null;
        }

        try
        {
            await content.LoadIntoBufferAsync(limit, cancellationToken).ConfigureAwait(false);
        }
        catch (HttpRequestException) when (content is JsonContent)
        {
            // It is longer than that.
            return null;
        }

        return await content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>A digest of the content with its type, coding and language.</summary>
    /// <param name="request">The request.</param>
    /// <param name="content">Its content.</param>
    /// <param name="normalizers">For each media type, a function that turns content of one meaning into the same bytes, which are hashed and never sent; null for none.</param>
    public static string DigestOf(
        HttpRequestMessage request, ReadOnlyMemory<byte> content, FrozenDictionary<string, Func<ReadOnlyMemory<byte>, ReadOnlyMemory<byte>>>? normalizers)
    {
        var headers = request.Content!.Headers.NonValidated;
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var name in new[] { FieldNames.ContentType, FieldNames.ContentEncoding, FieldNames.ContentLanguage })
        {
            var value = headers.TryGetValues(name, out var values) ? values.ToString() : string.Empty;
            hash.AppendData(BitConverter.GetBytes(value.Length));
            hash.AppendData(Encoding.UTF8.GetBytes(value));
        }

        hash.AppendData(Normalize(request, content, normalizers).Span);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>Content with the same bytes and fields, which stays readable after the caller has disposed the original. The original must be buffered.</summary>
    public static ByteArrayContent? Copy(HttpRequestMessage request)
    {
        if (request.Content is not { } original)
        {
            return null;
        }

        // Buffered when its key was made, so this does not wait.
        var copy = new ByteArrayContent(original.ReadAsByteArrayAsync().GetAwaiter().GetResult());
        foreach (var header in original.Headers.NonValidated)
        {
            RawHeaders.Add(copy.Headers, header.Key, header.Value);
        }

        return copy;
    }

    private static ReadOnlyMemory<byte> Normalize(
        HttpRequestMessage request, ReadOnlyMemory<byte> bytes, FrozenDictionary<string, Func<ReadOnlyMemory<byte>, ReadOnlyMemory<byte>>>? normalizers)
    {
        var headers = request.Content!.Headers.NonValidated;
        if (normalizers is null or { Count: 0 }
            || headers.Contains(FieldNames.ContentEncoding)
            || !headers.TryGetValues(FieldNames.ContentType, out var types)
            || !normalizers.TryGetValue(ContentRules.MediaTypeOf(types.ToString()), out var normalize))
        {
            return bytes;
        }

        return normalize(bytes);
    }
}
