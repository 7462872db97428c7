using System.Globalization;
using FluentAssertions;
using Xunit;

namespace HttpCaching.StoreContract;

/// <summary>
/// The duties of every store, as tests. Derive a test class, return your store from it, and run it with xunit.
/// If a store can't give a guarantee, override the flag for it, and document it.
/// </summary>
public abstract partial class HttpCacheStoreContract : IAsyncLifetime
{
    private IHttpCacheStore? _store;

    /// <summary>Whether <see cref="IHttpCacheStore.ReplaceHeadAsync"/>, <see cref="IHttpCacheStore.RemoveAsync"/> and commits compare generations and ranks atomically.</summary>
    protected virtual bool SupportsCompareAndSwap => true;

    /// <summary>Whether commits that began before an invalidation are refused.</summary>
    protected virtual bool RefusesLateCommits => true;

    /// <summary>Whether a removal by tag or prefix refuses only the commits that it covers, and not all that are under way.</summary>
    protected virtual bool RefusesOnlyWhatIsRemoved => true;

    /// <summary>Whether a removal by tag allows commits that have other tags, and not only those without tags.</summary>
    protected virtual bool TellsTagsApart => true;

    /// <summary>Whether new heads are refused as commits are.</summary>
    protected virtual bool RefusesLateHeads => true;

    /// <summary>Whether the responses of a snapshot stay readable after other writers have replaced or removed them.</summary>
    protected virtual bool KeepsSnapshotsReadable => true;

    /// <summary>Whether removals return the number of removed responses. A store that can't tell returns -1.</summary>
    protected virtual bool CountsRemovals => true;

    /// <summary>
    /// Whether removals count and refuse exactly the responses that they cover. A store that removes lazily may count again a response that an earlier removal covered. A store that remembers removals
    /// in shared cells may refuse more.
    /// </summary>
    protected virtual bool RemovesExactly => true;

    /// <summary>
    /// Whether a snapshot is known to be read after all removals before it. A store that takes it for older than it is may refuse a change that follows a removal by another process; the change is
    /// taken with the next snapshot.
    /// </summary>
    protected virtual bool StampsAreExact => true;

    /// <summary>Whether the store can remove responses by any prefix, and not only by a whole origin.</summary>
    protected virtual bool RemovesByAnyPrefix => true;

    /// <summary>Whether the store can list its responses.</summary>
    protected virtual bool ListsResponses => true;

    /// <summary>The most bytes of one response in the stores of <see cref="CreateStore"/>, or <see langword="null"/> for no limit.</summary>
    protected virtual long? EntryLimitBytes => null;

    /// <summary>The most bytes that the stores of <see cref="CreateStore"/> keep, or <see langword="null"/> for no limit.</summary>
    protected virtual long? TotalLimitBytes => null;

    /// <summary>The store of this test, made at the first use.</summary>
    protected IHttpCacheStore Store => _store ??= CreateStore();

    /// <summary>Makes an empty store. Called at most once in each test.</summary>
    protected abstract IHttpCacheStore CreateStore();

    /// <summary>Prepares the test; does nothing by default.</summary>
    public virtual Task InitializeAsync() => Task.CompletedTask;

    /// <summary>Disposes the store, if it can be disposed.</summary>
    public virtual async Task DisposeAsync()
    {
        await DisposeStoreAsync().ConfigureAwait(false);
        GC.SuppressFinalize(this);
    }

    private async ValueTask DisposeStoreAsync()
    {
        if (_store is IAsyncDisposable asyncDisposable)
        {
            await asyncDisposable.DisposeAsync().ConfigureAwait(false);
        }
        else
        {
            (_store as IDisposable)?.Dispose();
        }

        _store = null;
    }

    private static CacheKey Key(string path = "", string? scope = null) => new("https://example.org/" + path, scope);

    private static CacheKey Key(int number) => Key(number.ToString(CultureInfo.InvariantCulture));

    private static StoreCommit Commit(StoredResponse head, long stamp, long? replaces = null) =>
        new() { Head = head, Stamp = stamp, Replaces = replaces, Retention = TimeSpan.FromHours(1) };

    private async Task<long> StampOfAsync(CacheKey key)
    {
        using var snapshot = await Store.ReadAsync(key, default);
        return snapshot.Stamp;
    }

    /// <summary>Stores a head with its self-describing body, as a caller that has just read the key.</summary>
    private async Task<StoredResponse> PutAsync(CacheKey key, StoredResponse head, long? replaces = null)
    {
        (await TryPutAsync(key, head, await StampOfAsync(key), replaces)).Should().BeTrue("nothing speaks against the commit");
        return head;
    }

    private async Task<bool> TryPutAsync(CacheKey key, StoredResponse head, long stamp, long? replaces = null)
    {
        using var writer = await Store.BeginWriteAsync(key, head.BodyLength, default);
        return writer is not null
            && await WriteAsync(writer, SelfDescribingBody.Create(head.BodyId, head.BodyLength))
            && await writer.CommitAsync(Commit(head, stamp, replaces), default);
    }

    private static async Task<bool> WriteAsync(HttpCacheWriter writer, ReadOnlyMemory<byte> body, int pieceBytes = 3000)
    {
        // A piece that is overwritten after the call shows a store that has kept a reference to it.
        var piece = new byte[pieceBytes];
        for (var offset = 0; offset < body.Length; offset += pieceBytes)
        {
            var count = Math.Min(pieceBytes, body.Length - offset);
            body.Span.Slice(offset, count).CopyTo(piece);
            if (!await writer.WriteAsync(piece.AsMemory(0, count), default))
            {
                return false;
            }

            Array.Clear(piece);
        }

        return true;
    }

    private async Task ShouldHoldAsync(CacheKey key, params StoredResponse[] heads)
    {
        using var snapshot = await Store.ReadAsync(key, default);
        snapshot.Responses.Select(StoredResponses.Describe).Should().BeEquivalentTo(heads.Select(StoredResponses.Describe));
        foreach (var response in snapshot.Responses)
        {
            await ShouldHaveItsBodyAsync(snapshot, response);
        }
    }

    private static async Task ShouldHaveItsBodyAsync(HttpCacheSnapshot snapshot, StoredResponse response)
    {
        using var body = await snapshot.OpenBodyAsync(response, default);
        await ShouldBeBodyOfAsync(response, body);
    }

    private static async Task ShouldBeBodyOfAsync(StoredResponse response, StoredBody body)
    {
        body.Length.Should().Be(response.BodyLength);
        var bytes = await ReadToEndAsync(body);
        bytes.Length.Should().Be((int)response.BodyLength);
        SelfDescribingBody.Matches(response.BodyId, response.BodyLength, 0, bytes).Should().BeTrue("the body is the one of its head");
    }

    private static async Task<byte[]> ReadToEndAsync(StoredBody body, int bufferBytes = 4096)
    {
        using var bytes = new MemoryStream();
        var buffer = new byte[bufferBytes];
        while (await body.ReadAsync(bytes.Length, buffer, default) is var count and > 0)
        {
            bytes.Write(buffer, 0, count);
        }

        return bytes.ToArray();
    }
}
