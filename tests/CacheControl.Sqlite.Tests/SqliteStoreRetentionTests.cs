using HttpCaching.StoreContract;
using Microsoft.Extensions.Time.Testing;
using static HttpCaching.Sqlite.Tests.StoreBench;

namespace HttpCaching.Sqlite.Tests;

/// <summary>What can be of no use any more is a miss at once, stands in nobody's way, and is removed in time.</summary>
[Trait("Spec", "SRE-6")]
public sealed class SqliteStoreRetentionTests : IDisposable
{
    private readonly TemporaryFile _file = new();
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UtcNow);

    public void Dispose() => _file.Dispose();

    [Theory]
    [InlineData(100)]
    [InlineData(100_000)]
    public async Task Read_PastItsRetention_IsAMiss(int length)
    {
        using var store = Open();
        await PutAsync(store, Key(), StoredResponses.Get(Key().Uri, length), TimeSpan.FromMinutes(10));

        _time.Advance(TimeSpan.FromMinutes(10) - TimeSpan.FromMilliseconds(1));
        (await ReadAsync(store, Key())).Should().ContainSingle();
        _time.Advance(TimeSpan.FromMilliseconds(1));

        (await ReadAsync(store, Key())).Should().BeEmpty();
        (await ListAsync(store)).Should().BeEmpty();
    }

    [Fact]
    public async Task Read_OneVariantPastItsRetention_OtherIsShown()
    {
        using var store = Open();
        await PutAsync(store, Key(), StoredResponses.Get(Key().Uri, 10, "short"), TimeSpan.FromMinutes(1));
        await PutAsync(store, Key(), StoredResponses.Get(Key().Uri, 10, "long"), TimeSpan.FromMinutes(5));
        _time.Advance(TimeSpan.FromMinutes(2));

        (await ReadAsync(store, Key())).Select(r => r.Variant).Should().Equal("long");
    }

    [Fact]
    public async Task Retention_AsLongAsCanBe_IsKept()
    {
        using var store = Open();
        await PutAsync(store, Key(), StoredResponses.Get(Key().Uri), TimeSpan.MaxValue);
        _time.Advance(TimeSpan.FromDays(365 * 50));
        await store.MaintainAsync();

        (await ReadAsync(store, Key())).Should().ContainSingle();
    }

    [Fact]
    public async Task ReplaceHead_LongerRetention_CountsFromThenOn()
    {
        using var store = Open();
        var head = await PutAsync(store, Key(), StoredResponses.Get(Key().Uri, 50_000), TimeSpan.FromMinutes(10));
        _time.Advance(TimeSpan.FromMinutes(9));
        var refreshed = StoredResponses.Refresh(head);
        (await store.RefreshAsync(Key(), head.Generation, refreshed, TimeSpan.FromMinutes(10))).Should().BeTrue();

        _time.Advance(TimeSpan.FromMinutes(9));
        await store.MaintainAsync();
        (await ReadAsync(store, Key())).Should().ContainSingle();
        _time.Advance(TimeSpan.FromMinutes(1));

        (await ReadAsync(store, Key())).Should().BeEmpty();
        (await store.RefreshAsync(Key(), refreshed.Generation, StoredResponses.Refresh(refreshed), TimeSpan.FromHours(1)))
            .Should().BeFalse("there is nothing to refresh any more");
    }

    [Fact]
    public async Task Commit_WhereSomethingOfNoUseStands_DisplacesItWhateverItsRank()
    {
        using var store = Open();
        await PutAsync(store, Key(), StoredResponses.Get(Key().Uri, 70_000, rank: 1000), TimeSpan.FromMinutes(1));
        _time.Advance(TimeSpan.FromMinutes(2));

        await PutAsync(store, Key(), StoredResponses.Get(Key().Uri, 30, rank: 1), TimeSpan.FromMinutes(1));

        (await ReadAsync(store, Key())).Should().ContainSingle().Which.Rank.Should().Be(1);
        store.Responses.Should().Be(1);
    }

    [Fact]
    public async Task Maintenance_ManyPastTheirRetention_RemovesThemByTheIndex()
    {
        using var store = Open();
        for (var i = 0; i < 1200; i++)
        {
            await PutAsync(store, Key($"{i}"), StoredResponses.Get(Key($"{i}").Uri, i % 100 == 0 ? 70_000 : 1, tags: "t"), TimeSpan.FromMinutes(i % 3 == 0 ? 5 : 50));
        }

        _time.Advance(TimeSpan.FromMinutes(6));
        await store.MaintainAsync();

        store.Responses.Should().Be(800).And.Be(Sql(_file.Path, "SELECT count(*) FROM entry"));
        store.Bytes.Should().Be(Sql(_file.Path, "SELECT sum(bytes) FROM entry"));
        Sql(_file.Path, "SELECT count(*) FROM content").Should().Be(800);
        Sql(_file.Path, "SELECT count(*) FROM tag").Should().Be(800);
        Sql(_file.Path, "SELECT count(*) FROM body").Should().Be(8);
        SqlText(_file.Path, "EXPLAIN QUERY PLAN SELECT id FROM entry WHERE until <= 7 LIMIT 5", column: 3).Should().Contain("COVERING INDEX entry_until");
    }

    [Fact]
    public async Task Maintenance_BesideRequests_RemovesThemTenMinutesLaterAtMost()
    {
        using var store = Open();
        await PutAsync(store, Key(), StoredResponses.Get(Key().Uri), TimeSpan.FromMinutes(1));
        await store.MaintainAsync();
        _time.Advance(TimeSpan.FromMinutes(11));

        // Any change has the sweep begin; it runs beside it.
        await PutAsync(store, Key("other"), StoredResponses.Get(Key("other").Uri), TimeSpan.FromHours(1));
        await WaitUntilAsync(() => store.Responses == 1);

        Sql(_file.Path, "SELECT count(*) FROM entry").Should().Be(1);
    }

    [Fact]
    public async Task Eviction_AboveTheLimit_TakesWhatIsOfNoUseFirst()
    {
        using var store = Open(new() { MaximumResponses = 100 });
        for (var i = 0; i < 40; i++)
        {
            await PutAsync(store, Key($"kept {i}"), StoredResponses.Get(Key($"kept {i}").Uri), TimeSpan.FromHours(1));
        }

        _time.Advance(TimeSpan.FromSeconds(1));
        for (var i = 0; i < 52; i++)
        {
            await PutAsync(store, Key($"short {i}"), StoredResponses.Get(Key($"short {i}").Uri), TimeSpan.FromSeconds(30));
        }

        _time.Advance(TimeSpan.FromSeconds(40));
        for (var i = 0; i < 10; i++)
        {
            await PutAsync(store, Key($"new {i}"), StoredResponses.Get(Key($"new {i}").Uri), TimeSpan.FromHours(1));
        }

        await store.MaintainAsync();

        store.Responses.Should().Be(50, "nothing of use had to go, though some of it is the oldest");
    }

    [Fact]
    [Trait("Spec", "SRE-8")]
    public async Task Clock_SetBackAndForward_ShowsWhatIsOfUseThen()
    {
        using var store = Open();
        await PutAsync(store, Key(), StoredResponses.Get(Key().Uri), TimeSpan.FromMinutes(5));
        var began = _time.GetUtcNow();
        _time.AdjustTime(began.AddYears(-20));
        (await ReadAsync(store, Key())).Should().ContainSingle("it will be of use for longer than was thought, by this clock");
        await PutAsync(store, Key("past"), StoredResponses.Get(Key("past").Uri), TimeSpan.FromMinutes(5));
        (await ReadAsync(store, Key("past"))).Should().ContainSingle();
        await store.MaintainAsync();
        store.Responses.Should().Be(2);

        _time.AdjustTime(began);

        (await ReadAsync(store, Key("past"))).Should().BeEmpty();
        (await ReadAsync(store, Key())).Should().ContainSingle();
    }

    private static async Task<List<StoredResponse>> ListAsync(IHttpCacheStoreMaintenance store)
    {
        List<StoredResponse> heads = [];
        await foreach (var (_, head) in store.EnumerateAsync(default))
        {
            heads.Add(head);
        }

        return heads;
    }

    private SqliteHttpCacheStore Open(SqliteHttpCacheStoreOptions? options = null)
    {
        options ??= new();
        options.TimeProvider = _time;
        return new SqliteHttpCacheStore(_file.Path, options);
    }
}
