using FluentAssertions;
using Xunit;

namespace HttpCaching.StoreContract;

/// <content>The responses of a snapshot stay readable, whatever other callers do.</content>
public abstract partial class HttpCacheStoreContract
{
    private const int PinnedBody = 100_000;

    /// <summary>A snapshot outlives the replacement of its responses.</summary>
    [Fact]
    [Trait("Spec", "CON-8")]
    public Task Snapshot_ResponseReplaced_StaysReadable() =>
        StaysReadableAsync(head => PutAsync(Key(), StoredResponses.Get(length: 5), head.Generation));

    /// <summary>A snapshot shows the head that was read, even after a refresh.</summary>
    [Fact]
    [Trait("Spec", "CON-8")]
    public Task Snapshot_ResponseRefreshed_StaysReadable() =>
        StaysReadableAsync(head => RefreshAsync(Key(), head.Generation, StoredResponses.Refresh(head)));

    /// <summary>A snapshot outlives the removal of its responses.</summary>
    [Fact]
    [Trait("Spec", "CON-8")]
    public Task Snapshot_ResponseRemoved_StaysReadable() =>
        StaysReadableAsync(head => Store.RemoveAsync(Key(), head.Generation, default).AsTask());

    /// <summary>A snapshot outlives an invalidation.</summary>
    [Fact]
    [Trait("Spec", "CON-8")]
    public Task Snapshot_UriInvalidated_StaysReadable() =>
        StaysReadableAsync(_ => Store.InvalidateAsync(Key().Uri, default).AsTask());

    /// <summary>A snapshot outlives the clearing of the store.</summary>
    [Fact]
    [Trait("Spec", "CON-8")]
    public Task Snapshot_StoreCleared_StaysReadable() =>
        StaysReadableAsync(_ => Store is IHttpCacheStoreMaintenance store ? store.ClearAsync(default).AsTask() : Task.CompletedTask);

    /// <summary>A snapshot outlives eviction, and the store stays within its limits.</summary>
    [Fact]
    [Trait("Spec", "CON-8")]
    public Task Snapshot_StoreOverflows_StaysReadable() => StaysReadableAsync(async _ =>
    {
        var length = Math.Min(EntryLimitBytes ?? long.MaxValue, 64 * 1024) / 2;
        var count = Math.Min(3 * (TotalLimitBytes ?? 0) / length, 2000) + 20;
        for (var i = 0; i < count; i++)
        {
            await PutAsync(Key(i), StoredResponses.Get(Key(i).Uri, length));
        }
    });

    private async Task StaysReadableAsync(Func<StoredResponse, Task> disturbance)
    {
        if (!KeepsSnapshotsReadable)
        {
            return;
        }

        var length = Math.Min(PinnedBody, (EntryLimitBytes ?? PinnedBody) / 2);
        var head = await PutAsync(Key(), StoredResponses.Get(length: length));
        using var unopened = await Store.ReadAsync(Key(), default);
        using var opened = await Store.ReadAsync(Key(), default);
        using var body = await opened.OpenBodyAsync(opened.Responses[0], default);
        var start = new byte[10];
        (await body.ReadAsync(0, start, default)).Should().BePositive();

        await disturbance(head);

        await ShouldBeBodyOfAsync(head, body);
        unopened.Responses.Select(StoredResponses.Describe).Should().Equal(StoredResponses.Describe(head));
        await ShouldHaveItsBodyAsync(unopened, unopened.Responses[0]);
    }

    /// <summary>Snapshots read at different times show different responses, each its own.</summary>
    [Fact]
    public async Task Snapshot_TakenLater_ShowsTheChange()
    {
        using var before = await Store.ReadAsync(Key(), default);
        var head = await PutAsync(Key(), StoredResponses.Get());
        using var after = await Store.ReadAsync(Key(), default);

        before.Responses.Should().BeEmpty();
        after.Responses.Select(StoredResponses.Describe).Should().Equal(StoredResponses.Describe(head));
    }
}
