using HttpCaching.StoreContract;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using static HttpCaching.Sqlite.Tests.StoreBench;

namespace HttpCaching.Sqlite.Tests;

/// <summary>Limits, eviction, pins, and clearing up after the dead.</summary>
public sealed class SqliteStoreMaintenanceTests : IDisposable
{
    private readonly TemporaryFile _file = new();
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UtcNow);

    public void Dispose() => _file.Dispose();

    [Fact]
    [Trait("Spec", "SRE-6")]
    public async Task Write_AboveTheLimitOfBytes_IsEvictedToTheLowWaterMark()
    {
        using var store = Open(new() { MaximumBytes = 2_000_000, MaximumEntryBytes = 200_000 });
        for (var i = 0; i < 150; i++)
        {
            await PutAsync(store, Key($"{i}", i % 3 == 0 ? "scope" : null), StoredResponses.Get(length: 1000 * (i % 50)));
        }

        await store.MaintainAsync();

        store.Bytes.Should().BeInRange(1_000_000, 1_900_000).And.Be(Sql(_file.Path, "SELECT sum(bytes) FROM entry"));
        store.Responses.Should().Be(Sql(_file.Path, "SELECT count(*) FROM entry"));
        Sql(_file.Path, "SELECT count(*) FROM body WHERE id NOT IN (SELECT chunked FROM entry)").Should().Be(0);
    }

    [Fact]
    [Trait("Spec", "SRE-9")]
    public async Task Scan_LongerThanTheStore_LeavesWhatIsUsedAgainAndAgain()
    {
        using var store = Open(new() { MaximumResponses = 100 });
        for (var i = 0; i < 20; i++)
        {
            await PutAsync(store, Key($"hot {i}"));
        }

        for (var round = 0; round < 5; round++)
        {
            _time.Advance(TimeSpan.FromMinutes(1));
            for (var i = 0; i < 20; i++)
            {
                await ReadAsync(store, Key($"hot {i}"));
            }

            await store.MaintainAsync();
        }

        for (var i = 0; i < 400; i++)
        {
            _time.Advance(TimeSpan.FromMilliseconds(100));
            await PutAsync(store, Key($"scan {i}"));
        }

        await store.MaintainAsync();

        store.Responses.Should().BeInRange(80, 100);
        var left = 0;
        for (var i = 0; i < 20; i++)
        {
            left += (await ReadAsync(store, Key($"hot {i}"))).Length;
        }

        left.Should().BeGreaterThan(15, "a scan goes by");
    }

    [Fact]
    [Trait("Spec", "SRE-8")]
    public async Task Clock_SetBack_StoreGoesOnAndEvicts()
    {
        using var store = Open(new() { MaximumResponses = 50 });
        await PutAsync(store, Key("future"));
        _time.AdjustTime(_time.GetUtcNow().AddYears(-1));
        for (var i = 0; i < 100; i++)
        {
            await PutAsync(store, Key($"{i}"));
        }

        await store.MaintainAsync();

        store.Responses.Should().BeInRange(1, 50);
        (await ReadAsync(store, Key("99"))).Length.Should().BeLessThanOrEqualTo(1);
    }

    [Fact]
    [Trait("Spec", "CON-8")]
    public async Task Snapshot_BodyReplacedByAnotherStore_IsKeptWhilePinnedAndDeletedAfterwards()
    {
        using var reader = Open(new());
        using var other = Open(new());
        await PutAsync(reader, Key(), StoredResponses.Get(Key().Uri, 300_000));
        using (var snapshot = await reader.ReadAsync(Key(), default))
        {
            await PutAsync(other, Key(), StoredResponses.Get(Key().Uri, 5));
            await other.MaintainAsync();
            await other.ClearAsync(default);
            await other.MaintainAsync();

            Sql(_file.Path, "SELECT count(*) FROM chunk").Should().Be(5);
            await ReadBodyAsync(snapshot, snapshot.Responses[0]);
        }

        await other.MaintainAsync();

        Sql(_file.Path, "SELECT count(*) FROM chunk").Should().Be(0);
        Sql(_file.Path, "SELECT count(*) FROM body").Should().Be(0);
    }

    [Fact]
    public async Task Write_Abandoned_LeavesNoPieces()
    {
        using var store = Open(new());
        using (var writer = await store.BeginWriteAsync(Key(), null, default))
        {
            (await writer!.WriteAsync(new byte[1_000_000], default)).Should().BeTrue();
            Sql(_file.Path, "SELECT count(*) FROM chunk").Should().BePositive("large bodies are not kept in memory");
        }

        await store.MaintainAsync();

        Sql(_file.Path, "SELECT count(*) FROM chunk").Should().Be(0);
        store.Bytes.Should().Be(0);
    }

    [Fact]
    public async Task Write_ByOneWhoIsGone_IsSwept()
    {
        using var store = Open(new());
        await PutAsync(store, Key(), StoredResponses.Get(Key().Uri, 100_000));

        // As a process leaves it that was killed: a number under which no store is open. At once, because the first sweep may be under way.
        Sql(_file.Path, "BEGIN IMMEDIATE; INSERT INTO body(id, owner, doomed) VALUES(99, 4711, 0); INSERT INTO chunk VALUES(99 << 20, x'00'); COMMIT");

        await store.MaintainAsync();

        Sql(_file.Path, "SELECT count(*) FROM body").Should().Be(1);
        Sql(_file.Path, "SELECT count(*) FROM chunk").Should().Be(2);
        (await ReadAsync(store, Key())).Should().ContainSingle();
    }

    [Fact]
    public async Task Write_CallerIsSlow_OthersAreNotLockedOut()
    {
        using var store = Open(new());
        using var other = Open(new());
        using var slow = await store.BeginWriteAsync(Key(), null, default);
        for (var i = 0; i < 5; i++)
        {
            await slow!.WriteAsync(new byte[400_000], default);
            await PutAsync(other, Key($"{i}"));
            (await ReadAsync(store, Key($"{i}"))).Should().ContainSingle();
        }
    }

    [Fact]
    public async Task ReadAlong_RefusedCommitAndReplaced_StaysReadable()
    {
        using var store = Open(new());
        var head = StoredResponses.Get(Key().Uri, 1_000_000);
        var bytes = SelfDescribingBody.Create(head.BodyId, head.BodyLength);
        using var before = await store.ReadAsync(Key(), default);
        var writer = (await store.BeginWriteAsync(Key(), null, default))!;
        await writer.WriteAsync(bytes, default);
        var written = writer.OpenWritten()!;
        (await writer.CommitAsync(new StoreCommit { Head = head, Stamp = before.Stamp, Retention = default }, default)).Should().BeTrue();
        writer.Dispose();
        await store.ClearAsync(default);
        await store.MaintainAsync();

        var read = new byte[head.BodyLength];
        for (var offset = 0; offset < read.Length;)
        {
            offset += await written.ReadAsync(offset, read.AsMemory(offset), default);
        }

        read.AsSpan().SequenceEqual(bytes).Should().BeTrue();
        written.Dispose();
        await store.MaintainAsync();
        Sql(_file.Path, "SELECT count(*) FROM chunk").Should().Be(0);
    }

    [Fact]
    public async Task RemoveByTag_Many_RemovesAllOfThem()
    {
        using var store = Open(new());
        for (var i = 0; i < 1200; i++)
        {
            await PutAsync(store, Key($"{i}"), StoredResponses.Get(Key($"{i}").Uri, 1, tags: i % 2 == 0 ? ["even"] : ["odd"]));
        }

        (await store.RemoveByTagAsync("even", default)).Should().Be(600);
        (await store.RemoveByPrefixAsync("https://example.org/", default)).Should().Be(600);
        store.Bytes.Should().Be(0);
        Sql(_file.Path, "SELECT count(*) FROM tag").Should().Be(0);
    }

    [Fact]
    public async Task RemoveByPrefix_Many_RemovesAllThatBeginSoAndNoOther()
    {
        using var store = Open(new());
        for (var i = 0; i < 1200; i++)
        {
            await PutAsync(store, Key($"{(i % 2 == 0 ? "a/b" : "a/B")}{i}"));
        }

        CacheKey[] others = [Key("a/"), Key("a/c"), Key("a/\uE000"), Key("A/b"), new("https://example.org.a/b")];
        foreach (var other in others)
        {
            await PutAsync(store, other);
        }

        (await store.RemoveByPrefixAsync("https://example.org/a/b", default)).Should().Be(600);
        (await store.RemoveByPrefixAsync("https://example.org/a/b", default)).Should().Be(0);
        store.Responses.Should().Be(600 + others.Length);
        (await ReadAsync(store, others[0])).Should().ContainSingle();
        (await store.RemoveByPrefixAsync(string.Empty, default)).Should().Be(600 + others.Length);
    }

    [Fact]
    public void UseSqlite_Path_RegistersTheStoreThere()
    {
        var services = new ServiceCollection();
        services.AddHttpCaching().UseSqlite(_file.Path, o => o.MaximumResponses = 7);
        File.Exists(_file.Path).Should().BeFalse("nothing is opened before it is needed");

        using var provider = services.BuildServiceProvider();
        provider.GetServices<IHttpCacheStore>().Should().ContainSingle().Which.Should().BeOfType<SqliteHttpCacheStore>();
        provider.GetRequiredService<HttpCache>().Should().NotBeNull();
        File.Exists(_file.Path).Should().BeTrue();
    }

    [Fact]
    public void UseSqlite_OptionWrong_ThrowsWhenTheStoreIsMade()
    {
        var services = new ServiceCollection();
        services.AddHttpCaching().UseSqlite(_file.Path, o => o.MaximumResponses = 0);
        using var provider = services.BuildServiceProvider();

        provider.Invoking(p => p.GetRequiredService<IHttpCacheStore>()).Should().Throw<ArgumentException>().WithMessage("*MaximumResponses*");
    }

    private SqliteHttpCacheStore Open(SqliteHttpCacheStoreOptions options)
    {
        options.TimeProvider = _time;
        return new SqliteHttpCacheStore(_file.Path, options);
    }
}
