using System.Diagnostics;
using System.Net;
using HttpCaching.Tests.Collapsing;
using HttpCaching.Tests.Control;
using HttpCaching.Tests.Storage.Files;

namespace HttpCaching.Tests.Watching;

[Collection(TracedAlone.Name)]
[Trait("Spec", "OBS-1")]
public sealed class SpanTests
{
    private static readonly (string, string) Fresh = ("Cache-Control", "max-age=60");
    private static readonly (string, string) Tag = ("ETag", "\"a\"");

    [Fact]
    public async Task Miss_HasASpanWithTheWayToTheOriginAndTheStoringBelowIt()
    {
        using var tracer = new Tracer();
        using var fixture = new CacheFixture(name: "api");
        fixture.Origin.Then(200, "0123456789", Fresh);

        await fixture.GetAsync("https://h.example:8443/p?q=1");

        tracer.Names.Should().Equal("cachecontrol.forward", "cachecontrol.request", "cachecontrol.store");
        var request = tracer.One("cachecontrol.request");
        request.ParentSpanId.Should().Be(tracer.Caller.SpanId);
        Tracer.Tags(request).Should().Be(
            "cachecontrol.client=api http.request.method=GET url.scheme=https server.address=h.example server.port=8443 "
            + "cachecontrol.outcome=fwd cachecontrol.reason=miss http.response.status_code=200 cachecontrol.fwd=uri-miss cachecontrol.stored=True");
        tracer.One("cachecontrol.forward").ParentSpanId.Should().Be(request.SpanId);
        tracer.One("cachecontrol.store").ParentSpanId.Should().Be(request.SpanId);
        Tracer.Tags(tracer.One("cachecontrol.store")).Should().Be("cachecontrol.stored=True http.response.body.size=10");
    }

    [Fact]
    public async Task Miss_TheSpanOfTheWayToTheOrigin_HasTheCallersBaggage()
    {
        using var tracer = new Tracer();
        using var fixture = new CacheFixture();
        tracer.Caller.SetBaggage("tenant", "one");
        string? seen = null;
        fixture.Origin.Then(_ =>
        {
            seen = Activity.Current?.GetBaggageItem("tenant");
            return new HttpResponseMessage();
        });

        await fixture.GetAsync();

        seen.Should().Be("one");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task HitInMemory_HasNoSpan_AndAddsAnEventToTheCurrentOne(bool isMeasured)
    {
        using var fixture = new CacheFixture(name: "api");
        fixture.Origin.Then(200, "0123456789", Fresh);
        await fixture.GetAsync();
        using var measured = isMeasured ? Measured.Listen("cachecontrol.store.duration") : null;
        using var tracer = new Tracer();

        await fixture.GetAsync();

        tracer.Ended.Should().BeEmpty();
        var hit = tracer.Caller.Events.Should().ContainSingle().Subject;
        hit.Name.Should().Be("cachecontrol.hit");
        hit.Tags.Should().Equal([new("cachecontrol.reason", "fresh"), new("cachecontrol.client", "api")]);
    }

    [Fact]
    public async Task HitInMemory_NoListener_LeavesTheCurrentSpanAlone()
    {
        using var fixture = new CacheFixture();
        fixture.Origin.Then(200, "0123456789", Fresh);
        await fixture.GetAsync();
        using var caller = new Activity("caller").Start();

        await fixture.GetAsync();

        caller.Events.Should().BeEmpty();
    }

    [Fact]
    public async Task HitInMemory_CurrentSpanIsNotRecorded_AddsNothing()
    {
        using var fixture = new CacheFixture();
        fixture.Origin.Then(200, "0123456789", Fresh);
        await fixture.GetAsync();
        using var tracer = new Tracer();
        tracer.Caller.IsAllDataRequested = false;

        await fixture.GetAsync();

        tracer.Caller.Events.Should().BeEmpty();
    }

    [Fact]
    public async Task HitOnDisk_HasASpanWithItsLookup()
    {
        using var directory = new TemporaryDirectory();
        using var fixture = new CacheFixture(store: new FileHttpCacheStore(directory.Path));
        fixture.Origin.Then(200, "0123456789", Fresh);
        await fixture.GetAsync();
        using var tracer = new Tracer();

        await fixture.GetAsync();

        tracer.Names.Should().Equal("cachecontrol.lookup", "cachecontrol.request");
        Tracer.Tags(tracer.One("cachecontrol.request")).Should().Contain("cachecontrol.outcome=hit cachecontrol.reason=fresh http.response.status_code=200");
    }

    [Fact]
    public async Task Validation_IsASpanOfItsOwn()
    {
        using var fixture = new CacheFixture();
        fixture.Origin.Then(200, "0123456789", Fresh, Tag).Then(304, null, Fresh, Tag);
        await fixture.GetAsync();
        fixture.Pass(61);
        using var tracer = new Tracer();

        await fixture.GetAsync();

        tracer.Names.Should().Equal("cachecontrol.request", "cachecontrol.validate");
        Tracer.Tags(tracer.One("cachecontrol.request")).Should().Contain("cachecontrol.reason=validated http.response.status_code=200 cachecontrol.fwd=stale cachecontrol.stored=True cachecontrol.fwd_status=304");
        Tracer.Tags(tracer.One("cachecontrol.validate")).Should().Be("http.response.status_code=304");
    }

    [Fact]
    public async Task Follower_WaitsInASpan_AndIsLinkedToTheLeader()
    {
        using var fixture = new CollapseFixture();
        using var tracer = new Tracer();

        var responses = fixture.GetMany(2);
        (await fixture.Origin.NextAsync()).Answer(200, "body", Fresh);
        await CollapseFixture.BodiesOf(responses);

        tracer.Names.Should().Equal("cachecontrol.forward", "cachecontrol.request", "cachecontrol.request", "cachecontrol.store", "cachecontrol.wait");
        var follower = tracer.Ended.Single(activity => activity.SpanId == tracer.One("cachecontrol.wait").ParentSpanId);
        var leader = tracer.Ended.Single(activity => activity.SpanId == tracer.One("cachecontrol.forward").ParentSpanId);
        follower.Links.Should().ContainSingle().Which.Context.SpanId.Should().Be(leader.SpanId);
        Tracer.Tags(follower).Should().Contain("cachecontrol.collapsed=True");
        Tracer.Tags(tracer.One("cachecontrol.wait")).Should().Be("cachecontrol.wait.for=request");
    }

    [Fact]
    public async Task Leader_AmongProcesses_WaitsInASpan()
    {
        using var fixture = new CollapseFixture(options => options.Collapsing.Flights = new FlightHub());
        using var tracer = new Tracer();

        var response = fixture.Get();
        (await fixture.Origin.NextAsync()).Answer(200, "body", Fresh);
        await CollapseFixture.BodiesOf([response]);

        tracer.Ended.Where(activity => activity.OperationName == "cachecontrol.wait").Should().NotBeEmpty().And.OnlyContain(activity => Tracer.Tags(activity) == "cachecontrol.wait.for=process");
    }

    [Fact]
    public async Task BackgroundValidation_IsARootThatIsLinkedToTheHit()
    {
        using var fixture = new CacheFixture();
        fixture.Origin.Then(200, "0123456789", ("Cache-Control", "max-age=60, stale-while-revalidate=60"), Tag).Then(304, null, Fresh, Tag);
        await fixture.GetAsync();
        fixture.Pass(61);
        using var tracer = new Tracer { TakesRoots = true };

        await fixture.GetAsync("http://h/", ("X", "1"));
        await fixture.Cache.Controller.Background.WhenIdleAsync();

        tracer.Names.Should().Equal("cachecontrol.background", "cachecontrol.request", "cachecontrol.validate");
        var (hit, background) = (tracer.One("cachecontrol.request"), tracer.One("cachecontrol.background"));
        Tracer.Tags(hit).Should().Contain("cachecontrol.outcome=hit cachecontrol.reason=stale-while-revalidate");
        background.TraceId.Should().NotBe(hit.TraceId);
        background.Parent.Should().BeNull();
        background.ParentSpanId.Should().Be(default(ActivitySpanId));
        background.Links.Should().ContainSingle().Which.Context.SpanId.Should().Be(hit.SpanId);
        Tracer.Tags(background).Should().Contain("server.address=h").And.Contain("cachecontrol.reason=validated");
        tracer.One("cachecontrol.validate").ParentSpanId.Should().Be(background.SpanId);
    }

    [Fact]
    public async Task LateValidation_GoesOnInALinkedRoot()
    {
        using var fixture = new CacheFixture(options => options.SoftTimeout = TimeSpan.FromSeconds(1));
        var late = new TaskCompletionSource<HttpResponseMessage>();
        var asked = new TaskCompletionSource();
        fixture.Origin.Then(200, "0123456789", Fresh, Tag).ThenAsync((_, _) =>
        {
            asked.SetResult();
            return late.Task;
        });
        await fixture.GetAsync();
        fixture.Pass(61);
        using var tracer = new Tracer { TakesRoots = true };

        var stale = fixture.GetAsync();
        await asked.Task;
        fixture.Pass(2);
        (await stale).Cache.Reason.Should().Be(CacheReason.SoftTimeout);
        late.SetResult(ScriptedOrigin.Response(200, "new", Fresh));
        await fixture.Cache.Controller.Background.WhenIdleAsync();

        tracer.Names.Should().Equal("cachecontrol.background", "cachecontrol.request", "cachecontrol.store", "cachecontrol.validate");
        var (request, background) = (tracer.One("cachecontrol.request"), tracer.One("cachecontrol.background"));
        tracer.One("cachecontrol.validate").ParentSpanId.Should().Be(request.SpanId, "it began in the request");
        tracer.One("cachecontrol.store").ParentSpanId.Should().Be(background.SpanId);
        background.ParentSpanId.Should().Be(default(ActivitySpanId));
        background.Links.Should().ContainSingle().Which.Context.SpanId.Should().Be(request.SpanId);
        Tracer.Tags(background).Should().Contain("cachecontrol.outcome=fwd cachecontrol.reason=expired");
    }

    [Fact]
    public async Task LateValidation_Fails_ItsSpanTellsTheError()
    {
        using var fixture = new CollapseFixture(options => options.SoftTimeout = TimeSpan.FromSeconds(1));
        await fixture.StoreAsync("old", Fresh, Tag);
        fixture.Time.Advance(TimeSpan.FromMinutes(2));
        using var tracer = new Tracer { TakesRoots = true };
        var stale = fixture.Get();
        var late = await fixture.Origin.NextAsync();
        fixture.Time.Advance(TimeSpan.FromSeconds(1));
        await stale;

        late.Fail(new HttpRequestException("secret"));
        await fixture.Cache.Controller.Background.WhenIdleAsync();

        Tracer.Tags(tracer.One("cachecontrol.background")).Should().Contain("error.type=System.Net.Http.HttpRequestException");
    }

    [Fact]
    public async Task FailureOfTheOrigin_IsToldByItsTypeAlone()
    {
        using var fixture = new CacheFixture();
        fixture.Origin.ThenFails(new HttpRequestException("secret"));
        using var tracer = new Tracer();

        await fixture.Invoking(f => f.GetAsync()).Should().ThrowAsync<HttpRequestException>();

        tracer.Names.Should().Equal("cachecontrol.forward", "cachecontrol.request");
        tracer.Ended.Should().OnlyContain(activity => activity.Status == ActivityStatusCode.Error && activity.StatusDescription == null);
        tracer.Ended.Select(Tracer.Tags).Should().OnlyContain(tags => tags.Contains("error.type=System.Net.Http.HttpRequestException") && !tags.Contains("secret"));
    }

    [Theory]
    [InlineData("GET", "only-if-cached", "cachecontrol.outcome=generated cachecontrol.reason=only-if-cached http.response.status_code=504")]
    [InlineData("GET", "no-store", "cachecontrol.outcome=fwd cachecontrol.reason=request-no-store")]
    [InlineData("BREW", null, "http.request.method=_OTHER")]
    [InlineData("QUERY", null, "http.request.method=QUERY")]
    public async Task OtherWays_HaveASpanToo(string method, string? directive, string expected)
    {
        using var fixture = new CacheFixture();
        fixture.Origin.Otherwise = _ => ScriptedOrigin.Response(200, "a");
        using var tracer = new Tracer();
        using var request = CacheFixture.Request(method, "http://h/", directive is null ? [] : [("Cache-Control", directive)]);
        request.Content = method == "QUERY" ? new StringContent("q") : null;

        await fixture.SendAsync(request);

        Tracer.Tags(tracer.One("cachecontrol.request")).Should().Contain(expected);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task CallersSpan_StaysCurrent_AfterTheCallAndAfterTheBody(bool isSync)
    {
        using var fixture = new CacheFixture();
        fixture.Origin.Then(200, "0123456789", Fresh);
        using var tracer = new Tracer();
        using var request = CacheFixture.Request("GET", "http://h/");

        using (var response = isSync
            ? fixture.Client.Send(request, HttpCompletionOption.ResponseHeadersRead)
            : await fixture.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead))
        {
            Activity.Current.Should().BeSameAs(tracer.Caller);
            using var body = response.Content.ReadAsStream();
            while (body.Read(new byte[4]) > 0)
            {
                Activity.Current.Should().BeSameAs(tracer.Caller);
            }
        }

        Activity.Current.Should().BeSameAs(tracer.Caller);
        tracer.Names.Should().Contain("cachecontrol.store");
    }

    [Fact]
    public async Task BodyLeftUnread_EndsTheStoringWithItsReason_AndLeavesTheCurrentSpan()
    {
        using var fixture = new CacheFixture();
        fixture.Origin.Then(200, "0123456789", Fresh);
        using var tracer = new Tracer();

        (await fixture.Client.SendAsync(CacheFixture.Request("GET", "http://h/"), HttpCompletionOption.ResponseHeadersRead)).Dispose();

        Activity.Current.Should().BeSameAs(tracer.Caller);
        Tracer.Tags(tracer.One("cachecontrol.store")).Should().Be("cachecontrol.stored=False cachecontrol.not_stored=body-not-read");
    }

    [Fact]
    public async Task NoTag_HoldsAValueOfAFieldOrABodyOrAPathOrAQuery()
    {
        string[] secrets = ["s3cr3t", "path7", "query7", "body7", "etag7", "vary7", "user7"];
        using var directory = new TemporaryDirectory();
        using var fixture = new CacheFixture(store: new FileHttpCacheStore(directory.Path));
        (string, string)[] fields = [("Cache-Control", "max-age=60, stale-while-revalidate=9, x=\"s3cr3t\""), ("ETag", "\"etag7\""), ("Vary", "Vary7"), ("Set-Cookie", "s3cr3t")];
        fixture.Origin.Then(200, "body7", fields).Then(304, null, fields).ThenFails(new HttpRequestException("s3cr3t"));
        using var tracer = new Tracer { TakesRoots = true };

        foreach (var pause in new[] { 0, 61, 200 })
        {
            fixture.Pass(pause);
            await new Func<Task>(() => fixture.GetAsync("http://user7:s3cr3t@h/path7?query7#s3cr3t", ("Authorization", "Bearer s3cr3t"), ("Vary7", "vary7")))
                .Should().NotThrowAsync<InvalidOperationException>();
            await fixture.Cache.Controller.Background.WhenIdleAsync();
        }

        tracer.Ended.Should().HaveCountGreaterThan(8);
        foreach (var told in tracer.Ended.Append(tracer.Caller))
        {
            var text = string.Join(' ', told.DisplayName, Tracer.Tags(told), told.StatusDescription, string.Join(' ', told.Events.SelectMany(e => e.Tags.Select(tag => tag.Value))));
            secrets.Should().NotContain(secret => text.Contains(secret, StringComparison.OrdinalIgnoreCase));
        }
    }

    [Theory]
    [InlineData("sample")]
    [InlineData("started")]
    [InlineData("stopped")]
    public async Task ListenerThatThrows_HarmsNoRequest_AndIsLoggedOnce(string where)
    {
        using var fixture = new CacheFixture();
        fixture.Origin.Otherwise = _ => ScriptedOrigin.Response(200, "a", Fresh);
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "CacheControl",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => where == "sample" ? throw new InvalidOperationException("broken") : ActivitySamplingResult.AllData,
            ActivityStarted = _ => Throw(where == "started"),
            ActivityStopped = _ => Throw(where == "stopped"),
        };
        ActivitySource.AddActivityListener(listener);

        (await fixture.GetAsync("http://h/1")).Body.Should().Be("a");
        (await fixture.GetAsync("http://h/2")).Body.Should().Be("a");
        (await fixture.GetAsync("http://h/1")).Cache.Hit.Should().BeTrue();

        fixture.Log.Messages.Should().ContainSingle(message => message.Contains("ActivityListener"));
        static void Throw(bool isDue)
        {
            if (isDue)
            {
                throw new InvalidOperationException("broken");
            }
        }
    }
}
