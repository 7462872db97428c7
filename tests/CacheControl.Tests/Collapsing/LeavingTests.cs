namespace HttpCaching.Tests.Collapsing;

/// <summary>Callers that give up, origins that fail, and waits that take too long.</summary>
public sealed class LeavingTests
{
    [Fact]
    [Trait("Spec", "CON-4")]
    public async Task Cancel_TheOneWhoAsked_OneOfTheOthersAsksInItsPlace()
    {
        using var fixture = new CollapseFixture();
        using var patience = new CancellationTokenSource();

        var first = fixture.Get(cancellationToken: patience.Token);
        var others = fixture.GetMany(10);
        await patience.CancelAsync();
        await first.Invoking(t => t).Should().ThrowAsync<OperationCanceledException>();
        await fixture.Origin.NextAsync();
        (await fixture.Origin.NextAsync()).Answer(200, "hello", CollapseFixture.Fresh);

        (await CollapseFixture.BodiesOf(others)).Should().AllBe("hello");
        fixture.Origin.Count.Should().Be(2);
    }

    [Fact]
    [Trait("Spec", "CON-4")]
    public async Task Cancel_OneWhoWaits_LeavesTheOthersAlone()
    {
        using var fixture = new CollapseFixture();
        using var patience = new CancellationTokenSource();

        var first = fixture.Get();
        var leaving = fixture.Get(cancellationToken: patience.Token);
        var staying = fixture.Get();
        await patience.CancelAsync();
        await leaving.Invoking(t => t).Should().ThrowAsync<OperationCanceledException>();
        (await fixture.Origin.NextAsync()).Answer(200, "hello", CollapseFixture.Fresh);

        (await CollapseFixture.BodiesOf([first, staying])).Should().AllBe("hello");
        fixture.Origin.Count.Should().Be(1);
        fixture.Cache.Controller.Flights.Count.Should().Be(0);
    }

    [Fact]
    [Trait("Spec", "CON-4")]
    public async Task Cancel_TheLastOne_CancelsTheExchange()
    {
        using var fixture = new CollapseFixture();
        using var patience = new CancellationTokenSource();

        var waiting = fixture.Get(cancellationToken: patience.Token);
        var second = fixture.Get(cancellationToken: patience.Token);
        await patience.CancelAsync();
        await waiting.Invoking(t => t).Should().ThrowAsync<OperationCanceledException>();
        await second.Invoking(t => t).Should().ThrowAsync<OperationCanceledException>();

        fixture.Origin.Count.Should().BeLessThanOrEqualTo(2);
        fixture.Cache.Controller.Flights.Count.Should().Be(0);
    }

    [Fact]
    [Trait("Spec", "CON-4")]
    public async Task Dispose_TheOneWhoAskedInTheMiddleOfTheBody_TheOthersReadOn()
    {
        using var fixture = new CollapseFixture();
        var body = CollapseFixture.Bytes(100_000);

        var first = fixture.Get();
        var other = fixture.Get();
        var content = (await fixture.Origin.NextAsync()).AnswerSlowly(body.Length, CollapseFixture.Fresh);
        content.Send(body[..60_000]);
        using (var response = await first)
        {
            var stream = await response.Content.ReadAsStreamAsync();
            await stream.ReadExactlyAsync(new byte[1000]);
        }

        content.IsDisposed.Should().BeFalse();
        content.Send(body[60_000..]).End();
        (await (await other).Content.ReadAsByteArrayAsync()).Should().Equal(body);
        (await fixture.Get()).GetCacheStatus()!.Hit.Should().BeTrue("the body was whole");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task Cancel_BeforeARead_ThrowsTheExceptionOfThePlatform(int reader)
    {
        using var fixture = new CollapseFixture();
        var both = fixture.GetMany(2);
        using var content = (await fixture.Origin.NextAsync()).AnswerSlowly(6, CollapseFixture.Fresh);
        var stream = await (await both[reader]).Content.ReadAsStreamAsync();

        var read = async () => await stream.ReadAsync(new byte[8], new CancellationToken(canceled: true));

        await read.Should().ThrowExactlyAsync<TaskCanceledException>();
    }

    [Fact]
    [Trait("Spec", "CON-4")]
    public async Task Cancel_AReadUnderWay_TheOthersAndTheNextReadGetItsBytes()
    {
        using var fixture = new CollapseFixture();
        using var patience = new CancellationTokenSource();

        var first = fixture.Get();
        var other = fixture.Get();
        var content = (await fixture.Origin.NextAsync()).AnswerSlowly(4, CollapseFixture.Fresh);
        var stream = await (await first).Content.ReadAsStreamAsync();
        var read = stream.ReadAsync(new byte[4], patience.Token).AsTask();
        var whole = (await other).Content.ReadAsStringAsync();
        await patience.CancelAsync();
        await read.Invoking(t => t).Should().ThrowAsync<OperationCanceledException>();
        content.Send("abcd"u8.ToArray()).End();

        (await whole).Should().Be("abcd");
        (await new StreamReader(stream).ReadToEndAsync()).Should().Be("abcd");
    }

    [Theory]
    [Trait("Spec", "CON-4")]
    [InlineData(1)]
    [InlineData(3)]
    public async Task Cancel_TheLastReaderInTheMiddleOfARead_TheReadEndsBeforeTheConnectionIsLetGo(int readers)
    {
        using var fixture = new CollapseFixture();
        using var patience = new CancellationTokenSource();

        var all = fixture.GetMany(readers);
        var content = (await fixture.Origin.NextAsync()).AnswerSlowly(10, CollapseFixture.Fresh);
        content.Send("abc"u8.ToArray());
        var reads = new List<Task>();
        foreach (var response in await Task.WhenAll(all))
        {
            reads.Add(response.Content.CopyToAsync(Stream.Null, patience.Token));
        }

        await patience.CancelAsync();
        foreach (var read in reads)
        {
            await read.Invoking(t => t).Should().ThrowAsync<OperationCanceledException>();
        }

        await content.WhenDisposed.WaitAsync(TimeSpan.FromSeconds(30));
        content.WasDisposedUnderARead.Should().BeFalse("a connection that is drained while somebody reads from it gives the next response to the wrong one");
        fixture.Cache.Controller.Flights.Count.Should().Be(0);
    }

    [Fact]
    [Trait("Spec", "CON-4")]
    public async Task Dispose_AllReaders_AbortsTheBodyAndStoresNothing()
    {
        using var fixture = new CollapseFixture();

        var all = fixture.GetMany(2);
        var content = (await fixture.Origin.NextAsync()).AnswerSlowly(10, CollapseFixture.Fresh);
        content.Send("abc"u8.ToArray());
        (await all[0]).Dispose();
        content.IsDisposed.Should().BeFalse();
        (await all[1]).Dispose();

        content.IsDisposed.Should().BeTrue();
        _ = fixture.Get();
        fixture.Origin.Count.Should().Be(2);
    }

    [Fact]
    [Trait("Spec", "CON-5")]
    public async Task Fail_TheExchange_EveryWaiterSeesThatFailure()
    {
        using var fixture = new CollapseFixture();

        var all = fixture.GetMany(20);
        (await fixture.Origin.NextAsync()).Fail(new HttpRequestException(HttpRequestError.ConnectionError, "No route", statusCode: null));

        foreach (var task in all)
        {
            (await task.Invoking(t => t).Should().ThrowAsync<HttpRequestException>()).Which.HttpRequestError.Should().Be(HttpRequestError.ConnectionError);
        }

        fixture.Origin.Count.Should().Be(1);
    }

    [Fact]
    [Trait("Spec", "CON-5")]
    public async Task Fail_TheExchangeByATimeoutBelow_IsNotQueued()
    {
        using var fixture = new CollapseFixture();

        var all = fixture.GetMany(20);
        (await fixture.Origin.NextAsync()).Fail(new TaskCanceledException("connect", new TimeoutException()));

        foreach (var task in all)
        {
            await task.Invoking(t => t).Should().ThrowAsync<OperationCanceledException>();
        }

        fixture.Origin.Count.Should().Be(1);
    }

    [Fact]
    [Trait("Spec", "CON-5")]
    public async Task Fail_TheExchange_WaitersWithAStaleResponseServeIt()
    {
        using var fixture = new CollapseFixture();
        await fixture.StoreAsync("old", CollapseFixture.Fresh, CollapseFixture.Tag);
        fixture.Time.Advance(TimeSpan.FromSeconds(61));

        var strict = fixture.Get();
        var lenient = fixture.Get(fields: ("Cache-Control", "stale-if-error=100"));
        (await fixture.Origin.NextAsync()).Fail(new HttpRequestException(HttpRequestError.ConnectionError));

        await strict.Invoking(t => t).Should().ThrowAsync<HttpRequestException>();
        (await (await lenient).Content.ReadAsStringAsync()).Should().Be("old");
        (await lenient).GetCacheStatus().Should().BeEquivalentTo(new { Reason = CacheReason.StaleIfError, Collapsed = true });
        fixture.Origin.Count.Should().Be(2, "the first was what stored it");
    }

    [Fact]
    [Trait("Spec", "CON-5")]
    public async Task Error_ThatAStaleResponseStandsInFor_IsOneOriginRequest()
    {
        using var fixture = new CollapseFixture(o => o.StaleIfError = TimeSpan.FromHours(1));
        await fixture.StoreAsync("old", CollapseFixture.Fresh, CollapseFixture.Tag);
        fixture.Time.Advance(TimeSpan.FromSeconds(61));

        var all = fixture.GetMany(10);
        (await fixture.Origin.NextAsync()).Answer(503, "down");

        (await CollapseFixture.BodiesOf(all)).Should().AllBe("old");
        fixture.Origin.Count.Should().Be(2);
    }

    [Fact]
    [Trait("Spec", "CON-5")]
    public async Task Wait_LongerThanTheLimit_EachAsksTheOriginItself()
    {
        using var fixture = new CollapseFixture(o => o.Collapsing.MaximumWait = TimeSpan.FromSeconds(3));

        var all = fixture.GetMany(3);
        var slow = await fixture.Origin.NextAsync();
        fixture.Origin.Count.Should().Be(1);
        fixture.Time.Advance(TimeSpan.FromSeconds(3));
        (await fixture.Origin.NextAsync()).Answer(200, "quick", CollapseFixture.Fresh);
        (await fixture.Origin.NextAsync()).Answer(200, "quick", CollapseFixture.Fresh);
        slow.Answer(200, "slow", CollapseFixture.Fresh);

        (await CollapseFixture.BodiesOf(all)).Should().Equal("slow", "quick", "quick");
        (await all[1]).GetCacheStatus()!.Collapsed.Should().BeFalse();
    }

    [Fact]
    [Trait("Spec", "CON-5")]
    public void Wait_MoreThanTheLimit_AskTheOriginThemselves()
    {
        using var fixture = new CollapseFixture(o => o.Collapsing.MaximumWaiters = 2);

        _ = fixture.GetMany(5);

        fixture.Origin.Count.Should().Be(3);
    }
}
