using HttpCaching.StoreContract;

namespace HttpCaching.StressHost;

/// <summary>
/// Opens a store and changes it once, as one who has read it before. Opens files by which the shim knows when it begins and ends, and others know that it has read; prints how
/// the change ended.
/// </summary>
public static class StoreStep
{
    /// <summary>What changes a store.</summary>
    public static IReadOnlyList<string> Operations { get; } =
        ["put new", "put small", "put large", "refresh", "remove", "invalidate", "tag", "prefix", "clear", "maintain"];

    /// <summary>The key that is changed.</summary>
    public static CacheKey Subject { get; } = new("https://example.org/subject/1");

    /// <summary>A key that is stored for the first time.</summary>
    public static CacheKey Newcomer { get; } = new("https://example.org/newcomer");

    /// <summary>A key that only clearing and maintenance touch.</summary>
    public static CacheKey Bystander { get; } = new("https://example.org/bystander");

    /// <summary>The file that is there when the store has been read.</summary>
    public const string HasRead = "has-read";

    /// <summary>The tag of what is stored under the subject.</summary>
    public const string Tag = "red";

    internal static async Task<int> RunAsync(string directory, string operation, string signals)
    {
        await File.WriteAllTextAsync(Path.Join(signals, "shim-arm"), string.Empty);
        string result;
        try
        {
            var store = StressStore.Open(directory, StoreLoad.Options());
            using var owned = (IDisposable)store;
            using var snapshot = await store.ReadAsync(operation == "put new" ? Newcomer : Subject, default);
            await File.WriteAllTextAsync(Path.Join(signals, HasRead), string.Empty);
            result = snapshot.Responses.IsEmpty && !operation.StartsWith("put", StringComparison.Ordinal) ? "missing" : await ChangeAsync(store, snapshot, operation) ? "done" : "refused";
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or InvalidOperationException)
        {
            result = "failed " + exception.GetType().Name;
        }

        await File.WriteAllTextAsync(Path.Join(signals, "shim-disarm"), string.Empty);
        Console.WriteLine(result);
        return 0;
    }

    private static async Task<bool> ChangeAsync(IHttpCacheStore store, HttpCacheSnapshot snapshot, string operation)
    {
        var maintenance = (IHttpCacheStoreMaintenance)store;
        switch (operation)
        {
            case "put new":
                return await PutAsync(store, Newcomer, snapshot, 500);
            case "put small":
                return await PutAsync(store, Subject, snapshot, 500);
            case "put large":
                return await PutAsync(store, Subject, snapshot, 300_000);
            case "refresh":
                return await store.ReplaceHeadAsync(
                    Subject, snapshot.Responses[0].Generation, StoredResponses.Refresh(snapshot.Responses[0]), snapshot.Stamp, TimeSpan.FromHours(1), default);
            case "remove":
                await store.RemoveAsync(Subject, snapshot.Responses[0].Generation, default);
                return true;
            case "invalidate":
                await store.InvalidateAsync(Subject.Uri, default);
                return true;
            case "tag":
                await maintenance.RemoveByTagAsync(Tag, default);
                return true;
            case "prefix":
                await maintenance.RemoveByPrefixAsync("https://example.org/subject/", default);
                return true;
            case "clear":
                await maintenance.ClearAsync(default);
                return true;
            default:
                await (store is FileHttpCacheStore files ? files.MaintainAsync() : ((SqliteHttpCacheStore)store).MaintainAsync());
                return true;
        }
    }

    private static async Task<bool> PutAsync(IHttpCacheStore store, CacheKey key, HttpCacheSnapshot snapshot, int length)
    {
        var head = StoredResponses.Refresh(StoredResponses.Get(key.Uri, length, rank: 9, tags: Tag));
        using var writer = await store.BeginWriteAsync(key, length, default);
        return await writer!.WriteAsync(SelfDescribingBody.Create(head.BodyId, length), default)
            && await writer.CommitAsync(new StoreCommit { Head = head, Stamp = snapshot.Stamp, Retention = TimeSpan.FromHours(1) }, default);
    }
}
