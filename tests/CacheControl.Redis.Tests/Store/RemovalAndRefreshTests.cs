using HttpCaching.Redis.Keys;
using HttpCaching.Redis.Tests.Engines;
using HttpCaching.StoreContract;
using StackExchange.Redis;

namespace HttpCaching.Redis.Tests.Store;

/// <summary>Removals by tag and prefix concern what has the tag or prefix, also while it is refreshed, and nothing else.</summary>
public sealed class RemovalAndRefreshTests(GarnetEngine garnet, SingleEngine redis) : IClassFixture<GarnetEngine>, IClassFixture<SingleEngine>
{
    private const int Many = 120;

    /// <summary>Garnet always, redis-server where it is installed or required.</summary>
    public static TheoryData<string> Kinds => Nodes.NodeEngine.Kinds;

    public static TheoryData<string, string, string, string> Removals() => Rows(
        [("tag", "t", "t"), ("tag", "t", "other"), ("tag", "other", "t"), ("prefix", "t", "t")],
        static (data, kind, row) => data.Add(kind, row.Item1, row.Item2, row.Item3),
        new TheoryData<string, string, string, string>());

    public static TheoryData<string, string, bool> Damages() => Rows(
        [("epoch", true), ("epoch", false), ("tag", true), ("root", true), ("root", false)],
        static (data, kind, row) => data.Add(kind, row.Item1, row.Item2),
        new TheoryData<string, string, bool>());

    [Theory]
    [MemberData(nameof(Removals))]
    public async Task Remove_WhileEverythingIsRefreshed_LeavesNothing(string kind, string by, string tagBefore, string tagAfter)
    {
        await using var fixture = await StoreFixture.StartAsync(Of(kind));
        using var removing = new RedisHttpCacheStore(fixture.Connection, fixture.Options);
        var heads = new StoredResponse[Many];
        var stamps = new long[Many];
        for (var i = 0; i < Many; i++)
        {
            heads[i] = await fixture.PutAsync(KeyOf(i), i % 10 == 0 ? 20_000 : 50, tagBefore, "t");
            using var snapshot = await fixture.Store.ReadAsync(KeyOf(i), default);
            stamps[i] = snapshot.Stamp;
        }

        var isOver = false;
        var refreshed = 0;
        var workers = Enumerable.Range(0, 6).Select(worker => Task.Run(async () =>
        {
            for (var i = worker; !Volatile.Read(ref isOver); i = (i + 6) % Many)
            {
                var standing = heads[i];
                var next = Tagged(standing, Interlocked.Increment(ref refreshed) % 2 == 0 ? [tagAfter] : [tagBefore, "t"]);
                if (await fixture.Store.ReplaceHeadAsync(KeyOf(i), standing.Generation, next, stamps[i], TimeSpan.FromHours(1), default))
                {
                    heads[i] = next;
                }
            }
        })).ToArray();
        await Wait.UntilAsync(() => Task.FromResult(Volatile.Read(ref refreshed) > 50), "for refreshes");

        await (by == "tag" ? removing.RemoveByTagAsync("t", default) : removing.RemoveByPrefixAsync("https://example.org/", default));

        Volatile.Write(ref isOver, true);
        await Task.WhenAll(workers);
        var left = 0;
        for (var i = 0; i < Many; i++)
        {
            using var snapshot = await removing.ReadAsync(KeyOf(i), default);
            left += snapshot.Responses.Count(r => by == "prefix" || r.Tags.Contains("t") || tagAfter == "t");
        }

        left.Should().Be(0);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task ReplaceHead_OfOtherStoreRemovedMeanwhile_IsRefusedAndGoesOn(string kind)
    {
        await using var fixture = await StoreFixture.StartAsync(Of(kind));
        using var other = new RedisHttpCacheStore(fixture.Connection, fixture.Options);
        var key = StoreFixture.Key with { Scope = kind == "garnet" ? "scope" : null };
        var head = await fixture.PutAsync(key, 100, "other");
        using var before = await fixture.Store.ReadAsync(key, default);

        await other.RemoveByTagAsync("t", default);
        await other.RemoveByPrefixAsync("https://elsewhere.example/", default);

        (await ReplaceAsync("other", "t")).Should().BeFalse("it was asked for before the removal");
        (await fixture.CountAsync(key)).Should().Be(1);
        (await ReplaceAsync("other")).Should().BeTrue("no removal concerns it");
        (await fixture.Store.RefreshAsync(key, head.Generation, head = Tagged(head, "t"))).Should().BeTrue("it was asked for after the removal");

        await other.RemoveByPrefixAsync("https://example.org/secret?", default);
        await fixture.PutAsync(key, 100);
        (await fixture.TryPutAsync(key, StoredResponses.Get(key.Uri, variant: "a"), before.Stamp)).Should().BeFalse();
        await other.InvalidateAsync(key.Uri, default);
        head = await fixture.PutAsync(key, 100);
        (await ReplaceAsync()).Should().BeFalse("its URI was invalidated");

        async Task<bool> ReplaceAsync(params string[] tags)
        {
            var next = Tagged(head, tags);
            var isDone = await fixture.Store.ReplaceHeadAsync(key, head.Generation, next, before.Stamp, TimeSpan.FromHours(1), default);
            head = isDone ? next : head;
            return isDone;
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task RemoveByPrefix_OfOneOrigin_RefusesNothingOfAnother(string kind)
    {
        await using var fixture = await StoreFixture.StartAsync(Of(kind));
        using var other = new RedisHttpCacheStore(fixture.Connection, fixture.Options);
        string[] prefixes = ["https://example.org/", "https://example.org/a?b=c", "https://example.or", "https://example.org", string.Empty];
        foreach (var prefix in prefixes)
        {
            var own = new CacheKey("https://example.org/a?b=c");
            var foreign = new CacheKey("https://www.example/x");
            using var ownBefore = await fixture.Store.ReadAsync(own, default);
            using var foreignBefore = await fixture.Store.ReadAsync(foreign, default);

            await other.RemoveByPrefixAsync(prefix, default);

            (await fixture.TryPutAsync(own, StoredResponses.Get(own.Uri), ownBefore.Stamp)).Should().BeFalse();
            var isWholeOrigin = prefix.StartsWith("https://example.org/", StringComparison.Ordinal);
            (await fixture.TryPutAsync(foreign, StoredResponses.Get(foreign.Uri, variant: prefix), foreignBefore.Stamp)).Should().Be(isWholeOrigin);
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Commit_TagRemovedMeanwhile_IsRefusedForThatTagAlone(string kind)
    {
        await using var fixture = await StoreFixture.StartAsync(Of(kind));
        using var other = new RedisHttpCacheStore(fixture.Connection, fixture.Options);
        var key = StoreFixture.Key with { Scope = kind == "garnet" ? "scope" : null };
        using var before = await fixture.Store.ReadAsync(key, default);

        for (var i = 0; i < 5; i++)
        {
            await other.RemoveByTagAsync("group https://elsewhere g", default);
        }

        await other.RemoveByTagAsync("t", default);
        (await fixture.TryPutAsync(key, StoredResponses.Get(key.Uri, variant: "a", tags: ["t", "u"]), before.Stamp)).Should().BeFalse();
        (await fixture.TryPutAsync(key, StoredResponses.Get(key.Uri, variant: "b", tags: ["u"]), before.Stamp)).Should().BeTrue();
        (await fixture.TryPutAsync(key, StoredResponses.Get(key.Uri, variant: "c"), before.Stamp)).Should().BeTrue();
        (await fixture.CountAsync(key)).Should().Be(2);
        using var after = await fixture.Store.ReadAsync(key, default);
        (await fixture.TryPutAsync(key, StoredResponses.Get(key.Uri, variant: "a", tags: ["t", "u"]), after.Stamp)).Should().BeTrue();
    }

    [Theory]
    [MemberData(nameof(Damages))]
    public async Task Key_OfAnotherTypeOrJunk_IsHealed(string kind, string which, bool otherType)
    {
        await using var fixture = await StoreFixture.StartAsync(Of(kind));
        await fixture.PutAsync(StoreFixture.Key, 100, "t");
        RedisKey name = which switch
        {
            "epoch" => fixture.Keys.EpochOf(fixture.Place.Bucket),
            "tag" => fixture.Keys.TagOf(fixture.Place.Bucket, KeyHash.NameOf("t")),
            _ => fixture.Place.Root,
        };
        await fixture.Database.KeyDeleteAsync(name);
        await (otherType ? (Task)fixture.Database.ListLeftPushAsync(name, "x") : fixture.Database.StringSetAsync(name, "x"));

        // Each of the ways that meet it first.
        await fixture.Store.InvalidateAsync(StoreFixture.Key.Uri, default);
        using (var snapshot = await fixture.Store.ReadAsync(StoreFixture.Key, default))
        {
            await fixture.TryPutAsync(StoreFixture.Key, StoredResponses.Get(StoreFixture.Key.Uri, tags: ["t"]), snapshot.Stamp);
        }

        await fixture.PutAsync(StoreFixture.Key, 100, "t");
        (await fixture.CountAsync(StoreFixture.Key)).Should().Be(1);
        (await fixture.Store.RemoveByTagAsync("t", default)).Should().Be(1);
        (await fixture.CountAsync(StoreFixture.Key)).Should().Be(0);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task RemoveByTag_SetOfAnotherType_LooksAtEverything(string kind)
    {
        await using var fixture = await StoreFixture.StartAsync(Of(kind));
        await fixture.PutAsync(StoreFixture.Key, 100, "t");
        var name = fixture.Keys.TagOf(fixture.Place.Bucket, KeyHash.NameOf("t"));
        await fixture.Database.KeyDeleteAsync(name);
        await fixture.Database.ListLeftPushAsync(name, "x");

        (await fixture.Store.RemoveByTagAsync("t", default)).Should().Be(1);

        (await fixture.CountAsync(StoreFixture.Key)).Should().Be(0);
    }

    private static TData Rows<TRow, TData>(TRow[] rows, Action<TData, string, TRow> add, TData data)
    {
        foreach (var kind in ((IEnumerable<object[]>)Kinds).Select(row => (string)row[0]))
        {
            foreach (var row in rows)
            {
                add(data, kind, row);
            }
        }

        return data;
    }

    private IEngine Of(string kind) => kind == "garnet" ? garnet : redis;

    private static CacheKey KeyOf(int number) => new($"https://example.org/{number}", number % 3 == 0 ? "scope" : null);

    private static StoredResponse Tagged(StoredResponse head, params string[] tags) =>
        StoredResponses.Refresh(head, tags: tags);
}
