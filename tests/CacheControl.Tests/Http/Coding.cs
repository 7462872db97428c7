using System.IO.Compression;

namespace HttpCaching.Tests.Http;

/// <summary>The content codings as servers apply them; <c>raw</c> is deflate without its zlib frame, as some send it.</summary>
internal static class Coding
{
    public static byte[] Encode(string coding, byte[] data)
    {
        using var target = new MemoryStream();
        using (var encoder = Encoder(coding, target))
        {
            encoder.Write(data);
        }

        return target.ToArray();
    }

    public static Stream Encoder(string coding, Stream target) => coding switch
    {
        "gzip" => new GZipStream(target, CompressionLevel.Optimal, true),
        "deflate" => new ZLibStream(target, CompressionLevel.Optimal, true),
        "raw" => new DeflateStream(target, CompressionLevel.Optimal, true),
        _ => new BrotliStream(target, CompressionLevel.Optimal, true),
    };

    public static byte[] Decode(string coding, byte[] data)
    {
        using var source = new MemoryStream(data);
        using Stream decoder = coding == "gzip" ? new GZipStream(source, CompressionMode.Decompress) : new BrotliStream(source, CompressionMode.Decompress);
        using var target = new MemoryStream();
        decoder.CopyTo(target);
        return target.ToArray();
    }

    public static string NameOf(string coding) => coding == "raw" ? "deflate" : coding;
}
