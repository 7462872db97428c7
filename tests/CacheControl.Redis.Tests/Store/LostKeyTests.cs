using System.Globalization;
using HttpCaching.Redis.Keys;
using HttpCaching.Redis.Tests.Engines;
using HttpCaching.Redis.Tests.Faults;
using HttpCaching.StoreContract;

namespace HttpCaching.Redis.Tests.Store;

/// <summary>An engine that is short of memory may drop any key at any time; and others may write into keys that are not theirs.</summary>
public abstract class LostKeyTests(IEngine engine)
{
    private const int Large = 500_000;

    [Fact]
    public async Task Read_RecordLost_IsMissAndStoresAgain()
    {
        await using var fixture = await StoreFixture.StartAsync(engine);
        await fixture.PutAsync(StoreFixture.Key, Large);
        await fixture.Database.KeyDeleteAsync(fixture.Place.Root);

        (await fixture.CountAsync(StoreFixture.Key)).Should().Be(0);
        await fixture.PutAsync(StoreFixture.Key, Large);
        (await fixture.CountAsync(StoreFixture.Key)).Should().Be(1);
    }

    [Fact]
    public async Task Commit_StampLostMeanwhile_IsRefused()
    {
        await using var fixture = await StoreFixture.StartAsync(engine);
        using var before = await fixture.Store.ReadAsync(StoreFixture.Key, default);
        await fixture.Store.InvalidateAsync(StoreFixture.Key.Uri, default);
        await fixture.Database.KeyDeleteAsync(fixture.Place.Root);
        (await fixture.TryPutAsync(StoreFixture.Key, StoredResponses.Get(StoreFixture.Key.Uri), before.Stamp)).Should().BeFalse();

        // Also if another request has brought a stamp back.
        (await fixture.CountAsync(StoreFixture.Key)).Should().Be(0);
        (await fixture.TryPutAsync(StoreFixture.Key, StoredResponses.Get(StoreFixture.Key.Uri), before.Stamp)).Should().BeFalse();
        (await fixture.CountAsync(StoreFixture.Key)).Should().Be(0);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Commit_EpochLostAfterRemovalEverywhere_IsRefused(bool byAnotherStore)
    {
        await using var fixture = await StoreFixture.StartAsync(engine);
        using var other = new RedisHttpCacheStore(fixture.Connection, fixture.Options);
        using var before = await fixture.Store.ReadAsync(StoreFixture.Key, default);
        await (byAnotherStore ? other : fixture.Store).RemoveByPrefixAsync("https://", default);
        await fixture.Database.KeyDeleteAsync(fixture.Keys.EpochOf(fixture.Place.Bucket));

        (await fixture.TryPutAsync(StoreFixture.Key, StoredResponses.Get(StoreFixture.Key.Uri), before.Stamp)).Should().BeFalse();

        await fixture.PutAsync(StoreFixture.Key);
        (await fixture.CountAsync(StoreFixture.Key)).Should().Be(1);
    }

    [Fact]
    public async Task Commit_AnotherStoreRemovedEverywhere_IsRefusedOnce()
    {
        await using var fixture = await StoreFixture.StartAsync(engine);
        using var other = new RedisHttpCacheStore(fixture.Connection, fixture.Options);
        var standing = await fixture.PutAsync(StoreFixture.Key);
        await other.RemoveByPrefixAsync("https://elsewhere", default);

        // What this store remembers of the epoch is old: one commit is lost, which another request makes good.
        using var late = await fixture.Store.ReadAsync(StoreFixture.Key, default);
        var next = StoredResponses.Get(StoreFixture.Key.Uri, rank: 2);
        (await fixture.TryPutAsync(StoreFixture.Key, next, late.Stamp, standing.Generation)).Should().BeFalse();
        using var again = await fixture.Store.ReadAsync(StoreFixture.Key, default);
        (await fixture.TryPutAsync(StoreFixture.Key, next, again.Stamp, standing.Generation)).Should().BeTrue();
    }

    [Fact]
    public async Task OpenBody_ChunksLost_ThrowsAndRemovesTheHead()
    {
        await using var fixture = await StoreFixture.StartAsync(engine);
        await fixture.PutAsync(StoreFixture.Key, Large);
        await fixture.Database.KeyDeleteAsync(await fixture.BodyNameAsync());
        using var snapshot = await fixture.Store.ReadAsync(StoreFixture.Key, default);

        await snapshot.Invoking(s => s.OpenBodyAsync(s.Responses[0], default).AsTask()).Should().ThrowAsync<IOException>();

        await Wait.UntilAsync(async () => await fixture.CountAsync(StoreFixture.Key) == 0, "for the head to be removed");
    }

    [Theory]
    [InlineData("1", "")]
    [InlineData("2", "x")]
    [InlineData("0", "junk of another length")]
    public async Task OpenBody_OneChunkDamaged_Throws(string field, string value)
    {
        await using var fixture = await StoreFixture.StartAsync(engine);
        await fixture.PutAsync(StoreFixture.Key, Large);
        await fixture.Database.HashSetAsync(await fixture.BodyNameAsync(), field, value);
        using var snapshot = await fixture.Store.ReadAsync(StoreFixture.Key, default);

        await snapshot.Invoking(s => s.OpenBodyAsync(s.Responses[0], default).AsTask()).Should().ThrowAsync<IOException>();
    }

    [Fact]
    public async Task ReadBody_ChunkExchanged_ThrowsAndNeverGivesItsBytes()
    {
        await using var fixture = await StoreFixture.StartAsync(engine);
        await fixture.PutAsync(StoreFixture.Key, Large);
        var name = await fixture.BodyNameAsync();
        await fixture.Database.HashSetAsync(name, "1", await fixture.Database.HashGetAsync(name, "2"));
        using var snapshot = await fixture.Store.ReadAsync(StoreFixture.Key, default);
        using var body = await snapshot.OpenBodyAsync(snapshot.Responses[0], default);
        (await body.ReadAsync(0, new byte[10], default)).Should().Be(10);

        await body.Invoking(b => b.ReadAsync(fixture.Options.ChunkBytes, new byte[10], default).AsTask()).Should().ThrowAsync<IOException>();
    }

    [Fact]
    public async Task ReadBody_ChunksLostMeanwhile_ThrowsAndNeverEndsEarly()
    {
        await using var fixture = await StoreFixture.StartAsync(engine, o => o.ChunkBytes = 8192);
        await fixture.PutAsync(StoreFixture.Key, Large);
        using var snapshot = await fixture.Store.ReadAsync(StoreFixture.Key, default);
        using var body = await snapshot.OpenBodyAsync(snapshot.Responses[0], default);
        (await body.ReadAsync(0, new byte[10], default)).Should().Be(10);
        await fixture.Database.KeyDeleteAsync(await fixture.BodyNameAsync());

        await body.Invoking(b => b.ReadAsync(Large - 10, new byte[10], default).AsTask()).Should().ThrowAsync<IOException>();
    }

    [Fact]
    public async Task Commit_StagedChunksLost_StoresNothing()
    {
        await using var fixture = await StoreFixture.StartAsync(engine);
        var head = StoredResponses.Get(StoreFixture.Key.Uri, Large);
        using var snapshot = await fixture.Store.ReadAsync(StoreFixture.Key, default);
        using var writer = await fixture.Store.BeginWriteAsync(StoreFixture.Key, Large, default);
        (await writer!.WriteAsync(SelfDescribingBody.Create(head.BodyId, Large), default)).Should().BeTrue();
        await Wait.UntilAsync(async () => await fixture.Database.HashLengthAsync(await fixture.BodyNameAsync()) == Large / fixture.Options.ChunkBytes, "for the chunks to arrive");
        await fixture.Database.KeyDeleteAsync(await fixture.BodyNameAsync());

        (await writer.CommitAsync(new() { Head = head, Stamp = snapshot.Stamp, Retention = TimeSpan.FromHours(1) }, default)).Should().BeFalse();

        (await fixture.CountAsync(StoreFixture.Key)).Should().Be(0);
    }

    [Theory]
    [InlineData("")]
    [InlineData("CCR3")]
    [InlineData("CCR3000000000000000100000000000000000000000000000000000000")]
    [InlineData("CCR30000000000000001990000000000")]
    [InlineData("something else")]
    public async Task Read_RecordIsJunk_IsMissAndStoresAgain(string junk)
    {
        await using var fixture = await StoreFixture.StartAsync(engine);
        await fixture.PutAsync(StoreFixture.Key);
        await fixture.Database.StringSetAsync(fixture.Place.Root, junk);

        (await fixture.CountAsync(StoreFixture.Key)).Should().Be(0);
        await fixture.PutAsync(StoreFixture.Key);
        (await fixture.CountAsync(StoreFixture.Key)).Should().Be(1);
    }

    [Fact]
    public async Task Read_EachByteOfTheRecordDamaged_NeverShowsWhatWasNotStored()
    {
        await using var fixture = await StoreFixture.StartAsync(engine);
        var head = await fixture.PutAsync(StoreFixture.Key, 50);
        var record = (byte[])(await fixture.Database.StringGetAsync(fixture.Place.Root))!;
        for (var i = 0; i < record.Length; i++)
        {
            var damaged = (byte[])record.Clone();
            damaged[i] ^= 1;
            await fixture.Database.StringSetAsync(fixture.Place.Root, damaged, TimeSpan.FromHours(1));
            using var snapshot = await fixture.Store.ReadAsync(StoreFixture.Key, default);
            foreach (var shown in snapshot.Responses)
            {
                StoredResponses.Describe(shown).Should().Be(StoredResponses.Describe(head));
                try
                {
                    (await StoreFixture.IsWholeAsync(snapshot)).Should().BeTrue();
                }
                catch (IOException)
                {
                }
            }
        }
    }

    [Fact]
    public async Task Read_RecordIsAnotherType_IsMissAndStoresAgain()
    {
        await using var fixture = await StoreFixture.StartAsync(engine);
        await fixture.Database.ListLeftPushAsync(fixture.Place.Root, "x");

        (await fixture.CountAsync(StoreFixture.Key)).Should().Be(0);
        await fixture.PutAsync(StoreFixture.Key);
        (await fixture.CountAsync(StoreFixture.Key)).Should().Be(1);
    }

    [Fact]
    public async Task Read_RecordOfAnotherKeyCopiedHere_IsMiss()
    {
        await using var fixture = await StoreFixture.StartAsync(engine);
        var other = new CacheKey("https://example.org/other");
        await fixture.PutAsync(other);
        await fixture.Database.StringSetAsync(fixture.Place.Root, await fixture.Database.StringGetAsync(fixture.Keys.PlaceOf(other).Root));

        (await fixture.CountAsync(StoreFixture.Key)).Should().Be(0);
    }

    [Fact]
    public async Task Read_RecordIsHuge_AsksForNoMoreThanItMay()
    {
        await using var fixture = await StoreFixture.StartAsync(engine);
        await fixture.PutAsync(StoreFixture.Key);
        await fixture.Database.StringSetAsync(fixture.Place.Root, new byte[20_000_000]);
        await using var proxy = new TcpProxy(int.Parse(engine.Configuration.Split(',')[0].Split(':')[1], CultureInfo.InvariantCulture));
        using var store = new RedisHttpCacheStore(proxy.Address + ",connectTimeout=20000,asyncTimeout=20000", fixture.Options);

        using (var snapshot = await store.ReadAsync(StoreFixture.Key, default))
        {
            snapshot.Responses.Should().BeEmpty();
        }

        proxy.Said.Should().BeLessThan(5_000_000);
        (await fixture.Database.StringLengthAsync(fixture.Place.Root)).Should().BeLessThan(100);
    }

    [Fact]
    public async Task Read_ScopeWithoutItsRoot_IsMiss()
    {
        await using var fixture = await StoreFixture.StartAsync(engine);
        var key = StoreFixture.Key with { Scope = "scope" };
        await fixture.PutAsync(key);
        await fixture.Database.KeyDeleteAsync(fixture.Place.Root);

        (await fixture.CountAsync(key)).Should().Be(0);
        (await fixture.NamesAsync()).Should().NotContain(n => n.Contains(StoreKeys.ScopeMark + KeyHash.NameOf("scope"), StringComparison.Ordinal));
    }
}

/// <summary>On Garnet.</summary>
public sealed class GarnetLostKeyTests(GarnetEngine engine) : LostKeyTests(engine), IClassFixture<GarnetEngine>;
