using System.Diagnostics;
using System.Text;
using HttpCaching.StoreContract;

namespace HttpCaching.Tests.Issues;

/// <summary>Responses that say in every part what they are, and a look for that text in files.</summary>
internal static class PlaintextScan
{
    private const string Marker = "CC-PLAINTEXT-MARKER";

    private static readonly byte[][] Markers = [Encoding.UTF8.GetBytes(Marker), Encoding.Unicode.GetBytes(Marker)];

    public static CacheKey Key(int number, bool isScoped = false) => new($"https://example.org/{Marker}/{number}", isScoped ? Marker : null);

    /// <summary>A head with the marker in its URI, its tags and its variant.</summary>
    public static StoredResponse Head(CacheKey key, int variant, int length) =>
        StoredResponses.Get(key.Uri, length, $"{Marker} {variant}", rank: 1, tags: [Marker]);

    /// <summary>A body that is nothing but the marker and its identity.</summary>
    public static byte[] Body(StoredResponse head)
    {
        var text = Encoding.ASCII.GetBytes($"{Marker} {head.BodyId:x16} ");
        var body = new byte[head.BodyLength];
        for (var i = 0; i < body.Length; i++)
        {
            body[i] = text[i % text.Length];
        }

        return body;
    }

    /// <summary>The files below a directory that have the marker in their contents or their names.</summary>
    public static List<string> In(string directory)
    {
        var found = new List<string>();
        foreach (var path in Directory.EnumerateFileSystemEntries(directory, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0 }))
        {
            if (Path.GetRelativePath(directory, path).Contains(Marker, StringComparison.Ordinal) || (File.Exists(path) && HasMarker(path)))
            {
                found.Add(path);
            }
        }

        return found;
    }

    /// <summary>Whether an open or a closed file has the marker in its contents.</summary>
    public static bool HasMarker(string path)
    {
        using var bytes = new MemoryStream();
        if (!TryRead(path, bytes))
        {
            return false;
        }

        var content = bytes.GetBuffer().AsSpan(0, (int)bytes.Length);
        foreach (var marker in Markers)
        {
            if (content.IndexOf(marker) >= 0)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Reads a file that a store may be locking; false if it is gone. A run of maintenance on a busy disk holds its lock for as long as it takes.</summary>
    private static bool TryRead(string path, MemoryStream bytes)
    {
        for (var begun = Stopwatch.GetTimestamp(); ;)
        {
            try
            {
                using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
                file.CopyTo(bytes);
                return true;
            }
            catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
            {
                return false;
            }
            catch (IOException) when (Stopwatch.GetElapsedTime(begun) < TimeSpan.FromMinutes(1))
            {
                Thread.Sleep(1);
            }
        }
    }
}
