using System.Globalization;
using System.Runtime.InteropServices;

namespace HttpCaching.Storage.Files;

/// <summary>The paths of the files of a key.</summary>
internal sealed class FilePlace
{
    private const int StemChars = 2 * FileLayout.HashBytes;

    private FilePlace(int shard, string recordPath)
    {
        Shard = shard;
        RecordPath = recordPath;
    }

    /// <summary>A place in a directory, by its stem: a hash.</summary>
    public FilePlace(int shard, string directory, string stem)
        : this(shard, Path.Join(directory, stem + FileLayout.RecordExtension))
    {
        Directory = directory;
        Stem = stem;
    }

    public int Shard { get; }

    public string RecordPath { get; }

    /// <summary>The directory of the files: the shard's, or that of the scopes of one URI.</summary>
    public string Directory => field ??= RecordPath[..(StemStart - 1)];

    /// <summary>The part of the key's file names before the dot.</summary>
    public string Stem => field ??= RecordPath.Substring(StemStart, StemChars);

    /// <summary>Whether the directory is one of scopes, which is made when needed and removed when empty.</summary>
    public bool IsScoped => Directory.EndsWith(FileLayout.ScopesExtension, StringComparison.Ordinal);

    private int StemStart => RecordPath.Length - FileLayout.RecordExtension.Length - StemChars;

    /// <summary>The beginning of the hash of the URI, as file names have it.</summary>
    public byte[] UriHash() =>
        Convert.FromHexString(IsScoped ? Path.GetFileNameWithoutExtension(Directory) : Stem);

    /// <summary>The place of a key. Reading needs only the path of the record: other paths are made when asked for.</summary>
    public static FilePlace Of(string root, CacheKey key, FileSeal seal)
    {
        // <separator> shard <separator> stem, and for a scope <extension> <separator> stem.
        Span<char> path = stackalloc char[4 + StemChars + FileLayout.ScopesExtension.Length + 1 + StemChars];
        var shard = Hash(key.Uri, seal, path[4..]);
        path[0] = path[3] = Path.DirectorySeparatorChar;
        shard.TryFormat(path[1..], out _, "x2", CultureInfo.InvariantCulture);
        var length = 4 + StemChars;
        if (key.Scope is not null)
        {
            FileLayout.ScopesExtension.CopyTo(path[length..]);
            length += FileLayout.ScopesExtension.Length;
            path[length++] = Path.DirectorySeparatorChar;
            Hash(key.Scope, seal, path[length..]);
            length += StemChars;
        }

        return new FilePlace(shard, string.Concat(root, path[..length], FileLayout.RecordExtension));
    }

    public static string ShardDirectory(string root, int shard) => Path.Join(root, ShardName(shard));

    public static string ShardName(int shard) => shard.ToString("x2", CultureInfo.InvariantCulture);

    public string BodyPath(FileId id) => Path.Join(Directory, $"{Stem}.{id}{FileLayout.BodyExtension}");

    /// <summary>
    /// The path where a record is written before the rename, in the same directory: a rename between directories makes all processes of the machine wait for
    /// each other.
    /// </summary>
    /// <param name="id">The id of the record.</param>
    public string TemporaryPath(FileId id) => Path.Join(Directory, $"{Stem}.{id}{FileLayout.TemporaryExtension}");

    /// <summary>Writes the stem of a text. Returns its first byte.</summary>
    private static byte Hash(string text, FileSeal seal, Span<char> stem)
    {
        Span<byte> hash = stackalloc byte[32];
        seal.HashName(MemoryMarshal.AsBytes(text.AsSpan()), hash);
        Convert.TryToHexStringLower(hash[..FileLayout.HashBytes], stem, out _);
        return hash[0];
    }
}
