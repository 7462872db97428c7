using HttpCaching.Redis.Tests.Engines;
using HttpCaching.StoreContract;

namespace HttpCaching.Redis.Tests.Store;

/// <summary>Removals everywhere, while others store: nothing that was requested before a removal is there after it.</summary>
public abstract class RacingRemovalTests(IEngine engine)
{
    private const int Keys = 40;
    private const int Removals = 12;

    protected async Task RaceAsync(Func<RedisHttpCacheStore, int, Task> remove)
    {
        await using var writing = await StoreFixture.StartAsync(engine);
        using var removing = new RedisHttpCacheStore(writing.Connection, writing.Options);
        var begun = 0;
        var isOver = false;
        var stored = 0;
        var writers = Enumerable.Range(0, 4).Select(worker => Task.Run(async () =>
        {
            var random = new Random(worker);
            while (!Volatile.Read(ref isOver))
            {
                var key = KeyOf(random.Next(Keys));
                using var snapshot = await writing.Store.ReadAsync(key, default);

                // The rank tells which removal had begun when the response was asked for.
                var head = StoredResponses.Get(key.Uri, random.Next(20) == 0 ? 20_000 : 50, rank: Volatile.Read(ref begun), tags: "t");
                await Task.Delay(random.Next(3));
                if (await writing.TryPutAsync(key, head, snapshot.Stamp, snapshot.Responses.FirstOrDefault()?.Generation))
                {
                    Interlocked.Increment(ref stored);
                }
            }
        })).ToArray();
        try
        {
            for (var i = 1; i <= Removals; i++)
            {
                var enough = Volatile.Read(ref stored) + 20;
                await Wait.UntilAsync(() => Task.FromResult(Volatile.Read(ref stored) >= enough), "for responses to be stored");
                Volatile.Write(ref begun, i);
                await remove(removing, i);
                for (var k = 0; k < Keys; k++)
                {
                    using var snapshot = await removing.ReadAsync(KeyOf(k), default);
                    snapshot.Responses.Where(r => r.Rank < i).Should().BeEmpty("what was requested before is gone");
                }
            }
        }
        finally
        {
            Volatile.Write(ref isOver, true);
            await Task.WhenAll(writers);
        }
    }

    private static CacheKey KeyOf(int number) => new($"https://example.org/{number}", number % 3 == 0 ? "scope" : null);
}

/// <summary>On Garnet.</summary>
public sealed class GarnetRacingRemovalTests(GarnetEngine engine) : RacingRemovalTests(engine), IClassFixture<GarnetEngine>
{
    [Fact]
    public Task RemoveByTag_OthersStore_NothingOlderIsLeft() => RaceAsync((store, _) => store.RemoveByTagAsync("t", default).AsTask());

    [Fact]
    public Task Clear_OthersStore_NothingOlderIsLeft() => RaceAsync((store, _) => store.ClearAsync(default).AsTask());
}

/// <summary>On a Cluster.</summary>
public sealed class ClusterRacingRemovalTests(ClusterEngine engine) : RacingRemovalTests(engine), IClassFixture<ClusterEngine>
{
    [EngineFact]
    public Task EachRemoval_OthersStore_NothingOlderIsLeft() => RaceAsync((store, i) => (i % 3) switch
    {
        0 => store.RemoveByTagAsync("t", default).AsTask(),
        1 => store.RemoveByPrefixAsync("https://example.org/", default).AsTask(),
        _ => store.ClearAsync(default).AsTask(),
    });
}
