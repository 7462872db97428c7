using System.IO.Compression;

namespace HttpCaching.Tests.Fuzz.Wire;

/// <summary>The bytes of a body under each coding, well made or not.</summary>
internal static class WireCodings
{
    private const int GzipEndBytes = 8;

    /// <summary>The value of Content-Encoding; null for none.</summary>
    public static string? LabelOf(WireCoding coding) => coding switch
    {
        WireCoding.None => null,
        WireCoding.Deflate or WireCoding.DeflateBare or WireCoding.DeflateCut or WireCoding.DeflateAndMore or WireCoding.DeflateWithoutEnd => "deflate",
        WireCoding.Brotli or WireCoding.BrotliCut or WireCoding.BrotliAndMore or WireCoding.BrotliMislabelled => "br",
        WireCoding.GzipTwice or WireCoding.GzipLabelledTwice => "gzip, gzip",
        WireCoding.GzipAndIdentity => "gzip, identity",
        WireCoding.Identity => "identity",
        WireCoding.XGzip => "x-gzip",
        WireCoding.Empty => string.Empty,
        WireCoding.Unknown => "zstd",
        _ => "gzip",
    };

    public static byte[] BodyOf(WireResource resource, int version, WireCoding coding)
    {
        var plain = new byte[resource.Length];
        new Random(resource.Seed + version).NextBytes(plain);

        // Half of it can be compressed.
        plain.AsSpan(0, plain.Length / 2).Fill((byte)'a');
        return coding switch
        {
            WireCoding.None or WireCoding.Identity or WireCoding.Empty or WireCoding.Unknown or WireCoding.GzipMislabelled or WireCoding.BrotliMislabelled => plain,
            WireCoding.Deflate => Zlib(plain),
            WireCoding.DeflateCut => Half(Zlib(plain)),
            WireCoding.DeflateAndMore => [.. Zlib(plain), 1, 2, 3],
            WireCoding.DeflateWithoutEnd => Zlib(plain) is { Length: > 4 } coded ? coded[..^4] : [],
            WireCoding.DeflateBare => Coded(plain, s => new DeflateStream(s, CompressionLevel.Fastest, leaveOpen: true)),
            WireCoding.Brotli => Brotli(plain),
            WireCoding.BrotliCut => Half(Brotli(plain)),
            WireCoding.BrotliAndMore => [.. Brotli(plain), 1, 2, 3],
            WireCoding.GzipOfTwoMembers => [.. Gzip(plain[..(plain.Length / 2)]), .. Gzip(plain[(plain.Length / 2)..])],
            WireCoding.GzipTwice or WireCoding.GzipDoneTwice => Gzip(Gzip(plain)),
            WireCoding.GzipCut => Half(Gzip(plain)),
            WireCoding.GzipWithoutEnd => Gzip(plain)[..^GzipEndBytes],
            WireCoding.GzipAndMore => [.. Gzip(plain), 1, 2, 3],
            WireCoding.EmptyOfGzip => [],
            _ => Gzip(plain),
        };
    }

    // .NET writes nothing at all for nothing.
    private static byte[] Gzip(byte[] plain) => Coded(plain, s => new GZipStream(s, CompressionLevel.Fastest, leaveOpen: true)) is { Length: > 0 } coded
        ? coded
        : [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0];

    private static byte[] Zlib(byte[] plain) => Coded(plain, s => new ZLibStream(s, CompressionLevel.Fastest, leaveOpen: true));

    private static byte[] Brotli(byte[] plain) => Coded(plain, s => new BrotliStream(s, CompressionLevel.Fastest, leaveOpen: true));

    private static byte[] Half(byte[] coded) => coded[..(coded.Length / 2)];

    private static byte[] Coded(byte[] plain, Func<Stream, Stream> coder)
    {
        using var coded = new MemoryStream();
        using (var stream = coder(coded))
        {
            stream.Write(plain);
        }

        return coded.ToArray();
    }
}
