using FluentAssertions;
using Xunit;

namespace HttpCaching.StoreContract;

/// <content>Removals of many responses, and their effect on commits under way.</content>
public abstract partial class HttpCacheStoreContract
{
    /// <summary>A removal by tag does not prevent the storing of a response without the tag, whatever its URI.</summary>
    [Fact]
    [Trait("Spec", "INV-9")]
    public async Task RemoveByTag_CommitWithoutTagFromOlderSnapshot_IsStored()
    {
        if (Store is not IHttpCacheStoreMaintenance maintenance || !RefusesOnlyWhatIsRemoved)
        {
            return;
        }

        var plain = StoredResponses.Get(variant: "plain");
        var similar = StoredResponses.Get(variant: "similar", tags: ["RED", "reddish", string.Empty]);
        var stamp = await StampOfAsync(Key("a"));

        await maintenance.RemoveByTagAsync("red", default);
        await maintenance.RemoveByTagAsync("group https://other.example a", default);

        (await TryPutAsync(Key("a"), plain, stamp)).Should().BeTrue();
        if (TellsTagsApart)
        {
            (await TryPutAsync(Key("a"), similar, stamp)).Should().BeTrue();
        }

        (await TryPutAsync(Key("a"), StoredResponses.Get(tags: ["blue", "red"]), stamp)).Should().Be(!RefusesLateCommits);
    }

    /// <summary>A removal by prefix does not prevent the storing of responses under other URIs.</summary>
    [Fact]
    [Trait("Spec", "INV-9")]
    public async Task RemoveByPrefix_CommitToOtherUriFromOlderSnapshot_IsStored()
    {
        if (Store is not IHttpCacheStoreMaintenance maintenance || !RefusesOnlyWhatIsRemoved)
        {
            return;
        }

        var stamp = await StampOfAsync(Key("a"));
        var late = await StampOfAsync(new CacheKey("https://other.example/late"));
        var head = StoredResponses.Get(tags: "https://other.example/");

        await maintenance.RemoveByPrefixAsync("https://other.example/", default);

        (await TryPutAsync(Key("a"), head, stamp)).Should().BeTrue();
        await ShouldRefuseAsync(new CacheKey("https://other.example/late"), StoredResponses.Get(), late);
    }

    /// <summary>After many removals of one origin's groups, the store still refuses the same commits, and no others.</summary>
    [Fact]
    [Trait("Spec", "INV-9")]
    public async Task RemoveByTag_ManyOtherTagsInTheMeantime_StillTellsApart()
    {
        if (Store is not IHttpCacheStoreMaintenance maintenance || !RefusesOnlyWhatIsRemoved || !TellsTagsApart)
        {
            return;
        }

        var stamp = await StampOfAsync(Key("a"));
        await maintenance.RemoveByTagAsync("red", default);
        for (var i = 0; i < 50; i++)
        {
            await maintenance.RemoveByTagAsync($"group https://other.example {i}", default);
        }

        (await TryPutAsync(Key("a"), StoredResponses.Get(variant: "1", tags: "blue"), stamp)).Should().BeTrue();
        (await TryPutAsync(Key("a"), StoredResponses.Get(variant: "2", tags: "red"), stamp)).Should().Be(!RefusesLateCommits);
    }

    /// <summary>A head requested before the removal is refused if it has the tag, and replaces the old one if it has not.</summary>
    [Fact]
    [Trait("Spec", "INV-9")]
    public async Task RemoveByTag_HeadFromOlderSnapshotAddsTheTag_IsRefused()
    {
        if (Store is not IHttpCacheStoreMaintenance maintenance || !RefusesLateHeads)
        {
            return;
        }

        var standing = await PutAsync(Key(), StoredResponses.Get());
        var stamp = await StampOfAsync(Key());

        await maintenance.RemoveByTagAsync("red", default);

        (await Store.ReplaceHeadAsync(Key(), standing.Generation, StoredResponses.Refresh(standing, tags: ["red"]), stamp, TimeSpan.FromHours(1), default)).Should().BeFalse();
        await ShouldHoldAsync(Key(), standing);
        var refreshed = StoredResponses.Refresh(standing);
        (await Store.ReplaceHeadAsync(Key(), standing.Generation, refreshed, stamp, TimeSpan.FromHours(1), default)).Should().BeTrue();
        await ShouldHoldAsync(Key(), refreshed);
        var tagged = StoredResponses.Refresh(refreshed, tags: ["red"]);
        (await Store.RefreshAsync(Key(), refreshed.Generation, tagged)).Should().BeTrue();
        await ShouldHoldAsync(Key(), tagged);
    }

    /// <summary>
    /// Removals run while writers store, refresh and move to other variants. When a removal has ended, no response that was requested before it began is left.
    /// </summary>
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [Trait("Spec", "INV-9")]
    public async Task Removal_BesideWriters_LeavesNothingFromBefore(int kind)
    {
        if (Store is not IHttpCacheStoreMaintenance maintenance || !RefusesLateHeads || !RefusesLateCommits)
        {
            return;
        }

        var begun = 0L;
        using var end = new CancellationTokenSource();
        var writers = Enumerable.Range(0, 3).Select(seed => Task.Run(() => ChurnAsync(new Random(seed), () => Volatile.Read(ref begun), end.Token))).ToArray();
        var left = new List<long>();
        try
        {
            for (var number = 1L; number <= Removals; number++)
            {
                Volatile.Write(ref begun, number);
                await (kind switch
                {
                    0 => maintenance.RemoveByTagAsync("red", default).AsTask(),
                    1 => maintenance.RemoveByPrefixAsync("https://example.org/", default).AsTask(),
                    _ => maintenance.ClearAsync(default).AsTask(),
                });
                for (var i = 0; i < ChurnedKeys; i++)
                {
                    using var snapshot = await Store.ReadAsync(Key(i), default);
                    left.AddRange(snapshot.Responses.Select(r => r.Rank).Where(rank => rank < number));
                }
            }
        }
        finally
        {
            await end.CancelAsync();
        }

        await Task.WhenAll(writers);
        left.Should().BeEmpty("a response that was asked for before a removal is gone when it has ended");
    }

    private const int ChurnedKeys = 6;

    /// <summary>The number of removals while writers run.</summary>
    protected virtual int Removals => 20;

    private async Task ChurnAsync(Random random, Func<long> begun, CancellationToken end)
    {
        while (!end.IsCancellationRequested)
        {
            var key = Key(random.Next(ChurnedKeys));
            using var snapshot = await Store.ReadAsync(key, CancellationToken.None);
            var number = begun();
            var variant = random.Next(3).ToString(System.Globalization.CultureInfo.InvariantCulture);
            if (!snapshot.Responses.IsEmpty && random.Next(2) == 0)
            {
                var standing = snapshot.Responses[random.Next(snapshot.Responses.Length)];
                await Store.ReplaceHeadAsync(
                    key, standing.Generation, StoredResponses.Refresh(standing, variant, number), snapshot.Stamp, TimeSpan.FromHours(1), CancellationToken.None);
            }
            else
            {
                var head = StoredResponses.Get(key.Uri, length: random.Next(2) == 0 ? 100 : 20_000, variant: variant, rank: number, tags: "red");
                await TryPutAsync(key, head, snapshot.Stamp, snapshot.Responses.FirstOrDefault(r => r.Variant == variant)?.Generation);
            }
        }
    }
}
