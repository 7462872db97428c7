using System.Diagnostics;
using HttpCaching.Storage.Files;
using HttpCaching.StoreContract;
using Microsoft.Extensions.Time.Testing;
using static HttpCaching.Tests.Storage.Files.FileStoreBench;

namespace HttpCaching.Tests.Storage.Files;

/// <summary>Records that stay open because they are hot: nobody sees anything old by them, and what they hold is bounded.</summary>
public sealed class OpenRecordTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    public static TheoryData<int, string> Changes()
    {
        var changes = new TheoryData<int, string>();
        foreach (var length in new[] { 100, 100_000 })
        {
            foreach (var change in new[] { "replace", "refresh", "remove", "invalidate", "clear", "evict", "delete", "rewrite" })
            {
                changes.Add(length, change);
            }
        }

        return changes;
    }

    [Theory]
    [MemberData(nameof(Changes))]
    [Trait("Spec", "CON-8")]
    public async Task Read_AnotherProcessChangedAHotRecord_ShowsTheChangeAtOnce(int length, string change)
    {
        using var store = new FileHttpCacheStore(_directory.Path);
        using var other = new FileHttpCacheStore(_directory.Path, new FileHttpCacheStoreOptions { MaximumKeys = change == "evict" ? 1 : 1000 });
        var head = await PutAsync(store, Key(), StoredResponses.Get(Key().Uri, length));

        // What the first write starts beside the requests would make files in a directory that is being deleted, and mark the record as used later.
        await store.MaintainAsync();
        await HeatAsync(store);
        using var pinned = await store.ReadAsync(Key(), default);

        var expected = new List<string>();
        switch (change)
        {
            case "replace":
                expected.Add(StoredResponses.Describe(await PutAsync(other, Key(), StoredResponses.Get(Key().Uri, length + 1))));
                break;
            case "refresh":
                var refreshed = StoredResponses.Refresh(head);
                (await other.RefreshAsync(Key(), head.Generation, refreshed)).Should().BeTrue();
                expected.Add(StoredResponses.Describe(refreshed));
                break;
            case "remove":
                await other.RemoveAsync(Key(), head.Generation, default);
                break;
            case "invalidate":
                await other.InvalidateAsync(Key().Uri, default);
                break;
            case "clear":
                await other.ClearAsync(default);
                break;
            case "evict":
                await other.MaintainAsync();
                break;
            case "delete":
                _directory.Delete();
                break;
            default:
                File.WriteAllBytes(_directory.Files("*.r").Single(), new byte[500]);
                break;
        }

        (await ReadAsync(store, Key())).Select(StoredResponses.Describe).Should().Equal(expected);

        pinned.Responses.Select(StoredResponses.Describe).Should().Equal(StoredResponses.Describe(head));
        using var body = await pinned.OpenBodyAsync(pinned.Responses[0], default);
        var bytes = new byte[length];
        for (var offset = 0; offset < length;)
        {
            var count = body.Read(offset, bytes.AsSpan(offset));
            count.Should().BePositive();
            offset += count;
        }

        SelfDescribingBody.Matches(head.BodyId, length, 0, bytes).Should().BeTrue("what a snapshot shows stays readable");
    }

    [Fact]
    public async Task Read_BodyOfAHotRecordIsDamagedInPlace_IsNotGivenOut()
    {
        using var store = new FileHttpCacheStore(_directory.Path, new FileHttpCacheStoreOptions { TimeProvider = new FakeTimeProvider(DateTimeOffset.UtcNow) });
        await PutAsync(store, Key(), StoredResponses.Get(Key().Uri, 200_000));
        await HeatAsync(store);
        using (var body = TemporaryDirectory.Open(_directory.Files("*.b").Single()))
        {
            body.Position = 100_000;
            var value = body.ReadByte();
            body.Position = 100_000;
            body.WriteByte((byte)(value ^ 1));
        }

        await FluentActions.Awaiting(() => ReadAsync(store, Key())).Should().ThrowAsync<IOException>();
    }

    [Fact]
    public async Task Read_DirectoryWasMovedAway_ShowsWithinASecond()
    {
        if (!LinuxCalls.AreKnown)
        {
            return;
        }

        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        using var store = new FileHttpCacheStore(_directory.Path, new FileHttpCacheStoreOptions { TimeProvider = time });
        await PutAsync(store, Key());
        await store.MaintainAsync();
        await HeatAsync(store);
        Directory.Move(Path.Join(_directory.Path, "v1"), Path.Join(_directory.Path, "aside"));

        time.Advance(TimeSpan.FromSeconds(1));

        (await ReadAsync(store, Key())).Should().BeEmpty();
    }

    [Fact]
    public async Task Write_DirectoryWasMovedAway_LaterReadsShowWhatWasWritten()
    {
        if (!LinuxCalls.AreKnown)
        {
            return;
        }

        using var store = new FileHttpCacheStore(_directory.Path, new FileHttpCacheStoreOptions { TimeProvider = new FakeTimeProvider(DateTimeOffset.UtcNow) });
        await PutAsync(store, Key());
        await store.MaintainAsync();
        await HeatAsync(store);
        Directory.Move(Path.Join(_directory.Path, "v1"), Path.Join(_directory.Path, "aside"));

        // The first write may only make the directory again: its snapshot is of the one before.
        await TryPutAsync(store, Key(), StoredResponses.Get());
        var head = await PutAsync(store, Key(), StoredResponses.Get());

        (await ReadAsync(store, Key())).Select(StoredResponses.Describe).Should().Equal(StoredResponses.Describe(head));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Commit_ATagWasRemovedAfterAHotRecordWasRead_IsRefused(bool isRemovedBefore)
    {
        using var store = new FileHttpCacheStore(_directory.Path, new FileHttpCacheStoreOptions { TimeProvider = new FakeTimeProvider(DateTimeOffset.UtcNow) });
        using var other = new FileHttpCacheStore(_directory.Path);
        await PutAsync(store, Key());
        await HeatAsync(store);
        var tagged = StoredResponses.Get(Key().Uri, rank: 5, tags: "red");
        if (isRemovedBefore)
        {
            // This process can't know yet that it was before: one response is not stored, and the next one is.
            await other.RemoveByTagAsync("red", default);
            await TryPutAsync(store, Key(), tagged);
            await PutAsync(store, Key(), tagged);
            return;
        }

        using var snapshot = await store.ReadAsync(Key(), default);
        await other.RemoveByTagAsync("red", default);
        using var writer = await store.BeginWriteAsync(Key(), 0, default);
        await writer!.WriteAsync(SelfDescribingBody.Create(tagged.BodyId, tagged.BodyLength), default);
        (await writer.CommitAsync(new StoreCommit { Head = tagged, Stamp = snapshot.Stamp, Retention = TimeSpan.FromHours(1) }, default)).Should().BeFalse();
    }

    [Fact]
    public async Task Commit_ThisProcessHasRemovedTheTagBefore_IsStored()
    {
        using var store = new FileHttpCacheStore(_directory.Path, new FileHttpCacheStoreOptions { TimeProvider = new FakeTimeProvider(DateTimeOffset.UtcNow) });
        await PutAsync(store, Key());
        await HeatAsync(store);

        await store.RemoveByTagAsync("red", default);

        await PutAsync(store, Key(), StoredResponses.Get(Key().Uri, rank: 5, tags: "red"));
    }

    [Fact]
    public async Task Read_HotRecords_KeepNoMoreOpenThanAllowed()
    {
        if (!LinuxCalls.AreKnown)
        {
            return;
        }

        using var store = new FileHttpCacheStore(_directory.Path, new FileHttpCacheStoreOptions { MaximumOpenRecords = 5 });
        for (var i = 0; i < 20; i++)
        {
            await PutAsync(store, Key($"{i}"), StoredResponses.Get(Key($"{i}").Uri, i % 2 == 0 ? 100 : 50_000));
        }

        for (var round = 0; round < 5; round++)
        {
            for (var i = 0; i < 20; i++)
            {
                (await ReadAsync(store, Key($"{i}"))).Should().ContainSingle();
                Open().Should().BeLessThanOrEqualTo(10, "each has its record and its body");
            }
        }

        Open().Should().BePositive();
        store.Dispose();
        Open().Should().Be(0);
    }

    [Theory]
    [InlineData(OpenRecords.MostBodyBytes + 1, false)]
    [InlineData(50_000, true)]
    public async Task Read_BodyLargeOrEncrypted_IsNotKeptOpen(int length, bool encrypt)
    {
        using var store = new FileHttpCacheStore(_directory.Path, new FileHttpCacheStoreOptions { EncryptionKey = encrypt ? new byte[32] : null });
        await PutAsync(store, Key(), StoredResponses.Get(Key().Uri, length));

        await HeatAsync(store);

        Open().Should().Be(0);
    }

    [Fact]
    public async Task Read_ManyAtOnceWhileOthersReplace_EveryBodyIsRight()
    {
        using var store = new FileHttpCacheStore(_directory.Path, new FileHttpCacheStoreOptions { MaximumOpenRecords = 3 });
        using var other = new FileHttpCacheStore(_directory.Path);
        for (var i = 0; i < 6; i++)
        {
            await PutAsync(store, Key($"{i}"), StoredResponses.Get(Key($"{i}").Uri, 1000 + (i * 20_000)));
        }

        var clock = Stopwatch.StartNew();
        var reads = 0;
        await Task.WhenAll(Enumerable.Range(0, 6).Select(worker => Task.Run(async () =>
        {
            var random = new Random(worker);
            while (clock.ElapsedMilliseconds < 1500 || Volatile.Read(ref reads) < 200)
            {
                var key = Key($"{random.Next(6)}");
                if (worker == 0)
                {
                    await TryPutAsync(other, key, StoredResponses.Get(key.Uri, random.Next(100_000)));
                }
                else
                {
                    // Checks each body against its head.
                    await ReadAsync(store, key);
                    Interlocked.Increment(ref reads);
                }
            }
        })));
    }

    private static async Task HeatAsync(FileHttpCacheStore store)
    {
        for (var i = 0; i < 4; i++)
        {
            (await ReadAsync(store, Key())).Should().ContainSingle();
        }
    }

    /// <summary>The records and bodies of this directory that the process has open.</summary>
    private int Open() => OperatingSystem.IsLinux()
        ? new DirectoryInfo("/proc/self/fd").GetFileSystemInfos().Count(f => f.LinkTarget is { } target
            && target.StartsWith(_directory.Path, StringComparison.Ordinal) && target.Contains("/v1/", StringComparison.Ordinal)
            && (target.Contains(".r", StringComparison.Ordinal) || target.Contains(".b", StringComparison.Ordinal)))
        : 0;
}
