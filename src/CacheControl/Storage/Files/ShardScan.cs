namespace HttpCaching.Storage.Files;

/// <summary>Lists the files of a shard. Leaves out files whose names this store never makes.</summary>
internal static class ShardScan
{
    private static readonly EnumerationOptions All = new() { AttributesToSkip = 0, IgnoreInaccessible = true };

    /// <summary>The keys of a shard, with their files.</summary>
    public static List<ScannedKey> Scan(string root, int shard)
    {
        var keys = new List<ScannedKey>();
        var directory = new DirectoryInfo(FilePlace.ShardDirectory(root, shard));
        ScanDirectory(directory, shard, keys);
        foreach (var scopes in ScopesOf(directory))
        {
            ScanDirectory(scopes, shard, keys);
        }

        return keys;
    }

    /// <summary>The places of a shard's records.</summary>
    public static IEnumerable<FilePlace> Records(string root, int shard)
    {
        var directory = new DirectoryInfo(FilePlace.ShardDirectory(root, shard));
        return RecordsOf(directory, shard).Concat(ScopesOf(directory).SelectMany(scopes => RecordsOf(scopes, shard)));
    }

    /// <summary>The places of the records of a URI in all scopes.</summary>
    /// <param name="common">The place of its common scope, where a record may be missing.</param>
    public static IEnumerable<FilePlace> RecordsOfUri(FilePlace common) =>
        RecordsOf(new DirectoryInfo(Path.Join(common.Directory, common.Stem + FileLayout.ScopesExtension)), common.Shard).Prepend(common);

    private static IEnumerable<FilePlace> RecordsOf(DirectoryInfo directory, int shard)
    {
        foreach (var path in ListOrNothing(() => directory.EnumerateFiles("*" + FileLayout.RecordExtension, All)))
        {
            if (IsStem(Path.GetFileNameWithoutExtension(path.Name)))
            {
                yield return new FilePlace(shard, directory.FullName, Path.GetFileNameWithoutExtension(path.Name));
            }
        }
    }

    private static IEnumerable<DirectoryInfo> ScopesOf(DirectoryInfo directory) =>
        ListOrNothing(() => directory.EnumerateDirectories("*" + FileLayout.ScopesExtension, All));

    private static void ScanDirectory(DirectoryInfo directory, int shard, List<ScannedKey> keys)
    {
        var byStem = new Dictionary<string, ScannedKey>(StringComparer.Ordinal);
        foreach (var file in ListOrNothing(() => directory.EnumerateFiles("*", All)))
        {
            var stem = file.Name.Split('.')[0];
            if (!IsStem(stem) || file.Extension is not (FileLayout.RecordExtension or FileLayout.BodyExtension or FileLayout.TemporaryExtension))
            {
                continue;
            }

            if (!byStem.TryGetValue(stem, out var key))
            {
                key = new ScannedKey(new FilePlace(shard, directory.FullName, stem));
                byStem.Add(stem, key);
                keys.Add(key);
            }

            Add(key, file);
        }
    }

    private static void Add(ScannedKey key, FileInfo file)
    {
        try
        {
            if (file.Extension == FileLayout.RecordExtension)
            {
                key.AddRecord(file.Length, file.LastWriteTimeUtc);
            }
            else if (file.Extension == FileLayout.TemporaryExtension)
            {
                key.Temporaries.Add(file.FullName);
            }
            else
            {
                key.AddBody(file.FullName, file.Length);
            }
        }
        catch (IOException)
        {
            // Deleted since the listing.
        }
    }

    private static bool IsStem(string text) => text.Length == 2 * FileLayout.HashBytes && text.All(char.IsAsciiHexDigitLower);

    private static List<T> ListOrNothing<T>(Func<IEnumerable<T>> list)
    {
        try
        {
            return [.. list()];
        }
        catch (DirectoryNotFoundException)
        {
            return [];
        }
    }
}
