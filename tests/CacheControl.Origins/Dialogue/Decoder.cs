using System.IO.Compression;

namespace HttpCaching.Origins.Dialogue;

/// <summary>Undoes content codings, without the cache's own code.</summary>
internal static class Decoder
{
    /// <summary>The decoded body; null for a body that is not coded, or can't be decoded.</summary>
    public static byte[]? Decodes(Answer answer)
    {
        using var source = new MemoryStream(answer.Body);
        using Stream? decoder = answer["Content-Encoding"] switch
        {
            "gzip" => new GZipStream(source, CompressionMode.Decompress),
            "br" => new BrotliStream(source, CompressionMode.Decompress),
            _ => null,
        };
        if (decoder is null)
        {
            return null;
        }

        try
        {
            using var plain = new MemoryStream();
            decoder.CopyTo(plain);
            return plain.ToArray();
        }
        catch (Exception exception) when (exception is InvalidDataException or InvalidOperationException)
        {
            return null;
        }
    }
}
