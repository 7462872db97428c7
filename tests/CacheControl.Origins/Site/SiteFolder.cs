using System.Collections.Concurrent;
using System.IO.Compression;
using System.Text;

namespace HttpCaching.Origins.Site;

/// <summary>The files of one set-up's dialogue below a server's root: each has versions, and each version a time of its own.</summary>
internal sealed class SiteFolder(string root, string name)
{
    // Far enough in the past for a heuristic lifetime, in whole seconds.
    private static readonly DateTimeOffset FirstVersion = DateTimeOffset.FromUnixTimeSeconds(DateTimeOffset.UtcNow.AddDays(-30).ToUnixTimeSeconds());

    // The same for every server and set-up.
    private static readonly ConcurrentDictionary<(string File, int Version, int Length), byte[]> Made = new();

    /// <summary>Its path in URIs, which ends with a slash.</summary>
    public string Path { get; } = name + "/";

    /// <summary>Puts a version of a file in place at once, as deployments do.</summary>
    /// <returns>Its path in URIs.</returns>
    public string Publish(string file, int version = 1, int? length = null)
    {
        var bytes = Made.GetOrAdd((file, version, length ?? DefaultLength(file)), made => BytesOf(made.File, made.Version, made.Length));
        var path = System.IO.Path.Combine(root, name, file);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        Place(path, bytes, version);
        if (IsPrecompressed(file))
        {
            Place(path + ".gz", Compress(bytes, stream => new GZipStream(stream, CompressionLevel.Fastest)), version);
            Place(path + ".br", Compress(bytes, stream => new BrotliStream(stream, CompressionLevel.Fastest)), version);
        }

        return Path + file;
    }

    public void Remove(string file) => File.Delete(System.IO.Path.Combine(root, name, file));

    private static bool IsPrecompressed(string file) => file.EndsWith(".css", StringComparison.Ordinal);

    private static int DefaultLength(string file) => IsPrecompressed(file) ? 9_000 : 16_000;

    private static void Place(string path, byte[] bytes, int version)
    {
        var staging = path + ".new";
        File.WriteAllBytes(staging, bytes);
        File.SetLastWriteTimeUtc(staging, FirstVersion.AddHours(version).UtcDateTime);
        File.Move(staging, path, overwrite: true);
    }

    private static byte[] BytesOf(string file, int version, int length)
    {
        if (file.EndsWith(".gz", StringComparison.Ordinal))
        {
            return Compress(Text(file, version, length), stream => new GZipStream(stream, CompressionLevel.Optimal));
        }

        if (file.EndsWith(".bin", StringComparison.Ordinal))
        {
            var random = new byte[length + version];
            new Random(version).NextBytes(random);
            return random;
        }

        return Text(file, version, length);
    }

    private static byte[] Text(string file, int version, int length)
    {
        // Every version has a length of its own: some tags are made of the length and the time.
        var random = new Random(version);
        var text = new StringBuilder($"/* {file.Replace("copy-", "", StringComparison.Ordinal)}, version {version} */\n");
        while (text.Length < length + version)
        {
            text.Append("line ").Append(text.Length).Append(": ").Append(random.Next(1_000_000)).Append('\n');
        }

        return Encoding.ASCII.GetBytes(text.ToString(0, length + version));
    }

    private static byte[] Compress(byte[] bytes, Func<Stream, Stream> coder)
    {
        using var coded = new MemoryStream();
        using (var stream = coder(coded))
        {
            stream.Write(bytes);
        }

        return coded.ToArray();
    }
}
