using HttpCaching.Tests.Control;

namespace HttpCaching.Tests.Collapsing;

/// <summary>Two caches over one store: what one has asked the origin for, the other waits for, up to a limit and never for long in vain.</summary>
public sealed class NodeFlightTests : IDisposable
{
    private readonly FlightHub _hub = new();
    private readonly MemoryHttpCacheStore _store = new();
    private readonly CollapseFixture _one;
    private readonly CollapseFixture _other;

    public NodeFlightTests()
    {
        _one = new CollapseFixture(o => o.Collapsing.Flights = _hub, _store);
        _other = new CollapseFixture(o => o.Collapsing.Flights = _hub, _store);
        _hub.Time = _other.Time;
    }

    private int OriginRequests => _one.Origin.Count + _other.Origin.Count;

    [Fact]
    public async Task Miss_OnBothNodes_IsOneOriginRequest()
    {
        var first = _one.GetMany(5);
        var second = _other.GetMany(20);
        second.Should().OnlyContain(t => !t.IsCompleted);

        (await _one.Origin.NextAsync()).Answer(200, "hello", CollapseFixture.Fresh);
        (await CollapseFixture.BodiesOf(first)).Should().AllBe("hello");
        (await CollapseFixture.BodiesOf(second)).Should().AllBe("hello");

        OriginRequests.Should().Be(1);
        (await second[0]).GetCacheStatus()!.Hit.Should().BeTrue("it came from the store");
        _hub.Leads.Should().Be(0);
        _hub.Ends.Should().Equal(HttpCacheFlightEnd.Stored);
    }

    [Fact]
    public async Task Miss_BodyStillArriving_OtherNodeWaitsForTheCommit()
    {
        var first = _one.Get();
        var content = (await _one.Origin.NextAsync()).AnswerSlowly(6, CollapseFixture.Fresh);
        content.Send("abc"u8.ToArray());
        using var response = await first;
        var second = _other.Get();
        second.IsCompleted.Should().BeFalse();
        _hub.Leads.Should().Be(1);

        content.Send("def"u8.ToArray());
        content.End();
        (await response.Content.ReadAsStringAsync()).Should().Be("abcdef");

        (await (await second).Content.ReadAsStringAsync()).Should().Be("abcdef");
        OriginRequests.Should().Be(1);
    }

    [Fact]
    public async Task Miss_StoredBetweenLookUpAndLead_IsNotAskedFor()
    {
        _hub.BeforeEnter = async () =>
        {
            _hub.BeforeEnter = null;
            var earlier = _one.Get();
            (await _one.Origin.NextAsync()).Answer(200, "hello", CollapseFixture.Fresh);
            (await (await earlier).Content.ReadAsStringAsync()).Should().Be("hello");
        };

        var response = await _other.Get();

        (await response.Content.ReadAsStringAsync()).Should().Be("hello");
        OriginRequests.Should().Be(1);
        _hub.Leads.Should().Be(0);
    }

    [Fact]
    public async Task Miss_OnBothNodesAfterAnInvalidation_IsOneOriginRequest()
    {
        // The other node remembers a flight that has landed: its requests look again before they wait, and have to once more when they have waited.
        var earlier = _other.Get();
        (await _other.Origin.NextAsync()).Answer(200, "old", CollapseFixture.Fresh);
        using var old = await earlier;
        (await old.Content.ReadAsStringAsync()).Should().Be("old");
        await _store.InvalidateAsync(old.RequestMessage!.RequestUri!.AbsoluteUri, default);

        var first = _one.GetMany(5);
        var second = _other.GetMany(20);
        (await _one.Origin.NextAsync()).Answer(200, "new", CollapseFixture.Fresh);

        (await CollapseFixture.BodiesOf(first)).Should().AllBe("new");
        (await CollapseFixture.BodiesOf(second)).Should().AllBe("new");
        OriginRequests.Should().Be(2, "one for each version");
        _hub.Leads.Should().Be(0);
    }

    [Fact]
    public async Task NotStorable_OtherNodeGoesItself_AndWaitsNoMore()
    {
        var first = _one.Get();
        var second = _other.Get();
        (await _one.Origin.NextAsync()).Answer(200, "mine", ("Cache-Control", "no-store"));
        (await (await first).Content.ReadAsStringAsync()).Should().Be("mine");
        (await _other.Origin.NextAsync()).Answer(200, "yours", ("Cache-Control", "no-store"));
        (await (await second).Content.ReadAsStringAsync()).Should().Be("yours");
        var asked = _hub.Enters;

        // Both at once again: neither waits for the other, nor asks whether it should.
        var again = _one.Get();
        var too = _other.Get();
        (await _other.Origin.NextAsync()).Answer(200, "b", ("Cache-Control", "no-store"));
        (await _one.Origin.NextAsync()).Answer(200, "a", ("Cache-Control", "no-store"));
        await again;
        await too;

        _hub.Enters.Should().Be(asked);
        _hub.Leads.Should().Be(0);
    }

    [Fact]
    public async Task OriginFails_OtherNodeGoesItself()
    {
        var first = _one.Get();
        var second = _other.Get();
        (await _one.Origin.NextAsync()).Fail(new HttpRequestException("down"));
        await first.Awaiting(t => t).Should().ThrowAsync<HttpRequestException>();

        (await _other.Origin.NextAsync()).Answer(200, "hello", CollapseFixture.Fresh);

        (await (await second).Content.ReadAsStringAsync()).Should().Be("hello");
    }

    [Fact]
    public async Task BodyBreaksOff_OtherNodeGoesItself()
    {
        var first = _one.Get();
        var content = (await _one.Origin.NextAsync()).AnswerSlowly(6, CollapseFixture.Fresh);
        using var response = await first;
        var second = _other.Get();
        content.Send("abc"u8.ToArray()).Fail(new IOException("cut"));
        await response.Content.Awaiting(c => c.ReadAsStringAsync()).Should().ThrowAsync<Exception>();

        (await _other.Origin.NextAsync()).Answer(200, "hello", CollapseFixture.Fresh);

        (await (await second).Content.ReadAsStringAsync()).Should().Be("hello");
        _hub.Ends[0].Should().Be(HttpCacheFlightEnd.Failed);
    }

    [Fact]
    public async Task CallerDisposesTheBody_LeadIsGivenBack()
    {
        var first = _one.Get();
        (await _one.Origin.NextAsync()).AnswerSlowly(6, CollapseFixture.Fresh).Send("abc"u8.ToArray());
        _hub.Leads.Should().Be(1);

        (await first).Dispose();

        _hub.Leads.Should().Be(0);
    }

    [Fact]
    public async Task LeaderTakesTooLong_OtherNodeGoesItself_AndTheNextDontWait()
    {
        var first = _one.Get();
        var slow = await _one.Origin.NextAsync();
        var second = _other.Get();
        _other.Time.Advance(TimeSpan.FromSeconds(3.9));
        _other.Origin.Count.Should().Be(0);
        _other.Time.Advance(TimeSpan.FromSeconds(0.2));

        (await _other.Origin.NextAsync()).Answer(200, "hello", ("Cache-Control", "max-age=0, must-revalidate"));
        (await (await second).Content.ReadAsStringAsync()).Should().Be("hello");
        var asked = _hub.Enters;
        var third = _other.Get("http://h/");
        (await _other.Origin.NextAsync()).Answer(200, "again", CollapseFixture.Fresh);
        (await (await third).Content.ReadAsStringAsync()).Should().Be("again");
        _hub.Enters.Should().Be(asked);

        slow.Answer(200, "late", CollapseFixture.Fresh);
        (await (await first).Content.ReadAsStringAsync()).Should().Be("late");
    }

    [Fact]
    public async Task LeaderIsLost_OneOfTheOthersTakesOver()
    {
        var first = _one.Get();
        await _one.Origin.NextAsync();
        var second = _other.GetMany(3);

        _hub.LoseLeads();

        (await _other.Origin.NextAsync()).Answer(200, "hello", CollapseFixture.Fresh);
        (await CollapseFixture.BodiesOf(second)).Should().AllBe("hello");
        _other.Origin.Count.Should().Be(1);
        first.IsCompleted.Should().BeFalse();
    }

    [Fact]
    public async Task CallerGivesUpWhileWaiting_TheOthersOfItsNodeGoOn()
    {
        var first = _one.Get();
        var origin = await _one.Origin.NextAsync();
        using var patience = new CancellationTokenSource();
        var impatient = _other.Get(cancellationToken: patience.Token);
        var patient = _other.Get();

        await patience.CancelAsync();
        await impatient.Awaiting(t => t).Should().ThrowAsync<OperationCanceledException>();
        origin.Answer(200, "hello", CollapseFixture.Fresh);

        (await (await first).Content.ReadAsStringAsync()).Should().Be("hello");
        (await (await patient).Content.ReadAsStringAsync()).Should().Be("hello");
        OriginRequests.Should().Be(1);
    }

    [Fact]
    [Trait("Spec", "SRE-1")]
    public async Task FlightsFail_RequestsAskTheOrigin_AndAfterSomeFaultsAtOnce()
    {
        _hub.BeforeEnter = () => throw new IOException("no engine");

        for (var i = 0; i < 8; i++)
        {
            var get = _one.Get($"http://h/{i}");
            (await _one.Origin.NextAsync()).Answer(200, "hello", CollapseFixture.Fresh);
            (await (await get).Content.ReadAsStringAsync()).Should().Be("hello");
        }

        _hub.Enters.Should().Be(5, "the circuit is open then");
    }

    [Fact]
    [Trait("Spec", "SRE-2")]
    public async Task FlightsHang_RequestAsksTheOriginAfterTheLimit()
    {
        var never = new TaskCompletionSource();
        _hub.BeforeEnter = () => new ValueTask(never.Task);
        var get = _one.Get();
        _one.Origin.Count.Should().Be(0);

        _one.Time.Advance(TimeSpan.FromSeconds(2));

        (await _one.Origin.NextAsync()).Answer(200, "hello", CollapseFixture.Fresh);
        (await (await get).Content.ReadAsStringAsync()).Should().Be("hello");
        never.SetResult();
        await _one.Cache.Controller.Flights.Nodes!.Pending.WhenIdleAsync().WaitAsync(TimeSpan.FromMinutes(1));
        _hub.Leads.Should().Be(0, "a lead that comes too late is given back");
    }

    [Fact]
    [Trait("Spec", "SRE-2")]
    public async Task FlightsHang_NoCallerWaitsForTheLimit_NextRequestAsksTheOriginAtOnce()
    {
        var never = new TaskCompletionSource();
        _hub.BeforeEnter = () => new ValueTask(never.Task);
        using var patience = new CancellationTokenSource();
        var impatient = _one.Get(cancellationToken: patience.Token);
        await patience.CancelAsync();
        await impatient.Awaiting(t => t).Should().ThrowAsync<OperationCanceledException>();

        _one.Time.Advance(TimeSpan.FromSeconds(2));
        await _one.Log.UntilAsync("FlightFault");
        var get = _one.Get("http://h/2");

        (await _one.Origin.NextAsync()).Answer(200, "hello", CollapseFixture.Fresh);
        (await (await get).Content.ReadAsStringAsync()).Should().Be("hello");
        _hub.Enters.Should().Be(1, "the circuit is open");
        never.SetResult();
    }

    [Fact]
    [Trait("Spec", "SRE-2")]
    public async Task CallersLeaveWhileTheyEnter_FlightsGoOnAndNoLeadIsKept()
    {
        for (var i = 0; i < 8; i++)
        {
            var entering = new TaskCompletionSource();
            _hub.BeforeEnter = () => new ValueTask(entering.Task);
            using var patience = new CancellationTokenSource();
            var impatient = _one.Get($"http://h/{i}", cancellationToken: patience.Token);
            await patience.CancelAsync();
            await impatient.Awaiting(t => t).Should().ThrowAsync<OperationCanceledException>();

            entering.SetResult();
            await _one.Cache.Controller.Flights.Nodes!.Pending.WhenIdleAsync().WaitAsync(TimeSpan.FromMinutes(1));
            _hub.Leads.Should().Be(0, "the lead is given back");
        }

        _hub.BeforeEnter = null;
        var get = _one.Get("http://h/9");
        (await _one.Origin.NextAsync()).Answer(200, "hello", CollapseFixture.Fresh);
        (await (await get).Content.ReadAsStringAsync()).Should().Be("hello");
        _hub.Enters.Should().Be(9, "callers that leave say nothing about the engine");
    }

    [Fact]
    public async Task Validation_OnBothNodes_IsOneOriginRequest()
    {
        await _one.StoreAsync("hello", ("Cache-Control", "max-age=1"), CollapseFixture.Tag);
        _one.Time.Advance(TimeSpan.FromSeconds(10));
        _other.Time.Advance(TimeSpan.FromSeconds(10));

        var first = _one.Get();
        var second = _other.Get();
        (await _one.Origin.NextAsync()).Answer(304, null, CollapseFixture.Fresh, CollapseFixture.Tag);

        (await (await first).Content.ReadAsStringAsync()).Should().Be("hello");
        (await (await second).Content.ReadAsStringAsync()).Should().Be("hello");
        OriginRequests.Should().Be(2, "one stored it, and one of two validated it");
    }

    [Fact]
    public async Task Variants_OnBothNodes_DontAnswerEachOther()
    {
        var german = _one.Get(fields: ("Accept-Language", "de"));
        var english = _other.GetMany(3, ("Accept-Language", "en"));
        (await _one.Origin.NextAsync()).Answer(200, "hallo", CollapseFixture.Fresh, ("Vary", "Accept-Language"));
        (await (await german).Content.ReadAsStringAsync()).Should().Be("hallo");

        (await _other.Origin.NextAsync()).Answer(200, "hello", CollapseFixture.Fresh, ("Vary", "Accept-Language"));

        (await CollapseFixture.BodiesOf(english)).Should().AllBe("hello");
        OriginRequests.Should().Be(2);
        _hub.Leads.Should().Be(0);
    }

    [Fact]
    public async Task Hit_AsksNobody()
    {
        await _one.StoreAsync("hello", CollapseFixture.Fresh);
        var asked = _hub.Enters;

        (await _other.Get()).GetCacheStatus()!.Hit.Should().BeTrue();

        _hub.Enters.Should().Be(asked);
    }

    [Fact]
    public async Task Send_Blocking_WaitsForTheOtherNode()
    {
        var first = _one.Get();
        var origin = await _one.Origin.NextAsync();
        var second = Task.Factory.StartNew(
            () => _other.Client.Send(CacheFixture.Request("GET", "http://h/")), TaskCreationOptions.LongRunning);
        while (_hub.Enters < 2)
        {
            await Task.Yield();
        }

        origin.Answer(200, "hello", CollapseFixture.Fresh);

        (await (await first).Content.ReadAsStringAsync()).Should().Be("hello");
        (await (await second).Content.ReadAsStringAsync()).Should().Be("hello");
        OriginRequests.Should().Be(1);
    }

    public void Dispose()
    {
        _one.Dispose();
        _other.Dispose();
        _store.Dispose();
    }
}
