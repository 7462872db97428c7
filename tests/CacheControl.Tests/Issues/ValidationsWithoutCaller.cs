using System.Collections.Concurrent;
using HttpCaching.Control.Time;
using HttpCaching.Tests.Collapsing;
using HttpCaching.Tests.Control;
using HttpCaching.Tests.Storage;
using HttpCaching.Tests.Watching;

namespace HttpCaching.Tests.Issues;

/// <summary>
/// A validation that outlives its caller is the same whether the caller got its answer first or its patience ended. Each of the two ways lacked marks, limits or liberties of the other.
/// </summary>
public sealed class ValidationsWithoutCaller
{
    private static readonly AsyncLocal<string?> Ambient = new();
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Theory]
    [InlineData(503, false)]
    [InlineData(429, false)]
    [InlineData(null, false)]
    [InlineData(503, true)]
    [InlineData(null, true)]
    [Trait("Spec", "STL-12")]
    public async Task LateValidation_Fails_TheBackgroundRestsToo(int? status, bool hasStaleIfError)
    {
        var begun = new BegunWork();
        using var fixture = Softly(options => (options.Dispatch, options.StaleIfError) = (begun.Dispatch, hasStaleIfError ? TimeSpan.FromHours(9) : TimeSpan.Zero));
        await StoreStaleAsync(fixture);
        var late = await LeaveAsync(fixture);
        if (status is { } code)
        {
            late.Answer(code, "no");
        }
        else
        {
            late.Fail(new HttpRequestException(HttpRequestError.ConnectionError));
        }

        await WhenIdle(fixture);
        var before = begun.Count;
        (await GetStaleAsync(fixture)).GetCacheStatus()!.Reason.Should().Be(CacheReason.StaleWhileRevalidate);
        begun.Count.Should().Be(before, "the last one has failed a moment ago");

        fixture.Time.Advance(5 * Second);
        await GetStaleAsync(fixture);
        (await fixture.Origin.NextAsync()).Answer(304, null, CollapseFixture.Tag, CollapseFixture.Fresh);
        await WhenIdle(fixture);
        fixture.Origin.Count.Should().Be(3);
    }

    [Fact]
    [Trait("Spec", "STL-12")]
    public async Task StaleHit_WhileALateValidationRuns_BeginsNoOther()
    {
        var begun = new BegunWork();
        using var fixture = Softly(options => options.Dispatch = begun.Dispatch);
        await StoreStaleAsync(fixture);
        var late = await LeaveAsync(fixture);
        var before = begun.Count;

        (await GetStaleAsync(fixture)).GetCacheStatus()!.Reason.Should().Be(CacheReason.StaleWhileRevalidate);

        begun.Count.Should().Be(before);
        late.Answer(200, "new", CollapseFixture.Fresh);
        await WhenIdle(fixture);
        fixture.Origin.Count.Should().Be(2);
        (await CollapseFixture.BodiesOf([fixture.Get()])).Should().Equal("new");
    }

    [Fact]
    [Trait("Spec", "STL-12")]
    public async Task PatienceEnds_WhileAnotherOfTheSameResponseGoesOn_EndsWithItsCaller()
    {
        using var fixture = Softly(options => options.CollapseRequests = false);
        await StoreStaleAsync(fixture);
        Task<HttpResponseMessage>[] both = [fixture.Get(), fixture.Get()];
        GatedRequest[] asked = [await fixture.Origin.NextAsync(), await fixture.Origin.NextAsync()];

        fixture.Time.Advance(Second);

        (await CollapseFixture.BodiesOf(both)).Should().Equal("old", "old");
        asked.Count(request => request.Ended.IsCompleted).Should().Be(1, "one goes on");
        Array.ForEach(asked, request => request.Answer(200, "new", CollapseFixture.Fresh));
        await WhenIdle(fixture);
        (await CollapseFixture.BodiesOf([fixture.Get()])).Should().Equal("new");
    }

    [Fact]
    [Trait("Spec", "STL-12")]
    public async Task BackgroundValidation_LongerThanTheSoftTimeout_OtherCallersDoNotWait()
    {
        using var fixture = Softly();
        await StoreStaleAsync(fixture);
        await GetStaleAsync(fixture);
        var background = await fixture.Origin.NextAsync();
        fixture.Time.Advance(Second);

        var next = fixture.Get();

        next.IsCompletedSuccessfully.Should().BeTrue();
        (await next).GetCacheStatus()!.Reason.Should().Be(CacheReason.SoftTimeout);
        background.Answer(200, "new", CollapseFixture.Fresh);
        await WhenIdle(fixture);
        fixture.Origin.Count.Should().Be(2);
        (await CollapseFixture.BodiesOf([fixture.Get()])).Should().Equal("new");
    }

    [Fact]
    public async Task CallerGivesUpEarly_NextOne_IsNotToldThatTheOriginIsSlow()
    {
        using var fixture = Softly();
        await StoreStaleAsync(fixture);
        using var patience = new CancellationTokenSource();
        var asking = fixture.Get(cancellationToken: patience.Token);
        var first = await fixture.Origin.NextAsync();
        await patience.CancelAsync();
        await asking.Invoking(task => task).Should().ThrowAsync<OperationCanceledException>();

        var next = fixture.Get();

        (await fixture.Origin.NextAsync()).Answer(304, null, CollapseFixture.Tag, CollapseFixture.Fresh);
        (await next).GetCacheStatus()!.Reason.Should().Be(CacheReason.Validated);
        first.Answer(304, null, CollapseFixture.Tag, CollapseFixture.Fresh);
        await WhenIdle(fixture);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    [Trait("Spec", "STL-12")]
    public async Task Limit_IsOneForBothKinds(bool lateFirst)
    {
        var begun = new BegunWork();
        using var fixture = Softly(options => (options.Dispatch, options.Limits.MaximumBackgroundValidations) = (begun.Dispatch, 1));
        await StoreStaleAsync(fixture, "http://h/0");
        await StoreStaleAsync(fixture, "http://h/1");
        GatedRequest running, refused;
        if (lateFirst)
        {
            running = await LeaveAsync(fixture, "http://h/0");
            var before = begun.Count;
            await GetStaleAsync(fixture, "http://h/1");
            begun.Count.Should().Be(before);
        }
        else
        {
            await GetStaleAsync(fixture, "http://h/0");
            running = await fixture.Origin.NextAsync();
            refused = await LeaveAsync(fixture, "http://h/1");
            await refused.Ended.WaitAsync(Patience);
        }

        running.Ended.IsCompleted.Should().BeFalse();
        running.Answer(304, null, CollapseFixture.Tag, CollapseFixture.Fresh);
        await WhenIdle(fixture);
        await GetStaleAsync(fixture, "http://h/1");
        (await fixture.Origin.NextAsync()).Answer(304, null, CollapseFixture.Tag, CollapseFixture.Fresh);
        await WhenIdle(fixture);
    }

    [Fact]
    [Trait("Spec", "STL-9")]
    public async Task LateValidation_IsStoredWithoutTheCallersContext()
    {
        using var store = new WatchedStore(new MemoryHttpCacheStore());
        using var fixture = Softly(store: store);
        await StoreStaleAsync(fixture);
        Ambient.Value = "caller";
        var late = await LeaveAsync(fixture);

        late.Answer(200, "new", CollapseFixture.Fresh);
        await WhenIdle(fixture);

        store.Seen.Should().Equal(null, null);
        Ambient.Value.Should().Be("caller");
    }

    [Fact]
    [Trait("Spec", "STL-9")]
    public async Task LateValidation_IsJudgedWithoutTheCallersMessage()
    {
        var heuristic = new LifetimeOfTheRequest();
        using var fixture = Softly(options => options.Heuristic = heuristic);
        await StoreStaleAsync(fixture);
        using var request = CacheFixture.Request("GET", "http://h/");
        request.Options.Set(LifetimeOfTheRequest.Key, TimeSpan.FromHours(1));
        var asking = fixture.Client.SendAsync(request);
        var late = await fixture.Origin.NextAsync();
        fixture.Time.Advance(Second);
        (await asking).GetCacheStatus()!.Reason.Should().Be(CacheReason.SoftTimeout);

        request.Options.Set(LifetimeOfTheRequest.Key, TimeSpan.Zero);
        late.Answer(200, "new", CollapseFixture.Tag);
        await WhenIdle(fixture);

        using var next = CacheFixture.Request("GET", "http://h/");
        next.Options.Set(LifetimeOfTheRequest.Key, TimeSpan.FromHours(1));
        (await CollapseFixture.BodiesOf([fixture.Client.SendAsync(next)])).Should().Equal("new");
        heuristic.Seen.Should().NotContain(TimeSpan.Zero);
    }

    [Fact]
    [Trait("Spec", "STL-9")]
    public async Task CallerWaits_LongerThanTheBackgroundMay_IsNotCutOff()
    {
        using var fixture = Softly(options => (options.SoftTimeout, options.Stale.BackgroundTimeout) = (TimeSpan.FromSeconds(90), TimeSpan.FromSeconds(60)));
        await StoreStaleAsync(fixture);
        var asking = fixture.Get();
        var asked = await fixture.Origin.NextAsync();

        fixture.Time.Advance(TimeSpan.FromSeconds(80));
        asked.Answer(304, null, CollapseFixture.Tag, CollapseFixture.Fresh);

        (await asking.WaitAsync(Patience)).GetCacheStatus()!.Reason.Should().Be(CacheReason.Validated);
    }

    [Fact]
    [Trait("Spec", "STL-9")]
    public async Task LateValidation_EndsAfterTheTimeOfTheBackground()
    {
        using var fixture = Softly();
        await StoreStaleAsync(fixture);
        var late = await LeaveAsync(fixture);

        fixture.Time.Advance(TimeSpan.FromSeconds(59));
        late.Ended.IsCompleted.Should().BeFalse();
        fixture.Time.Advance(Second);

        await late.Ended.WaitAsync(Patience);
        await WhenIdle(fixture);
    }

    [Fact]
    [Trait("Spec", "SRE-12")]
    public async Task Dispose_EndsALateValidation()
    {
        using var fixture = Softly();
        await StoreStaleAsync(fixture);
        var late = await LeaveAsync(fixture);
        late.Ended.IsCompleted.Should().BeFalse();

        fixture.Cache.Dispose();

        await late.Ended.WaitAsync(Patience);
        await WhenIdle(fixture);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    [Trait("Spec", "SRE-12")]
    public async Task Dispose_WhileTheCallerWaits_LeavesItsAnswer(bool answers)
    {
        using var fixture = Softly();
        await StoreStaleAsync(fixture);
        var asking = fixture.Get();
        var asked = await fixture.Origin.NextAsync();

        fixture.Cache.Dispose();
        if (answers)
        {
            asked.Answer(200, "new", CollapseFixture.Fresh);
        }
        else
        {
            fixture.Time.Advance(Second);
        }

        (await CollapseFixture.BodiesOf([asking])).Should().Equal(answers ? "new" : "old");
        if (!answers)
        {
            await asked.Ended.WaitAsync(Patience);
            await WhenIdle(fixture);
        }
    }

    [Fact]
    public async Task LateValidation_Fails_TheOriginIsLeftAloneForThePause()
    {
        using var fixture = Softly(options => (options.StaleIfError, options.Stale.FailedValidationPause) = (TimeSpan.FromHours(9), 10 * Second));
        await StoreStaleAsync(fixture);
        (await LeaveAsync(fixture)).Fail(new HttpRequestException(HttpRequestError.ConnectionError));
        await WhenIdle(fixture);

        (await fixture.Get()).GetCacheStatus()!.Reason.Should().Be(CacheReason.ValidationPaused);
        fixture.Origin.Count.Should().Be(2);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    [Trait("Spec", "OBS-2")]
    [Trait("Spec", "LOOK-6")]
    public async Task ValidationWithoutCaller_IsNoRequestOfACaller(bool isLate)
    {
        using var meters = new Measured();
        using var fixture = Softly(meters: meters);
        await StoreStaleAsync(fixture);
        GatedRequest asked;
        if (isLate)
        {
            asked = await LeaveAsync(fixture);
        }
        else
        {
            await GetStaleAsync(fixture);
            asked = await fixture.Origin.NextAsync();
        }

        asked.Answer(304, null, CollapseFixture.Tag, CollapseFixture.Fresh);
        await WhenIdle(fixture);

        var numbers = await fixture.Cache.GetStatisticsAsync();
        (numbers.Hits, numbers.Validations, numbers.Misses).Should().Be(isLate ? (0, 0, 2) : (1, 0, 1));
        numbers.BytesFromCache.Should().Be(3, "one caller got the stored body");
        meters.Values.Where(value => value.Key.StartsWith("cachecontrol.requests", StringComparison.Ordinal)).Sum(value => value.Value).Should().Be(2);
        meters.Values.Should().Contain("cachecontrol.background outcome=done", 1);
    }

    [Fact]
    [Trait("Spec", "OBS-2")]
    public async Task ValidationsWithoutCaller_AreCountedByResult()
    {
        using var meters = new Measured();
        using var fixture = Softly(options => options.Limits.MaximumBackgroundValidations = 1, meters: meters);
        await StoreStaleAsync(fixture, "http://h/0");
        await StoreStaleAsync(fixture, "http://h/1");
        var late = await LeaveAsync(fixture, "http://h/0");
        await GetStaleAsync(fixture, "http://h/1");
        late.Answer(503, "no");
        await WhenIdle(fixture);

        meters.Values.Should().Contain("cachecontrol.background outcome=refused", 1).And.Contain("cachecontrol.background outcome=failed", 1);
    }

    private static CollapseFixture Softly(Action<HttpCacheOptions>? configure = null, IHttpCacheStore? store = null, Measured? meters = null) => new(
        options =>
        {
            options.SoftTimeout = Second;
            configure?.Invoke(options);
        },
        store,
        meters);

    private static async Task StoreStaleAsync(CollapseFixture fixture, string uri = "http://h/")
    {
        var first = fixture.Get(uri);
        (await fixture.Origin.NextAsync()).Answer(200, "old", CollapseFixture.Fresh, CollapseFixture.Tag, ("Content-Length", "3"));
        (await CollapseFixture.BodiesOf([first])).Should().Equal("old");
        fixture.Time.Advance(TimeSpan.FromMinutes(2));
    }

    /// <summary>A request whose patience ends.</summary>
    private static async Task<GatedRequest> LeaveAsync(CollapseFixture fixture, string uri = "http://h/")
    {
        var asking = fixture.Get(uri);
        var request = await fixture.Origin.NextAsync();
        fixture.Time.Advance(Second);
        (await asking).GetCacheStatus()!.Reason.Should().Be(CacheReason.SoftTimeout);
        return request;
    }

    /// <summary>A request that may be answered with the stale response at once.</summary>
    private static Task<HttpResponseMessage> GetStaleAsync(CollapseFixture fixture, string uri = "http://h/") =>
        fixture.Client.SendAsync(CacheFixture.Request("GET", uri).WithStaleWhileRevalidate(TimeSpan.FromHours(9)));

    private static Task WhenIdle(CollapseFixture fixture) => fixture.Cache.Controller.Background.WhenIdleAsync().WaitAsync(Patience);

    private sealed class LifetimeOfTheRequest : IFreshnessHeuristic
    {
        public static HttpRequestOptionsKey<TimeSpan> Key { get; } = new("lifetime");

        public ConcurrentQueue<TimeSpan> Seen { get; } = new();

        public TimeSpan? LifetimeOf(FreshnessFacts facts)
        {
            if (facts.ExplicitLifetime is null && facts.Options.TryGetValue(Key.Key, out var value))
            {
                Seen.Enqueue((TimeSpan)value!);
                return (TimeSpan)value!;
            }

            return null;
        }
    }

    /// <summary>Counts the pieces of work that the cache begins beside its callers.</summary>
    private sealed class BegunWork
    {
        private int _count;

        public BegunWork() => Dispatch = new Dispatch(work =>
        {
            Interlocked.Increment(ref _count);
            ThreadPool.QueueUserWorkItem(_ => work());
        });

        public Dispatch Dispatch { get; }

        public int Count => Volatile.Read(ref _count);
    }

    /// <summary>Notes in which context responses are stored.</summary>
    private sealed class WatchedStore(MemoryHttpCacheStore inner) : PassingStore(inner), IDisposable
    {
        public List<string?> Seen { get; } = [];

        public override ValueTask<HttpCacheWriter?> BeginWriteAsync(CacheKey key, long? expectedLength, CancellationToken cancellationToken)
        {
            Seen.Add(Ambient.Value);
            return base.BeginWriteAsync(key, expectedLength, cancellationToken);
        }

        public void Dispose() => inner.Dispose();
    }
}
