using System.Security.Cryptography;
using System.Text;
using CacheControl.Fields;

namespace CacheControl.Control;

/// <summary>What a QUERY request asks for: its content and the fields that give it meaning (RFC 10008 §2.7).</summary>
internal static class QueryContent
{
    /// <summary>
    /// A digest of the content with its type, coding and language; null if it has no type or more than <paramref name="limit"/> bytes.
    /// The content can be sent afterwards: it buffers itself, and content of unknown length is left alone.
    /// </summary>
    public static async ValueTask<string?> DigestAsync(HttpRequestMessage request, long limit, CancellationToken cancellationToken)
    {
        if (request.Content is not { } content || !content.Headers.NonValidated.Contains(FieldNames.ContentType))
        {
            return null;
        }

        if (content.Headers.ContentLength > limit)
        {
            return null;
        }

        // Known to be small, or unknown: a length that is not known is not bounded either, so such content is not read here.
        if (content.Headers.ContentLength is null)
        {
            return null;
        }

        await content.LoadIntoBufferAsync(limit, cancellationToken).ConfigureAwait(false);
        var bytes = await content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var name in new[] { FieldNames.ContentType, FieldNames.ContentEncoding, FieldNames.ContentLanguage })
        {
            var value = content.Headers.NonValidated.TryGetValues(name, out var values) ? values.ToString() : string.Empty;
            hash.AppendData(BitConverter.GetBytes(value.Length));
            hash.AppendData(Encoding.UTF8.GetBytes(value));
        }

        hash.AppendData(bytes);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
