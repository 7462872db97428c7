using HttpCaching.StoreContract;
using Microsoft.Extensions.Time.Testing;

namespace HttpCaching.DistributedCache.Tests;

/// <summary>What each operation costs in calls to the engine, and how long values are kept there.</summary>
public sealed class CostTests
{
    private static readonly CacheKey Key = new("https://example.org/a");

    private readonly FakeTimeProvider _time = new();
    private readonly WatchedCache _engine = new();

    [Fact]
    public async Task Read_Hit_CostsTwoGets()
    {
        using var store = NewStore();
        await PutAsync(store, StoredResponses.Get(Key.Uri));

        (await CallsOfAsync(() => ReadAsync(store))).Should().BeEquivalentTo("get r", "get u");

        _time.Advance(TimeSpan.FromSeconds(1));
        (await CallsOfAsync(() => ReadAsync(store))).Should().BeEquivalentTo(["get r", "get u", "get o", "get s", "get l"], "once in MaximumEpochAge");
    }

    [Fact]
    public async Task Read_HitWithTags_CostsAGetForEachTagOnceInTheEpochAge()
    {
        using var store = NewStore();
        await PutAsync(store, StoredResponses.Get(Key.Uri, tags: ["red", "blue"]));

        (await CallsOfAsync(() => ReadAsync(store))).Should().BeEquivalentTo("get r", "get u");
        _time.Advance(TimeSpan.FromSeconds(1));
        (await CallsOfAsync(() => ReadAsync(store))).Should().BeEquivalentTo("get r", "get u", "get o", "get s", "get l", "get t", "get t");
    }

    [Fact]
    public async Task Read_MissOfKnownUri_WritesNothing()
    {
        using var store = NewStore();
        await ReadAsync(store);

        (await CallsOfAsync(() => ReadAsync(store))).Should().BeEquivalentTo("get r", "get u");
    }

    [Fact]
    public async Task Commit_Small_CostsFiveGetsAndOneSet()
    {
        using var store = NewStore();
        await ReadAsync(store);

        (await CallsOfAsync(() => PutAsync(store, StoredResponses.Get(Key.Uri)))).Should().BeEquivalentTo(
            "get r", "get u", // the read before it
            "get r", "get u", "get o", "get s", "get l", "set r");
    }

    [Fact]
    public async Task Invalidate_AnyUri_CostsOneSet()
    {
        using var store = NewStore();

        (await CallsOfAsync(() => store.InvalidateAsync(Key.Uri, default).AsTask())).Should().Equal("set u");
    }

    [Theory]
    [InlineData(60)]
    [InlineData(-5)]
    [InlineData(1_000_000_000)]
    public async Task Commit_AnyRetention_IsBoundedAndChunksOutliveTheRecord(long seconds)
    {
        using var store = NewStore();
        var retention = TimeSpan.FromSeconds(seconds);

        await PutAsync(store, StoredResponses.Get(Key.Uri, 9000), retention);

        var record = _engine.RetentionOf(_engine.Keys.Single(k => WatchedCache.KindOf(k) == 'r'))!.Value;
        record.Should().BePositive().And.BeLessThanOrEqualTo(TimeSpan.FromDays(1));
        record.Should().Be(seconds == 60 ? retention : seconds < 0 ? TimeSpan.FromSeconds(1) : TimeSpan.FromDays(1));
        foreach (var chunk in _engine.Keys.Where(k => WatchedCache.KindOf(k) == 'b'))
        {
            _engine.RetentionOf(chunk)!.Value.Should().BeGreaterThan(record);
        }
    }

    [Fact]
    public async Task ReplaceHead_BodyInChunks_RecordIsNotKeptLongerThanThey()
    {
        using var store = NewStore();
        var head = StoredResponses.Get(Key.Uri, 9000);
        await PutAsync(store, head, TimeSpan.FromDays(20));
        _time.Advance(TimeSpan.FromHours(23));

        (await store.RefreshAsync(Key, head.Generation, StoredResponses.Refresh(head), TimeSpan.FromDays(20))).Should().BeTrue();

        _engine.RetentionOf(_engine.Keys.Single(k => WatchedCache.KindOf(k) == 'r')).Should().Be(TimeSpan.FromHours(1));
    }

    [Fact]
    public async Task Commit_LongUriAndTags_KeysStayShort()
    {
        using var store = NewStore();
        await PutAsync(store, StoredResponses.Get(Key.Uri, 9000, tags: new string('t', 5000)), key: new CacheKey("https://example.org/" + new string('x', 10_000), new string('s', 5000)));

        _engine.Keys.Should().OnlyContain(k => k.Length <= "http-cache:".Length + 46);
        _engine.Keys.SelectMany(k => k).Should().OnlyContain(c => c < 0x7F && c > ' ');
    }

    [Fact]
    public async Task Commit_EngineTakesSequences_BodyIsNotCopiedIntoTheRecord()
    {
        var engine = new BufferingCache();
        List<int> segments = [];
        engine.Written = value =>
        {
            var count = 0;
            foreach (var segment in value)
            {
                count++;
            }

            segments.Add(count);
        };
        using var store = new DistributedHttpCacheStore(engine);

        await PutAsync(store, StoredResponses.Get(Key.Uri, 50_000));

        segments[^1].Should().Be(2, "the record's own bytes, and the buffer in which the body was collected");
        engine.ArrayCalls.Should().Be(0);
        engine.BufferCalls.Should().BePositive();
    }

    private DistributedHttpCacheStore NewStore() =>
        new(_engine, new DistributedHttpCacheStoreOptions { ChunkBytes = 4096, InlineBodyBytes = 1000, TimeProvider = _time });

    private async Task<List<string>> CallsOfAsync(Func<Task> action)
    {
        var before = _engine.Calls.Count;
        await action();
        return [.. _engine.Calls.Skip(before)];
    }

    private static async Task ReadAsync(IHttpCacheStore store) => (await store.ReadAsync(Key, default)).Dispose();

    private static async Task PutAsync(IHttpCacheStore store, StoredResponse head, TimeSpan? retention = null, CacheKey? key = null)
    {
        using var before = await store.ReadAsync(key ?? Key, default);
        using var writer = (await store.BeginWriteAsync(key ?? Key, head.BodyLength, default))!;
        (await writer.WriteAsync(SelfDescribingBody.Create(head.BodyId, head.BodyLength), default)).Should().BeTrue();
        (await writer.CommitAsync(
            new StoreCommit { Head = head, Stamp = before.Stamp, Retention = retention ?? TimeSpan.FromHours(1) }, default)).Should().BeTrue();
    }
}
