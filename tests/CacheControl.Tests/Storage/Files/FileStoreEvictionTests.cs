using HttpCaching.Storage.Files;
using HttpCaching.StoreContract;
using Microsoft.Extensions.Time.Testing;
using static HttpCaching.Tests.Storage.Files.FileStoreBench;

namespace HttpCaching.Tests.Storage.Files;

/// <summary>Limits, eviction, and clearing up after the dead.</summary>
public sealed class FileStoreEvictionTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UtcNow);

    public void Dispose() => _directory.Dispose();

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

        store.Bytes.Should().BeInRange(1_000_000, 1_900_000).And.Be(BytesOnDisk(_directory));
        store.Keys.Should().Be(_directory.Files("*.r").Length);
    }

    [Fact]
    [Trait("Spec", "SRE-6")]
    public async Task Write_AboveTheLimitOfKeys_IsEvicted()
    {
        using var store = Open(new() { MaximumKeys = 100 });
        for (var i = 0; i < 300; i++)
        {
            await PutAsync(store, Key($"{i}"));
        }

        await store.MaintainAsync();

        store.Keys.Should().BeInRange(80, 95).And.Be(_directory.Files("*.r").Length);
        store.Bytes.Should().Be(BytesOnDisk(_directory));
    }

    [Fact]
    [Trait("Spec", "SRE-9")]
    public async Task Scan_LongerThanTheStore_LeavesWhatIsUsedAgainAndAgain()
    {
        using var store = Open(new() { MaximumKeys = 100 });
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
            _time.Advance(TimeSpan.FromSeconds(1));
            await PutAsync(store, Key($"scanned {i}"));
            if (i % 20 == 0)
            {
                await store.MaintainAsync();
            }
        }

        var left = 0;
        for (var i = 0; i < 20; i++)
        {
            left += (await ReadAsync(store, Key($"hot {i}"))).Length;
        }

        // What goes is chosen among samples, so that now and then one of the hot ones meets only hotter ones.
        left.Should().BeGreaterThanOrEqualTo(15);
    }

    [Fact]
    [Trait("Spec", "SRE-10")]
    public async Task Clock_SetBack_EvictionGoesOn()
    {
        using var store = Open(new() { MaximumKeys = 50 });
        for (var i = 0; i < 60; i++)
        {
            await PutAsync(store, Key($"before {i}"));
        }

        _time.AdjustTime(_time.GetUtcNow().AddDays(-30));
        for (var i = 0; i < 60; i++)
        {
            await PutAsync(store, Key($"after {i}"));
        }

        await store.MaintainAsync();

        store.Keys.Should().BeLessThanOrEqualTo(48);
        await PutAsync(store, Key("last"));
        (await ReadAsync(store, Key("last"))).Should().ContainSingle();
    }

    [Fact]
    public async Task Read_Hit_WritesNothing()
    {
        using var store = Open(new());
        await PutAsync(store, Key(), StoredResponses.Get(Key().Uri, 100_000));
        await store.MaintainAsync();
        var before = Times();

        for (var i = 0; i < 100; i++)
        {
            await ReadAsync(store, Key());
        }

        Times().Should().Equal(before);
        await store.MaintainAsync();
        UseStamp.Of(File.GetLastWriteTimeUtc(_directory.Files("*.r").Single())).Uses.Should().Be(UseStamp.MostUses);

        DateTime[] Times() => [.. _directory.Files("*").Select(File.GetLastWriteTimeUtc)];
    }

    [Fact]
    [Trait("Spec", "SRE-5")]
    public async Task Sweep_AbandonedTemporaryFiles_GoAndLiveOnesStay()
    {
        using var store = Open(new());
        using var writer = await store.BeginWriteAsync(Key(), null, default);
        await writer!.WriteAsync(new byte[100_000], default);
        var live = _directory.Files("*").Single(f => f.Contains(Path.Join("v1", "tmp"), StringComparison.Ordinal));
        var dead = Path.Join(Path.GetDirectoryName(live), new string('0', 32));
        var young = Path.Join(Path.GetDirectoryName(live), new string('1', 32));
        var future = Path.Join(Path.GetDirectoryName(live), new string('2', 32));
        foreach (var path in new[] { dead, young, future })
        {
            File.WriteAllText(path, string.Empty);
        }

        File.SetLastWriteTimeUtc(young, _time.GetUtcNow().UtcDateTime);
        File.SetLastWriteTimeUtc(dead, _time.GetUtcNow().UtcDateTime.AddHours(-1));
        File.SetLastWriteTimeUtc(live, _time.GetUtcNow().UtcDateTime.AddHours(-1));
        File.SetLastWriteTimeUtc(future, _time.GetUtcNow().UtcDateTime.AddYears(1));

        using var other = Open(new());
        await other.MaintainAsync();

        File.Exists(live).Should().BeTrue("its writer lives");
        File.Exists(young).Should().BeTrue("its writer may not have locked it yet");
        File.Exists(dead).Should().BeFalse();
        File.Exists(future).Should().BeFalse();
    }

    [Fact]
    [Trait("Spec", "SRE-5")]
    public async Task Sweep_WhatNoRecordRefersTo_GoesWhenItsShardIsMarked()
    {
        using var store = Open(new());
        await PutAsync(store, Key(), StoredResponses.Get(Key().Uri, 100_000));
        await PutAsync(store, Key(scope: "scope"));
        var body = _directory.Files("*.b").Single();
        var scoped = _directory.Files("*.r").Single(path => path.Contains(".d", StringComparison.Ordinal));
        string[] orphans = [Path.ChangeExtension(body, null) + "0.b", Path.ChangeExtension(body, ".t"), Path.ChangeExtension(scoped, ".0.t")];
        Array.ForEach(orphans, orphan => File.Copy(body, orphan));
        File.Delete(scoped);
        using (var directory = new StoreDirectory(_directory.Path, new FileHttpCacheStoreOptions().ToSettings()))
        {
            // As one who dies within a change leaves it.
            using var shard = await directory.LockAsync(FilePlace.Of(directory.Root, Key(), new FileSeal.Checksums()).Shard, default);
            shard.BeginChange();
        }

        await store.MaintainAsync();

        orphans.Should().NotContain(path => File.Exists(path));
        Directory.Exists(Path.GetDirectoryName(scoped)).Should().BeFalse("nothing is in it");
        (await ReadAsync(store, Key())).Should().ContainSingle();
        store.Bytes.Should().Be(BytesOnDisk(_directory));
    }

    [Fact]
    public async Task Maintain_LockIsHeldForAMoment_WaitsAndDoesItsWork()
    {
        using var store = Open(new());
        await store.MaintainAsync();
        using var directory = new StoreDirectory(_directory.Path, new FileHttpCacheStoreOptions().ToSettings());
        using (var shard = await directory.LockAsync(FilePlace.Of(directory.Root, Key(), new FileSeal.Checksums()).Shard, default))
        {
            shard.BeginChange();
        }

        Task running;
        using (directory.TryLockMaintenance())
        {
            running = store.MaintainAsync();
            running.IsCompleted.Should().BeFalse();
        }

        await running;
        directory.State.ReadAllUsage().Should().NotContain(usage => usage.IsMarked);
    }

    private FileHttpCacheStore Open(FileHttpCacheStoreOptions options)
    {
        options.TimeProvider = _time;
        return new FileHttpCacheStore(_directory.Path, options);
    }
}
