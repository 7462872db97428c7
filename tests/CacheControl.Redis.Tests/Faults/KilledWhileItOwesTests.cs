using System.Diagnostics;
using HttpCaching.Redis.Tests.Contract;
using HttpCaching.Redis.Tests.Engines;
using HttpCaching.Redis.Tests.Nodes;

namespace HttpCaching.Redis.Tests.Faults;

/// <summary>A process that can't reach the engine while it changes something is killed: another process of its machine, or its next start, makes up for that.</summary>
public sealed class KilledWhileItOwesTests : IAsyncLifetime
{
    private const string Path = "p0";
    private const string Uri = "https://example.org/" + Path;

    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(5);

    // Beyond the bound only because the machine is busy with other things. The lifetime of what is stored is far longer.
    private static readonly TimeSpan Slack = TimeSpan.FromSeconds(15);

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("cachecontrol-pending-");
    private RedisServerProcess? _engine;

    private string Configuration => _engine!.Address + ",connectTimeout=1000,abortConnect=false";

    public async Task InitializeAsync() => _engine = Tooling.SkipReason is null ? await RedisServerProcess.StartAsync() : null;

    public async Task DisposeAsync()
    {
        if (_engine is not null)
        {
            await _engine.DisposeAsync();
        }

        _directory.Delete(recursive: true);
    }

    [EngineTheory]
    [InlineData("runs already")]
    [InlineData("starts while the engine is away")]
    [InlineData("starts when the engine is back")]
    [Trait("Spec", "INV-11")]
    public async Task Put_EngineAwayAndTheProcessKilled_TheNextOneMakesUpForIt(string heir)
    {
        var origin = new VersionedHandler(1000);
        var options = Prefixes.Fresh();
        using var store = new RedisHttpCacheStore(Configuration, options);
        using var otherStore = new RedisHttpCacheStore(Configuration, options);
        using var front = new MemoryHttpCacheStore();
        using var tier = new TieredHttpCacheStore(front, otherStore);
        using var other = new HttpClient(new CachingHandler(tier) { InnerHandler = origin }, disposeHandler: false);
        await Wait.UntilAsync(() => Task.FromResult(tier.IsFollowing), "for changes to be told");
        await Wait.UntilAsync(async () => (await AskAsync(other, origin)).IsHit, "for a hit");
        using var killed = await NodeProcess.StartAsync("owe", Configuration, options.Prefix, Uri, _directory.FullName);
        HttpCache? next = heir == "runs already" ? Open(store) : null;

        // Stopped only, it would find the command in its socket when it goes on.
        await _engine!.SaveAsync();
        await _engine.KillAsync();
        killed.Go();
        (await killed.ReadLineAsync()).Should().Be("done");
        killed.Kill();
        using var direct = new HttpClient(origin, disposeHandler: false);
        using var put = await direct.PutAsync(Uri, null);

        next ??= heir == "starts while the engine is away" ? Open(store) : null;
        await _engine.StartAgainAsync();
        var start = Stopwatch.GetTimestamp();
        if (next is null)
        {
            await Wait.UntilAsync(() => IsStoredAsync(otherStore, expected: true), "for the old response");
            start = Stopwatch.GetTimestamp();
            next = Open(store);
        }

        // A request meanwhile would go to the origin, and store the new version.
        await Wait.UntilAsync(() => IsStoredAsync(otherStore, expected: false), "for the removal");
        Stopwatch.GetElapsedTime(start).Should().BeLessThan(Bound + Slack);
        (await AskAsync(other, origin)).Version.Should().Be(1);
        next.Dispose();
        _directory.GetFiles().Should().BeEmpty();
    }

    private static async Task<bool> IsStoredAsync(RedisHttpCacheStore store, bool expected)
    {
        try
        {
            var isStored = false;
            await foreach (var (key, _) in store.EnumerateAsync(CancellationToken.None))
            {
                isStored |= key.Uri == Uri;
            }

            return isStored == expected;
        }
        catch (Exception)
        {
            // It is away, or reads what it has saved.
            return false;
        }
    }

    private HttpCache Open(IHttpCacheStore store) => new(store, new HttpCacheOptions { Store = { PendingRemovalsDirectory = _directory.FullName } });

    private static async Task<(bool IsHit, int Version)> AskAsync(HttpClient client, VersionedHandler origin)
    {
        using var response = await client.GetAsync(Uri);
        return (response.GetCacheStatus()!.Hit, origin.Check(Path, await response.Content.ReadAsByteArrayAsync()));
    }
}
