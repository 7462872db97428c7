using System.Diagnostics;
using HttpCaching.Redis.Tests.Contract;
using HttpCaching.Redis.Tests.Engines;
using HttpCaching.Redis.Tests.Nodes;

namespace HttpCaching.Redis.Tests.Faults;

/// <summary>A process that can't reach the engine while it changes something makes up for that itself; nobody has to read there.</summary>
public sealed class OwedInvalidationTests
{
    private const string Path = "p0";

    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(5);

    // Beyond the bound only because the machine is busy with other things. The lifetime of what is stored is far longer.
    private static readonly TimeSpan Slack = TimeSpan.FromSeconds(15);

    [Theory]
    [MemberData(nameof(NodeEngine.Kinds), MemberType = typeof(NodeEngine))]
    public async Task Put_EngineAwayForTwoSeconds_TheOtherProcessSeesTheNewBody(string kind)
    {
        await using var engine = await NodeEngine.StartAsync(kind);
        await using var line = new CuttableLine(engine.Port);
        var origin = new VersionedHandler(1000);
        var options = Prefixes.Fresh();
        using var ownStore = new RedisHttpCacheStore(line.Configuration + ",connectTimeout=1000", options);
        using var otherStore = new RedisHttpCacheStore(engine.Configuration, options);
        using var front = new MemoryHttpCacheStore();
        using var tier = new TieredHttpCacheStore(front, otherStore);
        using var own = ClientOf(ownStore, origin);
        using var other = ClientOf(tier, origin);
        await Wait.UntilAsync(() => Task.FromResult(tier.IsFollowing), "for changes to be told");
        await AskAsync(own, origin);
        await Wait.UntilAsync(async () => (await AskAsync(other, origin)).IsHit, "for a hit");

        line.Cut();
        using (var put = await own.PutAsync("https://example.org/" + Path, new ByteArrayContent([])))
        {
            put.IsSuccessStatusCode.Should().BeTrue();
        }

        await Task.Delay(TimeSpan.FromSeconds(2));
        (await AskAsync(other, origin)).Version.Should().Be(0, "else nothing is shown here");
        line.Mend();
        var start = Stopwatch.GetTimestamp();
        await Wait.UntilAsync(async () => (await AskAsync(other, origin)).Version == 1, "for the new version");

        Stopwatch.GetElapsedTime(start).Should().BeLessThan(Bound + Slack);
    }

    private static HttpClient ClientOf(IHttpCacheStore store, VersionedHandler origin) => new(new CachingHandler(store) { InnerHandler = origin }, disposeHandler: false);

    private static async Task<(bool IsHit, int Version)> AskAsync(HttpClient client, VersionedHandler origin)
    {
        using var response = await client.GetAsync("https://example.org/" + Path);
        return (response.GetCacheStatus()!.Hit, origin.Check(Path, await response.Content.ReadAsByteArrayAsync()));
    }
}
