using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text;
using HttpCaching.Fields;
using HttpCaching.Http;

namespace HttpCaching.Control.Keys;

/// <summary>The meaning of a QUERY request: its content and the fields that describe it (RFC 10008 §2.7).</summary>
internal static class QueryContent
{
    /// <summary>
    /// A digest of the content with its type, coding and language; null if it has no type or more than <paramref name="limit"/> bytes.
    /// The content can be sent afterwards: it buffers itself, and content of unknown length is left alone.
    /// </summary>
    /// <param name="request">The request.</param>
    /// <param name="limit">The most bytes to read.</param>
    /// <param name="normalizers">For each media type, a function that turns content of one meaning into the same bytes, which are hashed and never sent; null for none.</param>
    /// <param name="cancellationToken">The caller's token.</param>
    public static async ValueTask<string?> DigestAsync(
        HttpRequestMessage request,
        long limit,
        FrozenDictionary<string, Func<ReadOnlyMemory<byte>, ReadOnlyMemory<byte>>>? normalizers,
        CancellationToken cancellationToken)
    {
        if (request.Content is not { } content || !content.Headers.NonValidated.Contains(FieldNames.ContentType))
        {
            return null;
        }

        // The length is small or unknown. Content of unknown length is not bounded, so it is not read here.
        if (content.Headers.ContentLength is not { } length || length > limit)
        {
            return null;
        }

        await content.LoadIntoBufferAsync(limit, cancellationToken).ConfigureAwait(false);
        ReadOnlyMemory<byte> bytes = await content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var name in new[] { FieldNames.ContentType, FieldNames.ContentEncoding, FieldNames.ContentLanguage })
        {
            var value = content.Headers.NonValidated.TryGetValues(name, out var values) ? values.ToString() : string.Empty;
            hash.AppendData(BitConverter.GetBytes(value.Length));
            hash.AppendData(Encoding.UTF8.GetBytes(value));
        }

        hash.AppendData(Normalize(request, bytes, normalizers).Span);
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
            || !normalizers.TryGetValue(MediaTypeOf(types.ToString()), out var normalize))
        {
            return bytes;
        }

        return normalize(bytes);
    }

    private static string MediaTypeOf(string contentType)
    {
        var end = contentType.IndexOf(';');
        return (end < 0 ? contentType : contentType[..end]).Trim();
    }
}
