using HttpCaching.StoreContract;

namespace HttpCaching.Tests.Storage;

public sealed class MemoryHttpCacheStoreTests : HttpCacheStoreContract
{
    private const long TotalLimit = 2_000_000;
    private const long EntryLimit = 400_000;

    private static readonly CacheKey SomeKey = new("https://example.org/some", "scope");

    protected override int Removals => 2000;

    protected override long? EntryLimitBytes => EntryLimit;

    protected override long? TotalLimitBytes => TotalLimit;

    private MemoryHttpCacheStore Memory => (MemoryHttpCacheStore)Store;

    protected override IHttpCacheStore CreateStore() =>
        new MemoryHttpCacheStore(new MemoryHttpCacheStoreOptions { MaximumBytes = TotalLimit, MaximumEntryBytes = EntryLimit });

    protected override IHttpCacheStore? CreateStoreWithClock(TimeProvider time) => new MemoryHttpCacheStore(new MemoryHttpCacheStoreOptions { TimeProvider = time });

    [Theory]
    [InlineData(null)]
    [InlineData("scope")]
    public async Task Read_Hit_CompletesSynchronouslyWithoutAllocation(string? scope)
    {
        var key = SomeKey with { Scope = scope };
        await Put(Memory, key, StoredResponses.Get(length: 100_000));
        await Memory.InvalidateAsync("https://example.org/other", default);
        (await HitAsync(key)).Should().Be(100_000, "the first read after an invalidation takes up the new stamp");

        var before = GC.GetAllocatedBytesForCurrentThread();
        var allCompleted = true;
        for (var i = 0; i < 100; i++)
        {
            allCompleted &= HitAsync(key).IsCompletedSuccessfully;
        }

        (GC.GetAllocatedBytesForCurrentThread() - before).Should().Be(0);
        allCompleted.Should().BeTrue();
    }

    [Fact]
    public async Task Read_Miss_AllocatesNothingWhileNothingIsInvalidated()
    {
        await Memory.InvalidateAsync("https://example.org/other", default);
        (await Memory.ReadAsync(SomeKey, default)).Dispose();

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
        {
            Read(SomeKey).Dispose();
        }

        (GC.GetAllocatedBytesForCurrentThread() - before).Should().Be(0);
    }

    [Fact]
    public async Task Body_SmallOfUnknownLength_IsInOnePiece()
    {
        await Put(Memory, SomeKey, StoredResponses.Get(length: 30_000));
        using var snapshot = await Memory.ReadAsync(SomeKey, default);
        using var body = await snapshot.OpenBodyAsync(snapshot.Responses[0], default);

        body.TryGetMemory(0, out var segment).Should().BeTrue();

        segment.Length.Should().Be(30_000);
    }

    [Fact]
    [Trait("Spec", "SRE-7")]
    public async Task Write_DeclaredLengthLies_AllocatesNoMoreThanASegment()
    {
        using var store = new MemoryHttpCacheStore(new MemoryHttpCacheStoreOptions { MaximumBytes = long.MaxValue });
        var before = GC.GetAllocatedBytesForCurrentThread();

        using var writer = await store.BeginWriteAsync(SomeKey, long.MaxValue / 20, default);
        await writer!.WriteAsync(new byte[1], default);

        (GC.GetAllocatedBytesForCurrentThread() - before).Should().BeLessThan(70_000);
    }

    [Fact]
    [Trait("Spec", "SRE-6")]
    public async Task Write_HeadAboveLimit_IsNotStored()
    {
        var head = StoredResponses.Get(length: EntryLimit);

        (await TryPut(Memory, SomeKey, head)).Should().BeFalse("body and head together are above the limit");

        Memory.Count.Should().Be(0);
        Memory.Bytes.Should().Be(0);
    }

    [Fact]
    [Trait("Spec", "SRE-6")]
    public async Task Write_ManyResponses_StaysBelowTotalLimit()
    {
        var random = new Random(1);
        for (var i = 0; i < 500; i++)
        {
            await Put(Memory, SomeKey with { Scope = $"{i % 100}" }, StoredResponses.Get(length: random.Next(0, 30_000), variant: $"{i % 7}"));
            Memory.Bytes.Should().BeInRange(1, TotalLimit);
        }

        Memory.Bytes.Should().BeGreaterThan(TotalLimit * 3 / 4);
        (await CountListedAsync(Memory)).Should().Be(Memory.Count);
    }

    [Fact]
    [Trait("Spec", "SRE-6")]
    public async Task Write_AsLargeAsTheStore_DisplacesAllElse()
    {
        using var store = new MemoryHttpCacheStore(new MemoryHttpCacheStoreOptions { MaximumBytes = 100_000, MaximumEntryBytes = 100_000 });
        for (var i = 0; i < 20; i++)
        {
            await Put(store, SomeKey with { Scope = $"{i}" }, StoredResponses.Get(length: 1000));
        }

        await Put(store, SomeKey, StoredResponses.Get(length: 98_000));

        store.Count.Should().Be(1);
        using var snapshot = await store.ReadAsync(SomeKey, default);
        snapshot.Responses.Should().ContainSingle();
    }

    [Fact]
    public async Task Bytes_AllRemoved_IsZero()
    {
        await Put(Memory, SomeKey, StoredResponses.Get(variant: "a"));
        await Put(Memory, SomeKey, StoredResponses.Get(variant: "b"));
        var replaced = await Put(Memory, SomeKey, StoredResponses.Get(variant: "b", length: 7, rank: 2));
        var refreshed = StoredResponses.Refresh(replaced, variant: "a", rank: 3);
        await Memory.RefreshAsync(SomeKey, replaced.Generation, refreshed, TimeSpan.Zero);
        Memory.Count.Should().Be(1);

        await Memory.RemoveAsync(SomeKey, refreshed.Generation, default);

        Memory.Count.Should().Be(0);
        Memory.Bytes.Should().Be(0);
    }

    [Fact]
    [Trait("Spec", "SRE-6")]
    public async Task Write_TooManyVariants_DropsTheOldest()
    {
        using var store = new MemoryHttpCacheStore(new MemoryHttpCacheStoreOptions { MaximumVariants = 3 });
        for (var i = 0; i < 5; i++)
        {
            await Put(store, SomeKey, StoredResponses.Get(variant: $"v{i}"));
        }

        using var snapshot = await store.ReadAsync(SomeKey, default);

        snapshot.Responses.Select(r => r.Variant).Should().Equal("v4", "v3", "v2");
        store.Count.Should().Be(3);
    }

    [Fact]
    public async Task ReplaceHead_OfAnotherBody_Throws()
    {
        var head = await Put(Memory, SomeKey, StoredResponses.Get());

        var act = async () => await Memory.ReplaceHeadAsync(SomeKey, head.Generation, StoredResponses.Get(), 0, TimeSpan.Zero, default);

        await act.Should().ThrowAsync<ArgumentException>();
    }

    [Fact]
    public async Task OpenBody_HeadOfAnotherSnapshot_ThrowsIOException()
    {
        await Put(Memory, SomeKey, StoredResponses.Get());
        using var snapshot = await Memory.ReadAsync(SomeKey, default);

        var act = async () => await snapshot.OpenBodyAsync(StoredResponses.Get(), default);

        await act.Should().ThrowAsync<IOException>();
    }

    [Fact]
    [Trait("Spec", "SRE-12")]
    public async Task Dispose_ThenAnyCall_ThrowsButSnapshotsStayReadable()
    {
        var head = await Put(Memory, SomeKey, StoredResponses.Get());
        using var writer = await Memory.BeginWriteAsync(SomeKey, 0, default);
        using var snapshot = await Memory.ReadAsync(SomeKey, default);

        Memory.Dispose();
        Memory.Dispose();

        Func<Task>[] calls =
        [
            async () => await Memory.ReadAsync(SomeKey, default),
            async () => await Memory.BeginWriteAsync(SomeKey, 0, default),
            async () => await writer!.CommitAsync(new() { Head = head.WithBody(0), Stamp = 0, Retention = default }, default),
            async () => await Memory.ReplaceHeadAsync(SomeKey, 0, head, 0, default, default),
            async () => await Memory.RemoveAsync(SomeKey, 0, default),
            async () => await Memory.InvalidateAsync(SomeKey.Uri, default),
            async () => await Memory.RemoveByTagAsync("tag", default),
            async () => await Memory.RemoveByPrefixAsync("https:", default),
            async () => await Memory.ClearAsync(default),
            async () => await CountListedAsync(Memory),
        ];
        foreach (var call in calls)
        {
            await call.Should().ThrowAsync<ObjectDisposedException>();
        }

        using var body = await snapshot.OpenBodyAsync(snapshot.Responses[0], default);
        body.Read(0, new byte[200]).Should().Be(100);
    }

    [Fact]
    public async Task Writer_UsedAfterItsEnd_Throws()
    {
        var writer = await Memory.BeginWriteAsync(SomeKey, 0, default);
        var commit = new StoreCommit { Head = StoredResponses.Get(length: 0), Stamp = 0, Retention = default };
        await writer!.CommitAsync(commit, default);

        await writer.Invoking(async w => await w.CommitAsync(commit, default)).Should().ThrowAsync<InvalidOperationException>();
        writer.Dispose();
        await writer.Invoking(async w => await w.WriteAsync(new byte[1], default)).Should().ThrowAsync<ObjectDisposedException>();
    }

    [Fact]
    public void Constructor_OptionsOutOfRange_SaysWhatToChange()
    {
        var options = new MemoryHttpCacheStoreOptions { MaximumBytes = 0, MaximumEntryBytes = -1, MaximumVariants = 0 };

        var act = () => new MemoryHttpCacheStore(options);

        act.Should().Throw<ArgumentException>().Which.Message.Should()
            .Contain("MaximumBytes is 0: set").And.Contain("MaximumEntryBytes is -1: set").And.Contain("MaximumVariants is 0: set");
    }

    [Fact]
    public void Constructor_EntryLimitAboveTotal_SaysWhatToChange()
    {
        var act = () => new MemoryHttpCacheStore(new MemoryHttpCacheStoreOptions { MaximumBytes = 10, MaximumEntryBytes = 11 });

        act.Should().Throw<ArgumentException>().WithMessage("MaximumEntryBytes is 11: lower it*");
    }

    private static async Task<StoredResponse> Put(MemoryHttpCacheStore store, CacheKey key, StoredResponse head)
    {
        (await TryPut(store, key, head)).Should().BeTrue();
        return head;
    }

    private static async Task<bool> TryPut(MemoryHttpCacheStore store, CacheKey key, StoredResponse head)
    {
        using var snapshot = await store.ReadAsync(key, default);
        using var writer = await store.BeginWriteAsync(key, null, default);
        return await writer!.WriteAsync(new byte[head.BodyLength], default)
            && await writer.CommitAsync(new() { Head = head, Stamp = snapshot.Stamp, Retention = TimeSpan.FromHours(1) }, default);
    }

    private static async Task<int> CountListedAsync(MemoryHttpCacheStore store)
    {
        var count = 0;
        await foreach (var _ in store.EnumerateAsync(default))
        {
            count++;
        }

        return count;
    }

    private HttpCacheSnapshot Read(CacheKey key) => Memory.ReadAsync(key, default).Result;

    private ValueTask<long> HitAsync(CacheKey key)
    {
        using var snapshot = Read(key);
        using var body = snapshot.OpenBodyAsync(snapshot.Responses[0], default).Result;
        return new ValueTask<long>(body.Length);
    }
}
