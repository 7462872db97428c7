using HttpCaching.StoreContract;
using HttpCaching.Tests.Storage;

namespace HttpCaching.Tests.Control;

public sealed class StoreTroubleTests
{
    [Theory]
    [InlineData("SRE-1", StoreCall.Read)]
    [InlineData("SRE-1", StoreCall.BeginWrite)]
    [InlineData("SRE-1", StoreCall.Commit)]
    public async Task Get_StoreThrows_ResponseStillComes(string spec, StoreCall call)
    {
        spec.Should().NotBeNull();
        var store = new FaultyStore(new MemoryHttpCacheStore());
        store.Inject(call, StoreFault.Throw, 0, int.MaxValue);
        using var fixture = new CacheFixture(store: store);
        fixture.Origin.Otherwise = _ => ScriptedOrigin.Response(200, "x", ("Cache-Control", "max-age=60"));

        for (var i = 0; i < 10; i++)
        {
            (await fixture.GetAsync()).Body.Should().Be("x");
        }

        fixture.Origin.Requests.Should().HaveCount(10);
    }

    [Fact]
    [Trait("Spec", "SRE-2")]
    public async Task Get_StoreHangs_CostsTheLimitOnceAndComesBackByItself()
    {
        var store = new FaultyStore(new MemoryHttpCacheStore());
        store.Inject(StoreCall.Read, StoreFault.Hang, 0, int.MaxValue);
        using var fixture = new CacheFixture(o => o.Store.Timeout = TimeSpan.FromSeconds(2), store);
        fixture.Origin.Otherwise = _ => ScriptedOrigin.Response(200, "x", ("Cache-Control", "max-age=600"));

        var first = fixture.GetAsync();
        first.IsCompleted.Should().BeFalse();
        fixture.Time.Advance(TimeSpan.FromSeconds(2));
        (await first).Body.Should().Be("x");

        // No clock is moved here: had the store been asked again, these would not end.
        for (var i = 0; i < 5; i++)
        {
            (await fixture.GetAsync()).Body.Should().Be("x");
        }

        store.Heal(StoreCall.Read);
        fixture.Time.Advance(TimeSpan.FromSeconds(6));
        await fixture.GetAsync();
        (await fixture.GetAsync()).Cache.Hit.Should().BeTrue();
    }

    [Theory]
    [InlineData("SRE-2", StoreCall.Read)]
    [InlineData("SRE-2", StoreCall.OpenBody)]
    [InlineData("SRE-2", StoreCall.ReadBody)]
    public async Task Get_StoreHangsAndNoCallerWaitsForItsLimit_IsLeftAloneAllTheSame(string spec, StoreCall call)
    {
        spec.Should().NotBeNull();
        var limit = TimeSpan.FromSeconds(2);
        var store = new FaultyStore(new MemoryHttpCacheStore());
        using var fixture = new CacheFixture(o => (o.Store.Timeout, o.Store.BodyTimeout) = (limit, limit), store);
        fixture.Origin.Otherwise = _ => ScriptedOrigin.Response(200, "x", ("Cache-Control", "max-age=600"));
        await fixture.GetAsync();
        store.Inject(call, StoreFault.Hang, 0, int.MaxValue);

        using var patience = new CancellationTokenSource();
        var hit = fixture.Client.GetAsync("http://h/", patience.Token);
        hit.IsCompleted.Should().BeFalse();
        await patience.CancelAsync();
        await hit.Awaiting(h => h).Should().ThrowAsync<OperationCanceledException>();
        fixture.Time.Advance(limit);
        await fixture.Log.UntilAsync("StoreCircuitOpened");

        // No clock is moved: had the store been asked again, this would not end.
        var next = await fixture.GetAsync().WaitAsync(TimeSpan.FromMinutes(1));
        next.Body.Should().Be("x");
        next.Cache.Hit.Should().BeFalse();
    }

    [Fact]
    [Trait("Spec", "SRE-2")]
    public async Task Get_CallerOfTheTrialLeaves_WhatComesOfItCountsAndThereIsNoOtherMeanwhile()
    {
        using var memory = new MemoryHttpCacheStore();
        var store = new SlowStore(memory);
        using var fixture = new CacheFixture(o => o.Store.Timeout = TimeSpan.FromSeconds(2), store);
        fixture.Origin.Otherwise = _ => ScriptedOrigin.Response(200, "x", ("Cache-Control", "max-age=600"));
        await fixture.GetAsync();
        store.Answer = new TaskCompletionSource();
        var overdue = fixture.GetAsync();
        fixture.Time.Advance(TimeSpan.FromSeconds(2));
        (await overdue).Cache.Hit.Should().BeFalse();

        fixture.Time.Advance(TimeSpan.FromSeconds(5));
        using var patience = new CancellationTokenSource();
        var trial = fixture.Client.GetAsync("http://h/", patience.Token);
        await patience.CancelAsync();
        await trial.Awaiting(t => t).Should().ThrowAsync<OperationCanceledException>();
        (await fixture.GetAsync().WaitAsync(TimeSpan.FromMinutes(1))).Cache.Hit.Should().BeFalse("the trial goes on");
        store.Answer.SetResult();
        await fixture.Log.UntilAsync("StoreCircuitClosed");

        store.Answer = new TaskCompletionSource();
        Task<Seen>[] both = [fixture.GetAsync(), fixture.GetAsync()];
        both.Should().OnlyContain(get => !get.IsCompleted, "the store is asked by all again");
        store.Answer.SetResult();
        (await Task.WhenAll(both)).Should().OnlyContain(seen => seen.Cache.Hit);
    }

    [Fact]
    [Trait("Spec", "INV-6")]
    public async Task Get_AfterAnInvalidationTheStoreDidNotCarryOut_IsForwarded()
    {
        var store = new FaultyStore(new MemoryHttpCacheStore());
        using var fixture = new CacheFixture(store: store);
        fixture.Origin.Otherwise = r => ScriptedOrigin.Response(200, r.Method.Method, ("Cache-Control", "max-age=60"));
        await fixture.GetAsync();
        store.Inject(StoreCall.Invalidate, StoreFault.Throw, 0, int.MaxValue);

        await fixture.SendAsync(CacheFixture.Request("PUT", "http://h/"));
        (await fixture.GetAsync()).Cache.Hit.Should().BeFalse();
        (await fixture.GetAsync()).Cache.Hit.Should().BeFalse();

        store.Heal(StoreCall.Invalidate);
        fixture.Time.Advance(TimeSpan.FromSeconds(10));
        (await fixture.GetAsync()).Cache.Hit.Should().BeFalse();
        (await fixture.GetAsync()).Cache.Hit.Should().BeTrue();
    }

    [Theory]
    [InlineData("SRE-8", "text/event-stream", false)]
    [InlineData("SRE-8", "Text/Event-Stream; charset=utf-8", false)]
    [InlineData("SRE-8", "multipart/x-mixed-replace; boundary=x", false)]
    [InlineData("SRE-8", "text/plain", true)]
    public async Task Get_BodyThatNeverEnds_IsPassedOnAndNotStored(string spec, string type, bool isStored)
    {
        using var fixture = new CacheFixture();
        fixture.Origin.Otherwise = _ => ScriptedOrigin.Response(200, "data: x", ("Cache-Control", "max-age=60"), ("Content-Type", type));

        (await fixture.GetAsync()).Body.Should().Be("data: x");

        (await fixture.GetAsync()).Cache.Hit.Should().Be(isStored, spec);
    }

    /// <summary>Reads when it is told to.</summary>
    private sealed class SlowStore(IHttpCacheStore inner) : PassingStore(inner)
    {
        public TaskCompletionSource? Answer { get; set; }

        public override async ValueTask<HttpCacheSnapshot> ReadAsync(CacheKey key, CancellationToken cancellationToken)
        {
            if (Answer is { } answer)
            {
                await answer.Task.ConfigureAwait(false);
            }

            return await base.ReadAsync(key, cancellationToken).ConfigureAwait(false);
        }
    }
}
