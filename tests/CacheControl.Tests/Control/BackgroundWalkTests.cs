using System.Diagnostics;
using HttpCaching.Tests.Storage;

namespace HttpCaching.Tests.Control;

/// <summary>Stale-while-revalidate, and what goes on behind it.</summary>
public sealed class BackgroundWalkTests
{
    private static readonly (string, string) Tag = ("ETag", "\"a\"");
    private static readonly AsyncLocal<string?> Ambient = new();

    [Fact]
    [Trait("Spec", "STL-8")]
    public async Task Get_WithinStaleWhileRevalidate_ServedAtOnceAndValidatedBehind()
    {
        using var fixture = new CacheFixture();
        await Store(fixture, "max-age=60, stale-while-revalidate=60");
        fixture.Pass(120);
        fixture.Origin.Then(304, null, Tag, ("Cache-Control", "max-age=60, stale-while-revalidate=60"));

        var stale = await fixture.GetAsync();
        await WhenIdle(fixture);
        var hit = await fixture.GetAsync();

        stale.Cache.Should().BeEquivalentTo(new { Hit = true, Reason = CacheReason.StaleWhileRevalidate });
        stale["Age"].Should().Be("120");
        hit.Cache.Reason.Should().Be(CacheReason.Fresh);
        hit["Age"].Should().Be("0");
        fixture.Origin.Requests[1]["If-None-Match"].Should().Be("\"a\"");
        fixture.Hits().Should().Be(2);
    }

    [Theory]
    [InlineData("STL-8", CacheKind.Private, "max-age=60, stale-while-revalidate=60", 121, "foo")]
    [InlineData("STL-10", CacheKind.Shared, "s-maxage=1, stale-while-revalidate=60", 2, "foo")]
    [InlineData("STL-11", CacheKind.Private, "max-age=60, stale-while-revalidate=60", 61, "max-age=0")]
    [InlineData("STL-11", CacheKind.Private, "max-age=60, stale-while-revalidate=60", 61, "max-age=900")]
    [InlineData("STL-11", CacheKind.Private, "max-age=60, stale-while-revalidate=60", 61, "no-cache")]
    public async Task Get_OutsideStaleWhileRevalidate_ValidatedFirst(string spec, CacheKind kind, string cacheControl, int seconds, string request)
    {
        using var fixture = new CacheFixture(o => o.Kind = kind);
        await Store(fixture, cacheControl);
        fixture.Pass(seconds);
        fixture.Origin.Then(200, "new");

        (await fixture.GetAsync(fields: ("Cache-Control", request))).Body.Should().Be("new", spec);
    }

    [Theory]
    [InlineData("STL-10", "stale-while-revalidate=60")]
    [InlineData("STL-10", "stale-if-error=60")]
    public async Task Get_SharedMaxAgeByOption_LeavesStalePermissions(string spec, string permission)
    {
        using var fixture = new CacheFixture(o => (o.Kind, o.Stale.WithSharedMaxAge) = (CacheKind.Shared, true));
        await Store(fixture, "s-maxage=1, " + permission);
        fixture.Pass(2);
        fixture.Origin.ThenFails();

        (await fixture.GetAsync()).Body.Should().Be("stored", spec);
        await WhenIdle(fixture);
    }

    [Fact]
    [Trait("Spec", "STL-9")]
    public async Task Get_CallerGoneAfterStaleHit_ValidationGoesOnWithoutTheCallersContext()
    {
        using var fixture = new CacheFixture();
        await Store(fixture, "max-age=60, stale-while-revalidate=60");
        fixture.Pass(61);
        var seen = new TaskCompletionSource<(string?, Activity?, bool, HttpRequestMessage)>();
        var callerIsGone = new TaskCompletionSource();
        fixture.Origin.ThenAsync(async (sent, token) =>
        {
            await callerIsGone.Task;
            seen.SetResult((Ambient.Value, Activity.Current, token.IsCancellationRequested, sent));
            return ScriptedOrigin.Response(304, null, Tag, ("Cache-Control", "max-age=60"));
        });

        Ambient.Value = "caller";
        using var activity = new Activity("caller").Start();
        using var cancellation = new CancellationTokenSource();
        using var request = CacheFixture.Request("GET", Walks.Uri, ("X-Caller", "1"));
        using (var response = await fixture.Client.SendAsync(request, cancellation.Token))
        {
            response.GetCacheStatus()!.Reason.Should().Be(CacheReason.StaleWhileRevalidate);
        }

        await cancellation.CancelAsync();
        request.Dispose();
        callerIsGone.SetResult();
        var (ambient, current, isCancelled, forwarded) = await seen.Task;
        await WhenIdle(fixture);

        ambient.Should().BeNull();
        current.Should().BeNull();
        isCancelled.Should().BeFalse();
        forwarded.Should().NotBeSameAs(request);
        (await fixture.GetAsync()).Cache.Reason.Should().Be(CacheReason.Fresh);
    }

    [Fact]
    [Trait("Spec", "STL-12")]
    public async Task Get_HundredStaleHits_OneValidation()
    {
        using var fixture = new CacheFixture();
        await Store(fixture, "max-age=60, stale-while-revalidate=60");
        fixture.Pass(61);
        var answer = new TaskCompletionSource<HttpResponseMessage>();
        fixture.Origin.ThenAsync((_, _) => answer.Task);

        for (var i = 0; i < 100; i++)
        {
            (await fixture.GetAsync()).Body.Should().Be("stored");
        }

        answer.SetResult(ScriptedOrigin.Response(304, null, Tag, ("Cache-Control", "max-age=60")));
        await WhenIdle(fixture);
        fixture.Hits().Should().Be(2);
    }

    [Theory]
    [InlineData("STL-12", "stale-while-revalidate=600", null)]
    [InlineData("STL-12", "stale-while-revalidate=600", 503)]
    [InlineData("STL-12", "stale-while-revalidate=600, stale-if-error=600", null)]
    [InlineData("STL-12", "stale-while-revalidate=600, stale-if-error=600", 503)]
    public async Task Get_BackgroundValidationFails_NextOneOnlyAfterAPause(string spec, string permissions, int? status)
    {
        using var fixture = new CacheFixture();
        await Store(fixture, "max-age=60, " + permissions);
        fixture.Pass(61);
        fixture.Origin.Otherwise = _ => status is { } code ? ScriptedOrigin.Response(code, "error") : throw new HttpRequestException();

        await GetInBackground();
        await GetInBackground();
        fixture.Hits().Should().Be(2, spec);

        fixture.Pass(5);
        await GetInBackground();
        fixture.Hits().Should().Be(3, spec);

        async Task GetInBackground()
        {
            (await fixture.GetAsync()).Body.Should().Be("stored", spec);
            await WhenIdle(fixture);
        }
    }

    [Fact]
    [Trait("Spec", "STL-12")]
    public async Task Get_NoValidator_BackgroundFetchIsUnconditional()
    {
        using var fixture = new CacheFixture();
        fixture.Origin.Then(200, "stored", ("Cache-Control", "max-age=60, stale-while-revalidate=60")).Then(200, "new", ("Cache-Control", "max-age=60"));
        await fixture.GetAsync();
        fixture.Pass(61);

        await fixture.GetAsync();
        await WhenIdle(fixture);

        (await fixture.GetAsync()).Body.Should().Be("new");
        fixture.Origin.Requests[1]["If-None-Match"].Should().BeNull();
        fixture.Origin.Requests[1]["If-Modified-Since"].Should().BeNull();
    }

    [Fact]
    [Trait("Spec", "STL-12")]
    public async Task Get_ReplacedBeforeTheBackgroundLooks_NothingIsLeftToValidate()
    {
        var store = new HeldReadStore(new MemoryHttpCacheStore());
        using var fixture = new CacheFixture(store: store);
        await Store(fixture, "max-age=60, stale-while-revalidate=60");
        fixture.Pass(61);
        fixture.Origin.Then(200, "new", ("Cache-Control", "max-age=60"), ("ETag", "\"b\""));

        var background = store.HoldReadAfterNext();
        (await fixture.GetAsync()).Cache.Reason.Should().Be(CacheReason.StaleWhileRevalidate);
        await background.Begun.Task;
        (await fixture.GetAsync(fields: ("Cache-Control", "no-cache"))).Body.Should().Be("new");
        background.MayEnd.SetResult();
        await WhenIdle(fixture);

        fixture.Hits().Should().Be(2, "what was served stale has been replaced by a request that did not wait for the background");
    }

    private static async Task Store(CacheFixture fixture, string cacheControl)
    {
        fixture.Origin.Then(200, "stored", ("Cache-Control", cacheControl), Tag);
        await fixture.GetAsync();
    }

    private static Task WhenIdle(CacheFixture fixture) => fixture.Cache.Controller.Background.WhenIdleAsync();

    private sealed record Gate(TaskCompletionSource Begun, TaskCompletionSource MayEnd);

    /// <summary>A store in memory, one read of which can be held back: it then sees what is there when it goes on.</summary>
    private sealed class HeldReadStore(MemoryHttpCacheStore inner) : PassingStore(inner), IDisposable
    {
        private Gate? _gate;
        private int _free;

        public Gate HoldReadAfterNext()
        {
            _free = 1;
            return _gate = new Gate(
                new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously), new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        }

        public override async ValueTask<HttpCacheSnapshot> ReadAsync(CacheKey key, CancellationToken cancellationToken)
        {
            if (_gate is { } gate && Interlocked.Decrement(ref _free) == -1)
            {
                gate.Begun.SetResult();
                await gate.MayEnd.Task;
            }

            return await base.ReadAsync(key, cancellationToken);
        }

        public void Dispose() => inner.Dispose();
    }
}
