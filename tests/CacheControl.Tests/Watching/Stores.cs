using HttpCaching.Tests.Storage.Files;

namespace HttpCaching.Tests.Watching;

/// <summary>The stores that tell their size.</summary>
internal static class Stores
{
    public static IHttpCacheStore Open(string kind, TemporaryDirectory directory, long maximumBytes) => kind switch
    {
        "memory" => new MemoryHttpCacheStore(new MemoryHttpCacheStoreOptions { MaximumBytes = maximumBytes }),
        "file" => new FileHttpCacheStore(directory.Path, new FileHttpCacheStoreOptions { MaximumBytes = maximumBytes }),
        _ => new SqliteHttpCacheStore(Path.Join(directory.Parent, "store.db"), new SqliteHttpCacheStoreOptions { MaximumBytes = maximumBytes }),
    };

    /// <summary>Evicts now what is due.</summary>
    public static Task MaintainAsync(IHttpCacheStore store) => store switch
    {
        FileHttpCacheStore files => files.MaintainAsync(),
        SqliteHttpCacheStore file => file.MaintainAsync(),
        _ => Task.CompletedTask,
    };
}
