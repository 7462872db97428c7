using HttpCaching.StoreContract;

namespace HttpCaching.StressHost;

/// <summary>Changes a store in every way it has, as fast as it can, for ever.</summary>
internal static class StoreLoad
{
    private const int Keys = 60;
    private const int ChangesToBeReady = 20;
    private const int LargestBody = 400_000;

    public static FileHttpCacheStoreOptions Options() => new() { MaximumBytes = 6_000_000, MaximumEntryBytes = 1_000_000 };

    public static async Task<int> RunAsync(string directory, int seed)
    {
        var store = StressStore.Open(directory, Options());
        using var owned = (IDisposable)store;
        var changes = 0;
        await Task.WhenAll(Enumerable.Range(0, 3).Select(worker => Task.Run(async () =>
        {
            var random = new Random((seed * 10) + worker);
            while (true)
            {
                await ChangeAsync(store, random);

                // However busy the machine is: whoever is told may be sure that changes are under way.
                if (Interlocked.Increment(ref changes) == ChangesToBeReady)
                {
                    Console.WriteLine("ready");
                }
            }
        })));
        return 0;
    }

    private static async Task ChangeAsync(IHttpCacheStore store, Random random)
    {
        var key = new CacheKey($"https://example.org/{random.Next(Keys)}", random.Next(4) == 0 ? "scope" : null);
        using var snapshot = await store.ReadAsync(key, default);
        var standing = snapshot.Responses.IsEmpty ? null : snapshot.Responses[random.Next(snapshot.Responses.Length)];
        switch (random.Next(20))
        {
            case 0:
                await store.InvalidateAsync(key.Uri, default);
                break;
            case 1 when standing is not null:
                await store.RemoveAsync(key, standing.Generation, default);
                break;
            case < 6 when standing is not null:
                await store.ReplaceHeadAsync(key, standing.Generation, StoredResponses.Refresh(standing), snapshot.Stamp, TimeSpan.FromHours(1), default);
                break;
            default:
                await PutAsync(store, key, snapshot, random);
                break;
        }
    }

    private static async Task PutAsync(IHttpCacheStore store, CacheKey key, HttpCacheSnapshot snapshot, Random random)
    {
        var length = random.Next(3) == 0 ? random.Next(LargestBody) : random.Next(20_000);
        var head = StoredResponses.Get(key.Uri, length, $"v{random.Next(3)}", random.Next(1000));
        using var writer = await store.BeginWriteAsync(key, random.Next(2) == 0 ? length : null, default);
        var body = SelfDescribingBody.Create(head.BodyId, length);
        for (var offset = 0; offset < length; offset += 50_000)
        {
            await writer!.WriteAsync(body.AsMemory(offset, Math.Min(50_000, length - offset)), default);
        }

        var replaces = snapshot.Responses.FirstOrDefault(r => r.Variant == head.Variant)?.Generation;
        await writer!.CommitAsync(new StoreCommit { Head = head, Stamp = snapshot.Stamp, Replaces = replaces, Retention = TimeSpan.FromHours(1) }, default);
    }
}
