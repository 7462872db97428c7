namespace HttpCaching.Tests.Control;

/// <summary>What goes beyond the standard, each within what must-revalidate and no-cache allow.</summary>
public sealed class ResilienceOptionTests
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    [Theory]
    [InlineData("max-age=60", CacheReason.SoftTimeout)]
    [InlineData("max-age=60, must-revalidate", null)]
    public async Task SoftTimeout_SlowValidation_ServesStaleWhereAllowedAndStoresWhatComesLater(string directives, CacheReason? expected)
    {
        using var fixture = new CacheFixture(o => o.SoftTimeout = TimeSpan.FromSeconds(1));
        var arrived = new TaskCompletionSource();
        var gate = new TaskCompletionSource<HttpResponseMessage>();
        fixture.Origin
            .Then(200, "old", ("Cache-Control", directives), ("ETag", "\"1\""))
            .ThenAsync((_, _) =>
            {
                arrived.SetResult();
                return gate.Task;
            });
        await fixture.GetAsync();
        fixture.Time.Advance(Minute + Minute);

        var pending = fixture.GetAsync();
        await arrived.Task;
        fixture.Time.Advance(TimeSpan.FromSeconds(1));
        if (expected is null)
        {
            pending.IsCompleted.Should().BeFalse();
            gate.SetResult(ScriptedOrigin.Response(200, "new", ("Cache-Control", directives)));
            (await pending).Body.Should().Be("new");
            return;
        }

        var late = await pending;
        late.Body.Should().Be("old");
        late.Cache.Reason.Should().Be(expected.Value);
        late.Cache.Forward.Should().Be(ForwardReason.Stale);
        gate.SetResult(ScriptedOrigin.Response(200, "new", ("Cache-Control", directives), ("ETag", "\"2\"")));
        await fixture.Cache.Controller.Background.WhenIdleAsync();

        var hit = await fixture.GetAsync();
        hit.Body.Should().Be("new");
        hit.Cache.Hit.Should().BeTrue();
    }

    [Fact]
    public async Task EagerRefresh_HitInTheLastTenth_ValidatesInTheBackground()
    {
        using var fixture = new CacheFixture(o => o.Freshness.EagerRefreshAfter = 0.9);
        fixture.Origin
            .Then(200, "a", ("Cache-Control", "max-age=100"), ("ETag", "\"1\""))
            .Then(304, null, ("Cache-Control", "max-age=100"), ("ETag", "\"1\""));
        await fixture.GetAsync();
        fixture.Time.Advance(TimeSpan.FromSeconds(89));
        (await fixture.GetAsync()).Cache.Reason.Should().Be(CacheReason.Fresh);
        fixture.Time.Advance(TimeSpan.FromSeconds(1));

        var eager = await fixture.GetAsync();
        await fixture.Cache.Controller.Background.WhenIdleAsync();

        eager.Cache.Should().BeEquivalentTo(new { Hit = true, Reason = CacheReason.EagerRefresh });
        fixture.Origin.Requests.Should().HaveCount(2);
        fixture.Origin.Requests[1]["If-None-Match"].Should().Be("\"1\"");
        (await fixture.GetAsync())["Age"].Should().Be("0");
    }

    [Fact]
    public async Task FailedValidationPause_AfterAFailure_OriginIsLeftAlone()
    {
        using var fixture = new CacheFixture(o =>
        {
            o.StaleIfError = TimeSpan.FromHours(1);
            o.Stale.FailedValidationPause = TimeSpan.FromSeconds(10);
        });
        fixture.Origin.Then(200, "a", ("Cache-Control", "max-age=60"), ("ETag", "\"1\"")).ThenFails();
        await fixture.GetAsync();
        fixture.Time.Advance(Minute + Minute);

        (await fixture.GetAsync()).Cache.Reason.Should().Be(CacheReason.StaleIfError);
        (await fixture.GetAsync()).Cache.Should().BeEquivalentTo(new { Hit = true, Reason = CacheReason.ValidationPaused });
        fixture.Origin.Requests.Should().HaveCount(2);

        fixture.Time.Advance(TimeSpan.FromSeconds(10));
        fixture.Origin.Then(304, null, ("ETag", "\"1\""));
        (await fixture.GetAsync()).Cache.Reason.Should().Be(CacheReason.Validated);
    }

    [Fact]
    public async Task HonorRetryAfter_NothingStored_AnswersWith503UntilThen()
    {
        using var fixture = new CacheFixture(o => o.HonorRetryAfter = true);
        fixture.Origin.Then(429, "slow down", ("Retry-After", "30")).Then(200, "fine");

        (await fixture.GetAsync()).Status.Should().Be(429);
        var paused = await fixture.GetAsync();
        paused.Status.Should().Be(503);
        paused["Retry-After"].Should().Be("31");
        paused.Cache.Reason.Should().Be(CacheReason.RetryAfter);
        fixture.Origin.Requests.Should().HaveCount(1);

        fixture.Time.Advance(TimeSpan.FromSeconds(30));
        (await fixture.GetAsync()).Body.Should().Be("fine");
    }

    [Theory]
    [InlineData("date", 30)]
    [InlineData("86400", 3600)]
    [InlineData("0", 0)]
    [InlineData("soon", 0)]
    [InlineData("-5", 0)]
    public async Task HonorRetryAfter_AnyForm_PausesThatResourceOnlyAndForAnHourAtMost(string value, int seconds)
    {
        using var fixture = new CacheFixture(o => o.HonorRetryAfter = true);
        fixture.Origin.Then(503, null, ("Retry-After", value == "date" ? CacheFixture.Date(30) : value));
        fixture.Origin.Otherwise = _ => ScriptedOrigin.Response(200, "fine");
        await fixture.GetAsync();

        (await fixture.GetAsync("http://h/other")).Body.Should().Be("fine", "the pause is the one resource's");
        if (seconds > 0)
        {
            fixture.Time.Advance(TimeSpan.FromSeconds(seconds - 1));
            (await fixture.GetAsync()).Cache.Reason.Should().Be(CacheReason.RetryAfter);
            fixture.Time.Advance(TimeSpan.FromSeconds(1));
        }

        (await fixture.GetAsync()).Body.Should().Be("fine");
    }

    [Theory]
    [InlineData("max-age=60", 200)]
    [InlineData("max-age=60, must-revalidate", 503)]
    public async Task HonorRetryAfter_StaleStored_ServesItWhereAllowed(string directives, int expected)
    {
        using var fixture = new CacheFixture(o =>
        {
            o.HonorRetryAfter = true;
            o.StaleIfError = TimeSpan.FromHours(1);
        });
        fixture.Origin.Then(200, "a", ("Cache-Control", directives), ("ETag", "\"1\"")).Then(503, null, ("Retry-After", "30"));
        await fixture.GetAsync();
        fixture.Time.Advance(Minute + Minute);
        (await fixture.GetAsync()).Status.Should().Be(expected);

        (await fixture.GetAsync()).Status.Should().Be(expected);
        fixture.Origin.Requests.Should().HaveCount(2);
    }

    [Fact]
    public async Task LifetimeJitter_ManyResponses_ExpireApartAndNeverLate()
    {
        using var fixture = new CacheFixture(o => o.Freshness.LifetimeJitter = 0.5);
        fixture.Origin.Otherwise = _ => ScriptedOrigin.Response(200, "a", ("Cache-Control", "max-age=100"));
        for (var i = 0; i < 50; i++)
        {
            await fixture.GetAsync($"http://h/{i}");
        }

        fixture.Time.Advance(TimeSpan.FromSeconds(49));
        (await HitsAsync(fixture)).Should().Be(50);
        fixture.Time.Advance(TimeSpan.FromSeconds(26));
        (await HitsAsync(fixture)).Should().BeInRange(5, 45);
        fixture.Time.Advance(TimeSpan.FromSeconds(25));
        (await HitsAsync(fixture)).Should().Be(0, "a lifetime becomes shorter, never longer");
    }

    [Fact]
    [Trait("Spec", "STL-12")]
    public async Task StaleWhileRevalidate_ManyHits_ValidateOnce()
    {
        using var fixture = new CacheFixture();
        var gate = new TaskCompletionSource<HttpResponseMessage>();
        fixture.Origin
            .Then(200, "a", ("Cache-Control", "max-age=60, stale-while-revalidate=600"), ("ETag", "\"1\""))
            .ThenAsync((_, _) => gate.Task);
        await fixture.GetAsync();
        fixture.Time.Advance(Minute + Minute);

        for (var i = 0; i < 100; i++)
        {
            (await fixture.GetAsync()).Cache.Reason.Should().Be(CacheReason.StaleWhileRevalidate);
        }

        gate.SetResult(ScriptedOrigin.Response(304, null, ("ETag", "\"1\""), ("Cache-Control", "max-age=60")));
        await fixture.Cache.Controller.Background.WhenIdleAsync();
        fixture.Origin.Requests.Should().HaveCount(2);
        (await fixture.GetAsync()).Cache.Reason.Should().Be(CacheReason.Fresh);
    }

    private static async Task<int> HitsAsync(CacheFixture fixture)
    {
        var hits = 0;
        for (var i = 0; i < 50; i++)
        {
            using var request = CacheFixture.Request("GET", $"http://h/{i}").WithCache(HttpCacheMode.OnlyIfCached);
            request.Headers.TryAddWithoutValidation("Cache-Control", "max-stale=0");
            using var response = await fixture.Client.SendAsync(request);
            hits += response.GetCacheStatus()!.TimeToLive > TimeSpan.Zero ? 1 : 0;
        }

        return hits;
    }
}
