using HttpCaching.Redis.Tests.Engines;
using HttpCaching.StoreContract;

namespace HttpCaching.Redis.Tests.Store;

/// <summary>The scripts compare texts where <see cref="StoreCommit.YieldsTo(StoredResponse?)"/> and its twin compare numbers, and answer the same.</summary>
public sealed class ScriptsHoldToTheRuleTests(SingleEngine engine) : IClassFixture<SingleEngine>
{
    private const int Pairs = 400;

    // Where texts and numbers of a sign, of another length, or at an end go apart if anywhere.
    private static readonly long[] Edges = [long.MinValue, long.MinValue + 1, -10, -9, -1, 0, 1, 9, 10, 99, 100, 1L << 32, long.MaxValue - 1, long.MaxValue];

    [EngineFact]
    [Trait("Spec", "CON-8")]
    public async Task Commit_GeneratedPairs_AsTheRuleSays()
    {
        await using var fixture = await StoreFixture.StartAsync(engine);
        var random = new Random(20260301);
        for (var i = 0; i < Pairs; i++)
        {
            var key = new CacheKey($"https://example.org/{i}", i % 2 == 0 ? "scope" : null);
            var standing = Head(key, "GET", random);
            var stamp = await PutAsync(fixture, key, standing);
            var head = Head(key, "GET", random, near: standing.Rank);
            var commit = new StoreCommit
            {
                Head = head,
                Stamp = stamp,
                Retention = TimeSpan.FromHours(1),
                Replaces = random.Next(3) switch { 0 => null, 1 => standing.Generation, _ => Number(random) },
            };

            var isTaken = await fixture.TryPutAsync(key, head, stamp, commit.Replaces);

            isTaken.Should().Be(!commit.YieldsTo(standing), "{0} replaces {1} of {2}, and {3} of {4} stands", head.Rank, commit.Replaces, head.Generation, standing.Rank, standing.Generation);
            (await StandingAsync(fixture, key)).Should().Equal(isTaken ? head.Generation : standing.Generation);
        }
    }

    [EngineFact]
    [Trait("Spec", "CON-8")]
    public async Task ReplaceHead_GeneratedPairs_AsTheRuleSays()
    {
        await using var fixture = await StoreFixture.StartAsync(engine);
        var random = new Random(20260302);
        for (var i = 0; i < Pairs; i++)
        {
            var key = new CacheKey($"https://example.org/{i}", i % 2 == 0 ? "scope" : null);
            var standing = Head(key, "a", random);
            var displaced = Head(key, "b", random);
            await PutAsync(fixture, key, displaced);
            var stamp = await PutAsync(fixture, key, standing);
            var head = Head(key, "b", random, near: displaced.Rank, body: random.Next(5) == 0 ? null : standing.BodyId);

            var replacing = async () => await fixture.Store.ReplaceHeadAsync(key, standing.Generation, head, stamp, TimeSpan.FromHours(1), default);

            if (!head.MayTakePlaceOf(standing))
            {
                await replacing.Should().ThrowAsync<ArgumentException>();
                (await StandingAsync(fixture, key)).Should().Equal(standing.Generation, displaced.Generation);
                continue;
            }

            var isTaken = await replacing();
            isTaken.Should().Be(!head.YieldsTo(displaced), "{0} moves to where {1} stands", head.Rank, displaced.Rank);
            (await StandingAsync(fixture, key)).Should().Equal(isTaken ? [head.Generation] : [standing.Generation, displaced.Generation]);
        }
    }

    /// <summary>A response whose retention is over is of no use to any reader: it refuses no commit either.</summary>
    [EngineFact]
    [Trait("Spec", "CON-8")]
    public async Task Commit_NewerOneHasExpired_IsTaken()
    {
        await using var fixture = await StoreFixture.StartAsync(engine);
        using var snapshot = await fixture.Store.ReadAsync(StoreFixture.Key, default);
        var expired = StoredResponses.Get(StoreFixture.Key.Uri, rank: 9);
        (await fixture.TryPutAsync(StoreFixture.Key, expired, snapshot.Stamp, retention: TimeSpan.Zero)).Should().BeTrue();
        await TickAsync(fixture);

        (await fixture.TryPutAsync(StoreFixture.Key, StoredResponses.Get(StoreFixture.Key.Uri, rank: 1), snapshot.Stamp)).Should().BeTrue();
    }

    [EngineFact]
    [Trait("Spec", "CON-8")]
    public async Task ReplaceHead_NewerOneHasExpired_TakesItsPlace()
    {
        await using var fixture = await StoreFixture.StartAsync(engine);
        var stamp = await PutAsync(fixture, StoreFixture.Key, StoredResponses.Get(StoreFixture.Key.Uri, variant: "other"));
        var standing = StoredResponses.Get(StoreFixture.Key.Uri, variant: "a", rank: 1);
        await PutAsync(fixture, StoreFixture.Key, standing);
        var expired = StoredResponses.Get(StoreFixture.Key.Uri, variant: "b", rank: 9);
        (await fixture.TryPutAsync(StoreFixture.Key, expired, stamp, retention: TimeSpan.Zero)).Should().BeTrue();
        await TickAsync(fixture);

        (await fixture.Store.ReplaceHeadAsync(
            StoreFixture.Key, standing.Generation, StoredResponses.Refresh(standing, variant: "b", rank: 1), stamp, TimeSpan.FromHours(1), default)).Should().BeTrue();
    }

    /// <summary>Returns when the engine's clock, by which it expires, has gone on by its smallest steps.</summary>
    private static async Task TickAsync(StoreFixture fixture)
    {
        var server = fixture.Connection.GetServers()[0];
        var begun = await server.TimeAsync();
        await Wait.UntilAsync(async () => await server.TimeAsync() > begun.AddMilliseconds(5), "for the engine's clock");
    }

    private static async Task<long> PutAsync(StoreFixture fixture, CacheKey key, StoredResponse head)
    {
        using var snapshot = await fixture.Store.ReadAsync(key, default);
        (await fixture.TryPutAsync(key, head, snapshot.Stamp)).Should().BeTrue();
        return snapshot.Stamp;
    }

    private static async Task<long[]> StandingAsync(StoreFixture fixture, CacheKey key)
    {
        using var snapshot = await fixture.Store.ReadAsync(key, default);
        return [.. snapshot.Responses.Select(head => head.Generation)];
    }

    private static StoredResponse Head(CacheKey key, string variant, Random random, long? near = null, long? body = null)
    {
        var head = StoredResponses.Get(key.Uri, length: 3, variant, near is { } rank && random.Next(2) == 0 ? unchecked(rank + random.Next(-1, 2)) : Number(random));
        return new StoredResponse
        {
            Method = head.Method,
            TargetUri = head.TargetUri,
            StatusCode = head.StatusCode,
            HttpVersion = head.HttpVersion,
            Fields = head.Fields,
            Times = head.Times,
            BodyLength = head.BodyLength,
            Variant = variant,
            Rank = head.Rank,
            Generation = random.NextInt64(long.MinValue, long.MaxValue),
            BodyId = body ?? Number(random),
        };
    }

    private static long Number(Random random) => random.Next(2) == 0 ? Edges[random.Next(Edges.Length)] : random.NextInt64(long.MinValue, long.MaxValue);
}
