using HttpCaching.StoreContract;

namespace HttpCaching.Tests.Storage.InMemory;

/// <summary>Segments of large bodies come back exactly once, and never while anybody can still look into them.</summary>
public sealed class PooledBodyTests : IDisposable
{
    private const int Segments = 20;
    private const int Length = (Segments * PoisoningPool.Segment) - 100;

    private static readonly CacheKey Key = new("https://example.org/", null);

    private readonly PoisoningPool _pool = new();
    private readonly MemoryHttpCacheStore _store;

    public PooledBodyTests() =>
        _store = new MemoryHttpCacheStore(new() { MaximumBytes = 5 * Segments * PoisoningPool.Segment, MaximumEntryBytes = 2 * Segments * PoisoningPool.Segment }, _pool);

    /// <summary>What can become of a stored response while somebody reads it.</summary>
    public enum Ending
    {
        Replaced,
        Removed,
        Invalidated,
        Cleared,
        Evicted,
        StoreDisposed,
    }

    public void Dispose() => _store.Dispose();

    public static TheoryData<Ending, bool> Endings()
    {
        TheoryData<Ending, bool> all = [];
        foreach (var ending in Enum.GetValues<Ending>())
        {
            all.Add(ending, true);
            all.Add(ending, false);
        }

        return all;
    }

    [Theory]
    [MemberData(nameof(Endings))]
    public async Task Reader_HoldsTheBody_SegmentsComeBackAfterIt(Ending ending, bool snapshotFirst)
    {
        var head = await PutAsync(Key);
        var snapshot = await _store.ReadAsync(Key, default);
        var body = await snapshot.OpenBodyAsync(snapshot.Responses[0], default);
        using var unopened = await _store.ReadAsync(Key, default);

        await EndAsync(ending, head);
        await DisturbAsync(ending);
        var returned = _pool.Returned;
        ShouldHold(body, head);
        using (var second = await unopened.OpenBodyAsync(unopened.Responses[0], default))
        {
            ShouldHold(second, head);
        }

        unopened.Dispose();
        unopened.Dispose();
        ShouldHold(body, head);
        (snapshotFirst ? (IDisposable)snapshot : body).Dispose();
        if (snapshotFirst)
        {
            ShouldHold(body, head);
        }

        _pool.Returned.Should().Be(returned, "one of the two still holds the segments");
        (snapshotFirst ? (IDisposable)body : snapshot).Dispose();

        _pool.Returned.Should().Be(returned + Segments);
        body.Dispose();
        snapshot.Dispose();
        _pool.Returned.Should().Be(returned + Segments);
    }

    [Theory]
    [InlineData(Ending.Replaced)]
    [InlineData(Ending.Removed)]
    [InlineData(Ending.Invalidated)]
    [InlineData(Ending.Cleared)]
    [InlineData(Ending.Evicted)]
    [InlineData(Ending.StoreDisposed)]
    public async Task Response_NobodyReads_SegmentsComeBackAtOnce(Ending ending)
    {
        var head = await PutAsync(Key);
        using (var snapshot = await _store.ReadAsync(Key, default))
        using (var body = await snapshot.OpenBodyAsync(snapshot.Responses[0], default))
        {
            ShouldHold(body, head);
        }

        _pool.Returned.Should().Be(0, "the store holds them");

        await EndAsync(ending, head);

        _pool.Returned.Should().BeGreaterThanOrEqualTo(Segments);
    }

    [Fact]
    public async Task Snapshot_DisposedTwice_TakesNothingFromOthers()
    {
        var head = await PutAsync(Key);
        using var other = await _store.ReadAsync(Key, default);
        var snapshot = await _store.ReadAsync(Key, default);

        for (var i = 0; i < 5; i++)
        {
            snapshot.Dispose();
        }

        await _store.RemoveAsync(Key, head.Generation, default);
        _pool.Returned.Should().Be(0);
        using var body = await other.OpenBodyAsync(other.Responses[0], default);
        ShouldHold(body, head);
        var act = async () => await snapshot.OpenBodyAsync(head, default);
        await act.Should().ThrowAsync<ObjectDisposedException>();
    }

    [Fact]
    public async Task Reader_NeverDisposed_SegmentsNeverComeBack()
    {
        var head = await PutAsync(Key);
        await LoseAsync();

        await _store.RemoveAsync(Key, head.Generation, default);
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();

        _pool.Returned.Should().Be(0);

        async Task LoseAsync()
        {
            var snapshot = await _store.ReadAsync(Key, default);
            await snapshot.OpenBodyAsync(snapshot.Responses[0], default);
        }
    }

    [Fact]
    public async Task ReplaceHead_LargeBody_GoesOverToTheNewHead()
    {
        var head = await PutAsync(Key);
        using var before = await _store.ReadAsync(Key, default);
        var refreshed = StoredResponses.Refresh(head);

        (await _store.RefreshAsync(Key, head.Generation, refreshed)).Should().BeTrue();

        using (var after = await _store.ReadAsync(Key, default))
        using (var body = await after.OpenBodyAsync(after.Responses[0], default))
        {
            ShouldHold(body, head);
        }

        before.Dispose();
        _pool.Returned.Should().Be(0);
        await _store.RemoveAsync(Key, refreshed.Generation, default);
        _pool.Returned.Should().Be(Segments);
        _store.Bytes.Should().Be(0);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Writer_Abandoned_SegmentsComeBackAfterThoseWhoReadAlong(bool isLengthKnown)
    {
        var head = StoredResponses.Get(length: Length);
        var bytes = SelfDescribingBody.Create(head.BodyId, Length);
        var writer = (await _store.BeginWriteAsync(Key, isLengthKnown ? Length : null, default))!;
        var before = writer.OpenWritten()!;
        await writer.WriteAsync(bytes.AsMemory(0, Length / 2), default);
        var after = writer.OpenWritten()!;
        await writer.WriteAsync(bytes.AsMemory(Length / 2), default);

        writer.Dispose();
        writer.Dispose();

        writer.OpenWritten().Should().BeNull();
        ShouldHold(before, head);
        before.Dispose();
        before.Dispose();
        ShouldHold(after, head);
        _pool.Returned.Should().Be(0);
        after.Dispose();
        _pool.Returned.Should().Be(isLengthKnown ? Segments : Segments - 1, "what came before the body was known to be large was not rented");
    }

    [Fact]
    public async Task Writer_TooLarge_SegmentsComeBackAtOnce()
    {
        using var writer = (await _store.BeginWriteAsync(Key, null, default))!;
        await writer.WriteAsync(new byte[Length], default);

        (await writer.WriteAsync(new byte[2 * Length], default)).Should().BeFalse();

        _pool.Returned.Should().Be(Segments - 1);
    }

    [Fact]
    public async Task Writer_CommitRefused_SegmentsComeBack()
    {
        var head = StoredResponses.Get(length: Length);
        using var writer = (await _store.BeginWriteAsync(Key, Length, default))!;
        await writer.WriteAsync(new byte[Length], default);
        await _store.InvalidateAsync(Key.Uri, default);

        (await writer.CommitAsync(new() { Head = head, Stamp = 0, Retention = TimeSpan.FromHours(1) }, default)).Should().BeFalse();

        _pool.Returned.Should().Be(Segments);
    }

    [Fact]
    public async Task Writer_DisposedAfterTheCommit_LeavesTheBodyAlone()
    {
        var head = await PutAsync(Key);
        await PutAsync(Key with { Scope = "other" });

        using var snapshot = await _store.ReadAsync(Key, default);
        using var body = await snapshot.OpenBodyAsync(snapshot.Responses[0], default);

        ShouldHold(body, head);
        _pool.Returned.Should().Be(0);
    }

    [Fact]
    public async Task Bytes_LastSegmentPartlyUsed_CountsItWhole()
    {
        await PutAsync(Key);

        _store.Bytes.Should().BeGreaterThan(Segments * PoisoningPool.Segment);
    }

    [Fact]
    public async Task Write_AfterAsMuchWasRemoved_TakesItsSegmentsAgain()
    {
        using var store = new MemoryHttpCacheStore(new() { MaximumBytes = 64 << 20, MaximumEntryBytes = 16 << 20 });
        var (piece, head) = (new byte[64 * 1024], StoredResponses.Get(length: 8 << 20));
        await WriteAsync();
        await store.ClearAsync(default);
        var before = GC.GetAllocatedBytesForCurrentThread();

        var writing = WriteAsync();

        writing.IsCompletedSuccessfully.Should().BeTrue();
        (GC.GetAllocatedBytesForCurrentThread() - before).Should().BeLessThan(64 * 1024);

        async Task WriteAsync()
        {
            using var writer = (await store.BeginWriteAsync(Key, head.BodyLength, default))!;
            for (var i = 0; i < head.BodyLength / piece.Length; i++)
            {
                await writer.WriteAsync(piece, default);
            }

            (await writer.CommitAsync(new() { Head = head, Stamp = long.MaxValue, Retention = TimeSpan.FromHours(1) }, default)).Should().BeTrue();
        }
    }

    private static void ShouldHold(StoredBody body, StoredResponse head)
    {
        var bytes = new byte[head.BodyLength];
        for (var offset = 0; offset < bytes.Length;)
        {
            offset += body.Read(offset, bytes.AsSpan(offset, Math.Min(3000, bytes.Length - offset)));
        }

        SelfDescribingBody.Matches(head.BodyId, head.BodyLength, 0, bytes).Should().BeTrue("what is read is what was written");
    }

    private async Task<StoredResponse> PutAsync(CacheKey key, long? replaces = null, int length = Length)
    {
        var head = StoredResponses.Get(key.Uri, length);
        using var snapshot = await _store.ReadAsync(key, default);
        using var writer = (await _store.BeginWriteAsync(key, length, default))!;
        await writer.WriteAsync(SelfDescribingBody.Create(head.BodyId, length), default);
        (await writer.CommitAsync(new() { Head = head, Stamp = snapshot.Stamp, Replaces = replaces, Retention = TimeSpan.FromHours(1) }, default)).Should().BeTrue();
        return head;
    }

    private async Task EndAsync(Ending ending, StoredResponse head)
    {
        switch (ending)
        {
            case Ending.Replaced:
                await PutAsync(Key, head.Generation);
                break;
            case Ending.Removed:
                await _store.RemoveAsync(Key, head.Generation, default);
                break;
            case Ending.Invalidated:
                await _store.InvalidateAsync(Key.Uri, default);
                break;
            case Ending.Cleared:
                await _store.ClearAsync(default);
                break;
            case Ending.Evicted:
                // Others that are read too are worth as much, and newer.
                for (var i = 0; i < 400; i++)
                {
                    var other = new CacheKey($"https://example.org/{i}", null);
                    await PutAsync(other, length: 100);
                    (await _store.ReadAsync(other, default)).Dispose();
                }

                using (var gone = await _store.ReadAsync(Key, default))
                {
                    gone.Responses.Should().BeEmpty();
                }

                break;
            default:
                _store.Dispose();
                break;
        }
    }

    /// <summary>Has others take what lies in the pool.</summary>
    private async Task DisturbAsync(Ending ending)
    {
        if (ending is Ending.StoreDisposed)
        {
            return;
        }

        using var writer = (await _store.BeginWriteAsync(Key, Length, default))!;
        await writer.WriteAsync(new byte[Length], default);
    }
}
