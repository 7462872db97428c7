namespace HttpCaching.Tests.Collapsing;

/// <summary>Bounds on what goes on behind the callers' backs, its end, and the moments in which two things happen at once.</summary>
public sealed class BoundsTests
{
    private static readonly (string, string) Stale = ("Cache-Control", "max-age=60, stale-while-revalidate=6000");
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    [Trait("Spec", "STL-12")]
    public async Task Background_MoreThanTheLimit_AreNotBegunAndStaleResponsesAreServed()
    {
        using var fixture = new CollapseFixture(o => o.Limits.MaximumBackgroundValidations = 2);
        await StoreManyAsync(fixture, 5);

        for (var i = 0; i < 5; i++)
        {
            using var response = await fixture.Get($"http://h/{i}");
            response.GetCacheStatus()!.Reason.Should().Be(CacheReason.StaleWhileRevalidate);
        }

        GatedRequest[] begun = [await fixture.Origin.NextAsync(), await fixture.Origin.NextAsync()];
        fixture.Origin.Count.Should().Be(5 + 2, "two are begun, and those beyond are not kept for later");
        Array.ForEach(begun, b => b.Answer(304, null, CollapseFixture.Tag, Stale));
        await fixture.Cache.Controller.Background.WhenIdleAsync().WaitAsync(Patience);

        // The places are free again.
        using var again = await fixture.Get("http://h/4");
        (await fixture.Origin.NextAsync()).Answer(304, null, CollapseFixture.Tag, Stale);
        await fixture.Cache.Controller.Background.WhenIdleAsync().WaitAsync(Patience);
        fixture.Origin.Count.Should().Be(5 + 3);
    }

    [Fact]
    [Trait("Spec", "HTC-20")]
    public async Task Dispose_WhileAValidationRunsInTheBackground_EndsIt()
    {
        using var fixture = new CollapseFixture();
        await StoreManyAsync(fixture, 1);
        using var response = await fixture.Get("http://h/0");
        await fixture.Origin.NextAsync();
        var idle = fixture.Cache.Controller.Background.WhenIdleAsync();
        idle.IsCompleted.Should().BeFalse();

        fixture.Cache.Dispose();

        await idle.WaitAsync(Patience);
        (await response.Content.ReadAsStringAsync()).Should().Be("0", "what was served stays whole");
    }

    [Fact]
    [Trait("Spec", "HTC-20")]
    public async Task Dispose_WhileTheBodyOfAValidationArrives_LetsGoOfTheConnection()
    {
        using var fixture = new CollapseFixture();
        await StoreManyAsync(fixture, 1);
        using var response = await fixture.Get("http://h/0");
        var content = (await fixture.Origin.NextAsync()).AnswerSlowly(10, Stale);
        content.Send("some"u8.ToArray());
        await content.WhenRead.WaitAsync(Patience);
        var idle = fixture.Cache.Controller.Background.WhenIdleAsync();

        fixture.Cache.Dispose();

        await idle.WaitAsync(Patience);
        await content.WhenDisposed.WaitAsync(Patience);
        content.WasDisposedUnderARead.Should().BeFalse();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task SoftTimeout_InTheMomentInWhichTheAnswerComes_OneOfTheTwoIsServedAndTheNewOneIsStored(bool callerGivesUp)
    {
        for (var round = 0; round < 30; round++)
        {
            using var fixture = new CollapseFixture(o => o.SoftTimeout = TimeSpan.FromSeconds(1));
            await StoreManyAsync(fixture, 1);
            fixture.Time.Advance(TimeSpan.FromHours(10));
            using var patience = new CancellationTokenSource();
            var asking = fixture.Get("http://h/0", patience.Token);
            var request = await fixture.Origin.NextAsync();

            await Task.WhenAll(
                Task.Run(() => fixture.Time.Advance(TimeSpan.FromSeconds(1))),
                Task.Run(() => request.Answer(200, "new", CollapseFixture.Fresh)),
                Task.Run(() => callerGivesUp ? patience.CancelAsync() : Task.CompletedTask)).WaitAsync(Patience);

            var body = await BodyOrNothingAsync(asking);
            (body is null ? callerGivesUp : body is "new" or "0").Should().BeTrue($"the caller saw '{body}'");
            await fixture.Cache.Controller.Background.WhenIdleAsync().WaitAsync(Patience);
            if (body is not null)
            {
                using var hit = await fixture.Get("http://h/0");
                hit.GetCacheStatus()!.Hit.Should().BeTrue();
                (await hit.Content.ReadAsStringAsync()).Should().Be("new");
            }

            fixture.Cache.Controller.Flights.Count.Should().Be(0);
        }
    }

    [Fact]
    public async Task SoftTimeout_ValidationFailsAfterTheStaleOneWasServed_NextRequestAsksAgain()
    {
        using var fixture = new CollapseFixture(o => o.SoftTimeout = TimeSpan.FromSeconds(1));
        await StoreManyAsync(fixture, 1);
        fixture.Time.Advance(TimeSpan.FromHours(10));
        var asking = fixture.Get("http://h/0");
        var request = await fixture.Origin.NextAsync();
        fixture.Time.Advance(TimeSpan.FromSeconds(1));
        (await asking).GetCacheStatus()!.Reason.Should().Be(CacheReason.SoftTimeout);

        request.Fail(new HttpRequestException(HttpRequestError.ConnectionError));
        await fixture.Cache.Controller.Background.WhenIdleAsync().WaitAsync(Patience);

        var next = fixture.Get("http://h/0");
        (await fixture.Origin.NextAsync()).Answer(304, null, CollapseFixture.Tag, CollapseFixture.Fresh);
        (await next).GetCacheStatus()!.Reason.Should().Be(CacheReason.Validated);
    }

    private static async Task<string?> BodyOrNothingAsync(Task<HttpResponseMessage> asking)
    {
        try
        {
            using var response = await asking.WaitAsync(Patience);
            return await response.Content.ReadAsStringAsync();
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }

    /// <summary>Stores responses that are stale when this returns.</summary>
    private static async Task StoreManyAsync(CollapseFixture fixture, int count)
    {
        for (var i = 0; i < count; i++)
        {
            var first = fixture.Get($"http://h/{i}");
            (await fixture.Origin.NextAsync()).Answer(200, $"{i}", Stale, CollapseFixture.Tag);
            (await (await first).Content.ReadAsStringAsync()).Should().Be($"{i}");
        }

        fixture.Time.Advance(TimeSpan.FromMinutes(2));
    }
}
