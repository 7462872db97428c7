using System.Net;
using HttpCaching.Tests.Collapsing;
using HttpCaching.Tests.Control;

namespace HttpCaching.Tests.Issues;

/// <summary>
/// A leader that could not be sent for its own sake failed all who waited for it; and while the body of an error was arriving every newcomer asked for itself.
/// </summary>
[Trait("Spec", "CON-11")]
public sealed class LeadersFaultsGivenToFollowers
{
    public static TheoryData<string> OwnFaults() => ["not ASCII", "coding without content", "version", "proxy credentials"];

    [Theory]
    [MemberData(nameof(OwnFaults))]
    public async Task Fault_OfTheLeadersRequest_AFollowerAsksInItsPlace(string fault)
    {
        using var fixture = new CollapseFixture();
        var leader = fixture.Get();
        var followers = fixture.GetMany(3);

        (await fixture.Origin.NextAsync()).Fail(fault switch
        {
            "not ASCII" => new HttpRequestException("Request headers must contain only ASCII characters."),
            "coding without content" => new HttpRequestException("An error occurred while sending the request.", new InvalidOperationException()),
            "version" => new HttpRequestException(HttpRequestError.VersionNegotiationError),
            _ => new HttpRequestException(HttpRequestError.UserAuthenticationError),
        });
        (await fixture.Origin.NextAsync()).Answer(200, "fine", CollapseFixture.Fresh);

        await leader.Invoking(t => t).Should().ThrowAsync<HttpRequestException>();
        (await CollapseFixture.BodiesOf(followers)).Should().AllBe("fine");
        fixture.Origin.Count.Should().Be(2);
    }

    [Fact]
    public async Task Version_AskedForByOneOnly_IsAnotherFlight()
    {
        using var fixture = new CollapseFixture();
        using var exact = CacheFixture.Request("GET", "http://h/");
        exact.Version = HttpVersion.Version20;
        exact.VersionPolicy = HttpVersionPolicy.RequestVersionExact;
        var one = fixture.Client.SendAsync(exact, HttpCompletionOption.ResponseHeadersRead);
        var other = fixture.Get();

        (await fixture.Origin.NextAsync()).Fail(new HttpRequestException(HttpRequestError.HttpProtocolError));
        (await fixture.Origin.NextAsync()).Answer(200, "fine", CollapseFixture.Fresh);

        await one.Invoking(t => t).Should().ThrowAsync<HttpRequestException>();
        (await CollapseFixture.BodiesOf([other])).Should().Equal("fine");
    }

    [Fact]
    public async Task Error_WhoseBodyIsArriving_NewcomersWaitForEachOther()
    {
        using var fixture = new CollapseFixture();
        var first = fixture.GetMany(2);
        var body = (await fixture.Origin.NextAsync()).AnswerSlowly(503, null);
        await Task.WhenAll(first);

        for (var burst = 0; burst < 5; burst++)
        {
            var newcomers = fixture.GetMany(10);
            (await fixture.Origin.NextAsync()).Answer(503, "trouble");
            (await CollapseFixture.BodiesOf(newcomers)).Should().AllBe("trouble");
        }

        body.Send("slow"u8.ToArray()).End();
        (await CollapseFixture.BodiesOf(first)).Should().AllBe("slow");
        fixture.Origin.Count.Should().Be(6);
    }

    [Fact]
    public async Task Response_ThatExpiresWhileItArrives_NewcomersWaitForEachOther()
    {
        using var fixture = new CollapseFixture();
        var first = fixture.GetMany(2);
        var body = (await fixture.Origin.NextAsync()).AnswerSlowly(null, ("Cache-Control", "max-age=3"));
        await Task.WhenAll(first);
        body.Send("a"u8.ToArray());
        fixture.Time.Advance(TimeSpan.FromSeconds(4));

        var newcomers = fixture.GetMany(10);
        (await fixture.Origin.NextAsync()).Answer(200, "new", CollapseFixture.Fresh);

        (await CollapseFixture.BodiesOf(newcomers)).Should().AllBe("new");
        body.End();
        (await CollapseFixture.BodiesOf(first)).Should().AllBe("a");
        fixture.Origin.Count.Should().Be(2);
    }

    [Fact]
    [Trait("Spec", "CON-3")]
    public async Task Response_ThatCantBeShared_IsRememberedForMinutesByAllHandlersOfTheCache()
    {
        using var fixture = new CollapseFixture();
        var first = fixture.GetMany(4);
        for (var i = 0; i < 4; i++)
        {
            (await fixture.Origin.NextAsync()).Answer(200, "mine", ("Cache-Control", "no-store"));
        }

        await CollapseFixture.BodiesOf(first);
        fixture.Time.Advance(TimeSpan.FromMinutes(4));
        using var other = new HttpClient(new CachingHandler(fixture.Cache) { InnerHandler = fixture.Origin });

        // All four are at the origin before any of them is answered.
        var second = Enumerable.Range(0, 4).Select(_ => other.GetAsync("http://h/")).ToArray();

        fixture.Origin.Count.Should().Be(8);
        for (var i = 0; i < 4; i++)
        {
            (await fixture.Origin.NextAsync()).Answer(200, "mine", ("Cache-Control", "no-store"));
        }

        await CollapseFixture.BodiesOf(second);
        new HttpCacheOptions().Collapsing.MaximumWait.Should().BeLessThanOrEqualTo(TimeSpan.FromSeconds(5));
    }
}
