using FluentAssertions;
using Xunit;

namespace HttpCaching.StoreContract;

/// <content>When responses were last used.</content>
public abstract partial class HttpCacheStoreContract
{
    private static readonly TimeSpan Step = TimeSpan.FromSeconds(20);

    // The coarsest store counts in seconds.
    private static readonly TimeSpan Precision = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Makes an empty store with another clock, called instead of <see cref="CreateStore"/>: then the times that it tells have to be right. <see langword="null"/>, the default, if it takes none:
    /// then they only have to be possible.
    /// </summary>
    /// <param name="time">The clock. It stands still unless the test moves it, and has no timers.</param>
    protected virtual IHttpCacheStore? CreateStoreWithClock(TimeProvider time) => null;

    /// <summary>Whether the store, if it takes no clock, may tell when its responses were last used. The default is <see langword="true"/>.</summary>
    protected virtual bool MayTellLastUse => true;

    /// <summary>A response that no request has read was last used when it was stored; then when a request read it. Tools use nothing, and a read uses nothing else.</summary>
    /// <param name="isScoped">Whether the key has a scope.</param>
    [Theory]
    [Trait("Spec", "LOOK-7")]
    [InlineData(false)]
    [InlineData(true)]
    public async Task LastUse_ReadsByRequestsAndByTools_IsThatOfTheLastRequest(bool isScoped)
    {
        var scope = isScoped ? "scope" : null;
        var time = new SetTime();
        var tells = (_store = CreateStoreWithClock(time)) is not null;
        using var cache = new HttpCache(Store);
        var head = await PutAsync(Key("a", scope), StoredResponses.Get("https://example.org/a"));
        await PutAsync(Key("b"), StoredResponses.Get("https://example.org/b"));
        var stored = time.GetUtcNow();
        time.Advance(Step);
        await ShouldBeLastUsedAsync(cache, Key("a", scope), head, tells ? stored : null);

        for (var i = 0; i < 3; i++)
        {
            time.Advance(Step);
            await UseAsync(Key("a", scope));
            var used = time.GetUtcNow();
            time.Advance(Step);
            await ShouldBeLastUsedAsync(cache, Key("a", scope), head, tells ? used : null);
            await LookAsync(cache);
            time.Advance(Step);
            await ShouldBeLastUsedAsync(cache, Key("a", scope), head, tells ? used : null);
        }

        using var other = await Store.PeekAsync(Key("b"), default);
        ShouldBeAt(other.LastUseOf(other.Responses[0]), tells ? stored : null);
    }

    /// <summary>The last use of a response stays if its head is replaced or another variant is stored, and the new variant has its own.</summary>
    [Fact]
    [Trait("Spec", "LOOK-7")]
    public async Task LastUse_HeadReplacedAndVariantStored_IsNeverEarlierThanTheLastRead()
    {
        var time = new SetTime();
        var tells = (_store = CreateStoreWithClock(time)) is not null;
        using var cache = new HttpCache(Store);
        var head = await PutAsync(Key("a"), StoredResponses.Get("https://example.org/a", variant: "1"));
        time.Advance(Step);
        await UseAsync(Key("a"));
        var used = time.GetUtcNow();
        var stamp = await StampOfAsync(Key("a"));
        var fresher = StoredResponses.Refresh(head);
        (await Store.ReplaceHeadAsync(Key("a"), head.Generation, fresher, stamp, TimeSpan.FromHours(1), default)).Should().BeTrue();
        await ShouldBeLastUsedAsync(cache, Key("a"), fresher, tells ? used : null);

        time.Advance(Step);
        var other = await PutAsync(Key("a"), StoredResponses.Get("https://example.org/a", variant: "2", length: 7));

        await ShouldBeLastUsedAsync(cache, Key("a"), fresher, tells ? time.GetUtcNow() : null);
        await ShouldBeLastUsedAsync(cache, Key("a"), other, tells ? time.GetUtcNow() : null);
    }

    private async Task UseAsync(CacheKey key)
    {
        using var snapshot = await Store.ReadAsync(key, default);
        snapshot.Responses.Should().NotBeEmpty();
    }

    /// <summary>All that tools do without a change.</summary>
    private async Task LookAsync(HttpCache cache)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "https://example.org/a");
        await cache.ExplainAsync(request);
        await cache.FindAsync(request);
        if (!ListsResponses || Store is not IHttpCacheStoreMaintenance)
        {
            return;
        }

        foreach (var response in await ListedAsync(cache, null))
        {
            using var body = await response.OpenBodyAsync();
        }

        await cache.RemoveByPrefixAsync("https://example.org/", preview: true);
        await cache.FindAsync(request.RequestUri!);
    }

    private async Task ShouldBeLastUsedAsync(HttpCache cache, CacheKey key, StoredResponse head, DateTimeOffset? expected)
    {
        using (var snapshot = await Store.PeekAsync(key, default))
        {
            ShouldBeAt(snapshot.LastUseOf(snapshot.Responses.Single(r => r.Generation == head.Generation)), expected);
        }

        if (!ListsResponses || Store is not IHttpCacheStoreMaintenance)
        {
            return;
        }

        ShouldBeAt((await ListedAsync(cache, null)).Single(Is).LastUse, expected);
        ShouldBeAt((await cache.FindAsync(new Uri(key.Uri))).Single(Is).LastUse, expected);
        (await ListedAsync(cache, new CachedResponseFilter { Where = r => r.LastUse is null == expected is null || (expected is null && MayTellLastUse) })).Any(Is)
            .Should().BeTrue("the condition is asked with it");

        bool Is(CachedResponse response) => response.Uri.AbsoluteUri == key.Uri && response.BodyBytes == head.BodyLength;
    }

    private void ShouldBeAt(DateTimeOffset? lastUse, DateTimeOffset? expected)
    {
        if (expected is null && (lastUse is null || !MayTellLastUse))
        {
            lastUse.Should().BeNull("the store does not tell it");
            return;
        }

        lastUse.Should().NotBeNull();
        lastUse!.Value.Offset.Should().Be(TimeSpan.Zero);
        if (expected is { } time)
        {
            lastUse.Value.Should().BeCloseTo(time, Precision);
        }
        else
        {
            lastUse.Value.Should().BeOnOrBefore(DateTimeOffset.UtcNow + Precision, "no use is in the future");
        }
    }
}
