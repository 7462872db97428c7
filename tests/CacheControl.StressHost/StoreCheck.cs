using HttpCaching.StoreContract;

namespace HttpCaching.StressHost;

/// <summary>Opens a store that another process has left, and reads all of it.</summary>
internal static class StoreCheck
{
    public static async Task<int> RunAsync(string directory)
    {
        if (StressStore.IsSqlite(directory, out var path))
        {
            return await SqliteCheck.RunAsync(path);
        }

        // No need to wait for the files of the dead to age: nobody else is here.
        using var store = new FileHttpCacheStore(directory, StoreLoad.Options().ToSettings() with { OrphanAge = TimeSpan.Zero });
        var booked = store.Bytes;
        var actualBefore = BytesOnDisk(directory);
        var (keys, responses) = await CountAsync(store, store);
        if (responses < 0)
        {
            return 1;
        }

        var drift = Math.Abs(booked - actualBefore);
        await store.MaintainAsync();
        Console.WriteLine(
            $"keys={keys} responses={responses} drift={drift} booked={store.Bytes} actual={BytesOnDisk(directory)} "
            + $"records={Files(directory, "*.r").Length}/{store.Keys} orphans={CountOrphans(directory, responses)} "
            + $"temporary={Files(Path.Join(directory, "v1", "tmp"), "*").Concat(Files(directory, "*.t")).Count()}");
        return 0;
    }

    /// <summary>Reads all that a store lists.</summary>
    /// <returns>The number of responses, or -1 if one was wrong; what is printed then.</returns>
    public static async Task<int> CountRightAsync(SqliteHttpCacheStore store) => (await CountAsync(store, store)).Responses;

    private static async Task<(int Keys, int Responses)> CountAsync(IHttpCacheStore store, IHttpCacheStoreMaintenance maintenance)
    {
        var responses = 0;
        var keys = new HashSet<CacheKey>();
        await foreach (var (key, _) in maintenance.EnumerateAsync(default))
        {
            keys.Add(key);
        }

        foreach (var key in keys)
        {
            using var snapshot = await store.ReadAsync(key, default);
            if (snapshot.Responses.IsEmpty)
            {
                return (0, -Fail($"{key} is listed and can't be read"));
            }

            foreach (var response in snapshot.Responses)
            {
                responses++;
                if (!await IsRightAsync(key, snapshot, response))
                {
                    return (0, -Fail($"the body of {key} {response.Variant} is wrong"));
                }
            }
        }

        return (keys.Count, responses);
    }

    /// <summary>Bodies above the inline limit have one file each; more files than that have no record.</summary>
    private static int CountOrphans(string directory, int responses) => Math.Max(0, Files(directory, "*.b").Length - responses);

    private static int Fail(string message)
    {
        Console.WriteLine("fault: " + message);
        return 1;
    }

    private static async Task<bool> IsRightAsync(CacheKey key, HttpCacheSnapshot snapshot, StoredResponse response)
    {
        using var body = await snapshot.OpenBodyAsync(response, default);
        var bytes = new byte[body.Length];
        for (var offset = 0; offset < bytes.Length;)
        {
            var count = await body.ReadAsync(offset, bytes.AsMemory(offset), default);
            if (count == 0)
            {
                return false;
            }

            offset += count;
        }

        return response.TargetUri == key.Uri && bytes.Length == response.BodyLength
            && SelfDescribingBody.Matches(response.BodyId, response.BodyLength, 0, bytes);
    }

    private static string[] Files(string directory, string pattern) => Directory.GetFiles(directory, pattern, SearchOption.AllDirectories);

    private static long BytesOnDisk(string directory) =>
        Files(directory, "*.r").Concat(Files(directory, "*.b")).Sum(f => (new FileInfo(f).Length + 4095) / 4096 * 4096);
}
