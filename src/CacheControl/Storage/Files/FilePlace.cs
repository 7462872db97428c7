using System.Globalization;
using System.Runtime.InteropServices;
using CacheControl.Model;

namespace CacheControl.Storage.Files;

/// <summary>Where the files of a key lie.</summary>
internal sealed class FilePlace
{
    /// <summary>A place in a directory, by its stem: a hash.</summary>
    public FilePlace(int shard, string directory, string stem)
    {
        Shard = shard;
        Directory = directory;
        RecordPath = Path.Join(directory, stem + FileLayout.RecordExtension);
        Stem = stem;
    }

    public int Shard { get; }

    /// <summary>The directory of the files: the shard's, or that of the scopes of one URI.</summary>
    public string Directory { get; }

    /// <summary>What the names of the key's files begin with, before the dot.</summary>
    public string Stem { get; }

    public string RecordPath { get; }

    /// <summary>Whether it is a place in a directory of scopes, which is made when needed and removed when empty.</summary>
    public bool IsScoped => Directory.EndsWith(FileLayout.ScopesExtension, StringComparison.Ordinal);

    /// <summary>The beginning of the hash of the URI, as names have it.</summary>
    public byte[] UriHash() =>
        Convert.FromHexString(IsScoped ? Path.GetFileNameWithoutExtension(Directory) : Stem);

    /// <summary>The place of a key.</summary>
    public static FilePlace Of(string root, CacheKey key, FileSeal seal)
    {
        Span<byte> hash = stackalloc byte[32];
        seal.HashName(MemoryMarshal.AsBytes(key.Uri.AsSpan()), hash);
        var shard = hash[0];
        var directory = ShardDirectory(root, shard);
        var stem = Convert.ToHexStringLower(hash[..FileLayout.HashBytes]);
        if (key.Scope is null)
        {
            return new FilePlace(shard, directory, stem);
        }

        seal.HashName(MemoryMarshal.AsBytes(key.Scope.AsSpan()), hash);
        return new FilePlace(
            shard, Path.Join(directory, stem + FileLayout.ScopesExtension), Convert.ToHexStringLower(hash[..FileLayout.HashBytes]));
    }

    public static string ShardDirectory(string root, int shard) => Path.Join(root, ShardName(shard));

    public static string ShardName(int shard) => shard.ToString("x2", CultureInfo.InvariantCulture);

    public string BodyPath(FileId id) => Path.Join(Directory, $"{Stem}.{id}{FileLayout.BodyExtension}");
}
