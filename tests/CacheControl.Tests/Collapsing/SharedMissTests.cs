using HttpCaching.Tests.Control;

namespace HttpCaching.Tests.Collapsing;

/// <summary>Who shares an exchange with whom, and who does not.</summary>
public sealed class SharedMissTests
{
    [Fact]
    public async Task Miss_StoredInAnotherPartition_IsToldToFollowersToo()
    {
        using var fixture = new CollapseFixture();
        var own = fixture.Get(fields: ("Authorization", "Bearer a"));
        (await fixture.Origin.NextAsync()).Answer(200, "of a", CollapseFixture.Fresh);
        await (await own).Content.ReadAsStringAsync();

        var all = fixture.GetMany(2);
        (await fixture.Origin.NextAsync()).Answer(200, "of all", CollapseFixture.Fresh);

        (await CollapseFixture.BodiesOf(all)).Should().AllBe("of all");
        (await Task.WhenAll(all)).Select(response => response.GetCacheStatus()!.IsInOtherPartition).Should().Equal(true, true);
        (await all[1]).GetCacheStatus()!.Collapsed.Should().BeTrue();
    }

    [Fact]
    [Trait("Spec", "CON-1")]
    public async Task Get_HundredAtOnce_AreOneOriginRequest()
    {
        using var fixture = new CollapseFixture();

        var all = fixture.GetMany(100);
        (await fixture.Origin.NextAsync()).Answer(200, "hello", CollapseFixture.Fresh, ("X-Own", "1"));
        var bodies = await CollapseFixture.BodiesOf(all);

        bodies.Should().AllBe("hello");
        fixture.Origin.Count.Should().Be(1);
        var first = await all[0];
        first.GetCacheStatus().Should().BeEquivalentTo(new { Hit = false, Collapsed = (bool?)null, Stored = true, Forward = ForwardReason.UriMiss });
        foreach (var task in all[1..])
        {
            var response = await task;
            response.GetCacheStatus().Should().BeEquivalentTo(new { Hit = false, Collapsed = true, Stored = false, Forward = ForwardReason.UriMiss });
            response.Headers.GetValues("X-Own").Should().Equal("1");
            response.Headers.Age.Should().BeGreaterThanOrEqualTo(TimeSpan.Zero);
            response.Content.Headers.ContentLength.Should().Be(5);
            response.RequestMessage.Should().NotBeSameAs(first.RequestMessage);
        }

        (await fixture.Get()).GetCacheStatus()!.Hit.Should().BeTrue();
    }

    [Fact]
    [Trait("Spec", "CON-1")]
    public async Task Get_ThousandFromAllThreads_AreOneOriginRequest()
    {
        using var fixture = new CollapseFixture();
        using var start = new Barrier(8);

        var senders = Enumerable.Range(0, 8).Select(_ => Task.Factory.StartNew(
            () =>
            {
                start.SignalAndWait();
                return fixture.GetMany(125);
            },
            TaskCreationOptions.LongRunning)).ToArray();
        (await fixture.Origin.NextAsync()).Answer(200, "hello", CollapseFixture.Fresh);
        var bodies = await CollapseFixture.BodiesOf((await Task.WhenAll(senders)).SelectMany(r => r));

        bodies.Should().HaveCount(1000).And.AllBe("hello");
        fixture.Origin.Count.Should().Be(1);
    }

    [Theory]
    [InlineData("If-None-Match", "\"x\"")]
    [InlineData("If-Modified-Since", "Thu, 01 Jan 2026 00:00:00 GMT")]
    [InlineData("Range", "bytes=0-1")]
    [InlineData("Cache-Control", "no-store")]
    [InlineData("Cache-Control", "no-cache")]
    [InlineData("Cache-Control", "max-age=0")]
    [InlineData("Pragma", "no-cache")]
    [InlineData("Authorization", "Basic eDp5")]
    [Trait("Spec", "CON-1")]
    public void Get_ThatWantsSomethingElse_AsksTheOriginItself(string name, string value)
    {
        using var fixture = new CollapseFixture();

        _ = fixture.Get();
        _ = fixture.Get(fields: (name, value));

        fixture.Origin.Count.Should().Be(2);
    }

    [Theory]
    [InlineData(HttpCacheMode.Reload)]
    [InlineData(HttpCacheMode.NoCache)]
    [InlineData(HttpCacheMode.NoStore)]
    [Trait("Spec", "CON-1")]
    public void Get_WithABypassingMode_AsksTheOriginItself(HttpCacheMode mode)
    {
        using var fixture = new CollapseFixture();

        _ = fixture.Get();
        _ = fixture.Client.SendAsync(CacheFixture.Request("GET", "http://h/").WithCache(mode));

        fixture.Origin.Count.Should().Be(2);
    }

    [Fact]
    [Trait("Spec", "CON-1")]
    public void Get_CollapsingOff_AsksTheOriginItself()
    {
        using var fixture = new CollapseFixture(o => o.CollapseRequests = false);

        _ = fixture.GetMany(3);

        fixture.Origin.Count.Should().Be(3);
    }

    [Fact]
    [Trait("Spec", "CON-2")]
    public async Task Get_OtherLanguageUnderVary_GetsItsOwnResponseAndSharesItWithItsLike()
    {
        using var fixture = new CollapseFixture();

        var german = fixture.GetMany(3, ("Accept-Language", "de"));
        var english = fixture.GetMany(3, ("Accept-Language", "en"));
        (await fixture.Origin.NextAsync()).Answer(200, "hallo", CollapseFixture.Fresh, ("Vary", "Accept-Language"));
        var second = await fixture.Origin.NextAsync();
        second.Answer(200, "hello", CollapseFixture.Fresh, ("Vary", "Accept-Language"));

        (await CollapseFixture.BodiesOf(german)).Should().AllBe("hallo");
        (await CollapseFixture.BodiesOf(english)).Should().AllBe("hello");
        second.Seen["Accept-Language"].Should().Be("en");
        fixture.Origin.Count.Should().Be(2);
    }

    [Fact]
    [Trait("Spec", "CON-2")]
    public async Task Get_DirectivesThatTheResponseDoesNotMeet_AsksTheOriginItself()
    {
        using var fixture = new CollapseFixture();

        var first = fixture.Get();
        var demanding = fixture.Get(fields: ("Cache-Control", "min-fresh=100"));
        (await fixture.Origin.NextAsync()).Answer(200, "a", CollapseFixture.Fresh);
        (await fixture.Origin.NextAsync()).Answer(200, "b", ("Cache-Control", "max-age=200"));

        (await CollapseFixture.BodiesOf([first, demanding])).Should().Equal("a", "b");
        (await demanding).GetCacheStatus()!.Collapsed.Should().BeFalse();
    }

    [Theory]
    [InlineData("Cache-Control", "no-store", 1)]
    [InlineData("Cache-Control", "no-cache", 1)]
    [InlineData("Cache-Control", "max-age=0", 1)]
    [InlineData("Vary", "*", 1)]
    [Trait("Spec", "CON-3")]
    public async Task Get_ResponseThatCantBeShared_ReleasesAllAtOnceAndIsRemembered(string name, string value, int requestsOfTwoLater)
    {
        using var fixture = new CollapseFixture();
        var (listener, countOf) = CollapseFixture.Listen();
        using var listening = listener;

        var all = fixture.GetMany(50);
        (await fixture.Origin.NextAsync()).Answer(200, "own 1", (name, value));
        var others = new List<GatedRequest>();
        while (others.Count < 49)
        {
            others.Add(await fixture.Origin.NextAsync());
        }

        others.ForEach(o => o.Answer(200, "own n", (name, value)));
        (await CollapseFixture.BodiesOf(all)).Should().HaveCount(50);
        (await all[1]).GetCacheStatus()!.Collapsed.Should().BeFalse();
        countOf("unshared").Should().BeGreaterThanOrEqualTo(49);

        // The next ones do not queue, until some time has passed.
        var next = fixture.GetMany(2);
        fixture.Origin.Count.Should().Be(52);
        fixture.Time.Advance(TimeSpan.FromMinutes(6));
        var later = fixture.GetMany(2);
        fixture.Origin.Count.Should().Be(52 + requestsOfTwoLater);
        later.Should().HaveCount(2);
    }

    [Fact]
    [Trait("Spec", "CON-2")]
    public async Task Get_PrivateResponseInASharedCache_IsNotShared()
    {
        using var fixture = new CollapseFixture(o => o.Kind = CacheKind.Shared);

        var all = fixture.GetMany(2);
        (await fixture.Origin.NextAsync()).Answer(200, "mine", ("Cache-Control", "private, max-age=60"));
        (await fixture.Origin.NextAsync()).Answer(200, "yours", ("Cache-Control", "private, max-age=60"));

        (await CollapseFixture.BodiesOf(all)).Should().Equal("mine", "yours");
    }

    [Fact]
    [Trait("Spec", "CON-1")]
    public async Task Get_ResponseWithoutBody_IsShared()
    {
        using var fixture = new CollapseFixture();

        var all = fixture.GetMany(3);
        (await fixture.Origin.NextAsync()).Answer(204, null, CollapseFixture.Fresh);

        (await CollapseFixture.BodiesOf(all)).Should().AllBe(string.Empty);
        (await all[2]).StatusCode.Should().Be(System.Net.HttpStatusCode.NoContent);
        fixture.Origin.Count.Should().Be(1);
    }

    [Fact]
    [Trait("Spec", "CON-1")]
    public async Task Get_AfterAnInvalidation_DoesNotJoinWhatWasAskedBefore()
    {
        using var fixture = new CollapseFixture();

        var before = fixture.Get();
        var old = await fixture.Origin.NextAsync();
        var put = fixture.Client.SendAsync(CacheFixture.Request("PUT", "http://h/"));
        (await fixture.Origin.NextAsync()).Answer(204, null);
        (await put).Dispose();
        var after = fixture.Get();
        old.Answer(200, "old", CollapseFixture.Fresh);
        (await fixture.Origin.NextAsync()).Answer(200, "new", CollapseFixture.Fresh);

        (await CollapseFixture.BodiesOf([before, after])).Should().Equal("old", "new");
        (await (await fixture.Get()).Content.ReadAsStringAsync()).Should().Be("new");
    }

    [Theory]
    [InlineData("http://other/", 1)]
    [InlineData("http://h/other", 2)]
    [Trait("Spec", "CON-1")]
    public async Task Get_AfterAGroupOfItsOriginWasInvalidated_DoesNotJoinAndOtherOriginsDo(string posted, int requests)
    {
        using var fixture = new CollapseFixture();

        var before = fixture.Get();
        var old = await fixture.Origin.NextAsync();
        var post = fixture.Client.SendAsync(CacheFixture.Request("POST", posted));
        (await fixture.Origin.NextAsync()).Answer(204, null, ("Cache-Group-Invalidation", "\"g\""));
        (await post).Dispose();
        var after = fixture.Get();
        if (requests == 2)
        {
            (await fixture.Origin.NextAsync()).Answer(200, "new", CollapseFixture.Fresh);
        }

        old.Answer(200, "old", CollapseFixture.Fresh);
        (await CollapseFixture.BodiesOf([before, after])).Should().Equal("old", requests == 2 ? "new" : "old");
        fixture.Origin.Count.Should().Be(1 + requests);
    }

    [Fact]
    [Trait("Spec", "CON-1")]
    public async Task Send_FollowersThatBlock_GetTheSameResponse()
    {
        using var fixture = new CollapseFixture();

        var first = fixture.Get();
        var gate = await fixture.Origin.NextAsync();
        using var ready = new CountdownEvent(3);
        var blocked = Enumerable.Range(0, 3).Select(_ => Task.Factory.StartNew(
            () =>
            {
                ready.Signal();
                using var response = fixture.Client.Send(CacheFixture.Request("GET", "http://h/"), HttpCompletionOption.ResponseHeadersRead);
                using var reader = new StreamReader(response.Content.ReadAsStream());
                return reader.ReadToEnd();
            },
            TaskCreationOptions.LongRunning)).ToArray();
        ready.Wait();
        gate.Answer(200, "hello", CollapseFixture.Fresh);

        (await Task.WhenAll(blocked).WaitAsync(TimeSpan.FromSeconds(60))).Should().AllBe("hello");
        (await (await first).Content.ReadAsStringAsync()).Should().Be("hello");
        fixture.Origin.Count.Should().Be(1);
    }

    [Fact]
    [Trait("Spec", "CON-2")]
    public async Task Get_WhileAnErrorArrivesThatDoesNotFit_AsksForItself()
    {
        using var fixture = new CollapseFixture();
        var first = fixture.Get();
        (await fixture.Origin.NextAsync()).Answer(504, "late", ("Cache-Control", "max-age=5"));
        using var failed = await first;

        var second = fixture.Get("http://h/", CancellationToken.None, ("Cache-Control", "min-fresh=102"));
        (await fixture.Origin.NextAsync()).Answer(200, "hello", CollapseFixture.Fresh);

        (await (await second).Content.ReadAsStringAsync()).Should().Be("hello", "it has not waited for the error");
    }
}
