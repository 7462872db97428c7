using HttpCaching.Tests.Collapsing;
using HttpCaching.Tests.Control;

namespace HttpCaching.Tests.Issues;

/// <summary>
/// An error that can't be stored was not shared: all who waited asked again at once, and for half a minute nobody waited for anybody. With a soft timeout a slow
/// origin was asked once more each time that patience ended.
/// </summary>
public sealed class OriginInTroubleAskedByEverybody
{
    [Theory]
    [InlineData(500)]
    [InlineData(502)]
    [InlineData(503)]
    [InlineData(504)]
    public async Task Error_ManyWait_OneRequestAndAllSeeIt(int status)
    {
        using var fixture = new CollapseFixture();
        var waiting = fixture.GetMany(20);
        (await fixture.Origin.NextAsync()).Answer(status, "trouble", ("Retry-After", "5"));

        (await CollapseFixture.BodiesOf(waiting)).Should().AllBe("trouble");

        foreach (var one in waiting)
        {
            var response = await one;
            ((int)response.StatusCode).Should().Be(status);
            response.Headers.NonValidated["Retry-After"].ToString().Should().Be("5");
        }

        fixture.Origin.Count.Should().Be(1);
        fixture.Cache.Controller.Flights.Count.Should().Be(0);
        fixture.Cache.Controller.Flights.Spools.Budget.Used.Should().Be(0);
    }

    [Fact]
    public async Task Error_AfterIt_RequestsWaitForEachOtherAgain()
    {
        using var fixture = new CollapseFixture();
        var first = fixture.Get();
        (await fixture.Origin.NextAsync()).Answer(503, "trouble");
        await CollapseFixture.BodiesOf([first]);

        var next = fixture.GetMany(10);
        (await fixture.Origin.NextAsync()).Answer(200, "fine", CollapseFixture.Fresh);

        (await CollapseFixture.BodiesOf(next)).Should().AllBe("fine");
        fixture.Origin.Count.Should().Be(2);
    }

    [Fact]
    public async Task Error_ForItsCallerOnly_IsNotShared()
    {
        using var fixture = new CollapseFixture();
        var waiting = fixture.GetMany(3);
        (await fixture.Origin.NextAsync()).Answer(503, "yours", ("Cache-Control", "no-store"));
        for (var i = 0; i < 2; i++)
        {
            (await fixture.Origin.NextAsync()).Answer(200, "mine", CollapseFixture.Fresh);
        }

        (await CollapseFixture.BodiesOf(waiting)).Should().BeEquivalentTo("yours", "mine", "mine");
    }

    [Fact]
    public async Task Error_OfAnotherVariant_IsNotShared()
    {
        using var fixture = new CollapseFixture();
        var german = fixture.Get(fields: ("Accept-Language", "de"));
        var english = fixture.Get(fields: ("Accept-Language", "en"));
        (await fixture.Origin.NextAsync()).Answer(503, "Störung", ("Vary", "Accept-Language"));
        (await fixture.Origin.NextAsync()).Answer(200, "fine", ("Vary", "Accept-Language"), CollapseFixture.Fresh);

        (await CollapseFixture.BodiesOf([german, english])).Should().Equal("Störung", "fine");
    }

    [Fact]
    public async Task Error_WaiterMayHaveStale_GetsTheStaleOne()
    {
        using var fixture = new CollapseFixture();
        await fixture.StoreAsync("old", CollapseFixture.Fresh, CollapseFixture.Tag);
        fixture.Time.Advance(TimeSpan.FromMinutes(2));
        var strict = fixture.Get();
        using var request = CacheFixture.Request("GET", Walks.Uri).WithStaleIfError(TimeSpan.FromHours(1));
        var lenient = fixture.Client.SendAsync(request);
        (await fixture.Origin.NextAsync()).Answer(503, "trouble");

        (await CollapseFixture.BodiesOf([strict, lenient])).Should().Equal("trouble", "old");
        fixture.Origin.Count.Should().Be(2, "one stored it, one has failed");
        (await lenient).GetCacheStatus()!.Reason.Should().Be(CacheReason.StaleIfError);
    }

    [Fact]
    public async Task SoftTimeout_OriginStillSilent_IsNotAskedAgain()
    {
        using var fixture = new CollapseFixture(o => o.SoftTimeout = TimeSpan.FromSeconds(1));
        await fixture.StoreAsync("old", CollapseFixture.Fresh, CollapseFixture.Tag);
        fixture.Time.Advance(TimeSpan.FromMinutes(2));
        var first = fixture.Get();
        var asked = await fixture.Origin.NextAsync();
        fixture.Time.Advance(TimeSpan.FromSeconds(1));
        (await CollapseFixture.BodiesOf([first])).Should().Equal("old");

        for (var i = 0; i < 5; i++)
        {
            var next = await fixture.Get();
            (await next.Content.ReadAsStringAsync()).Should().Be("old");
            next.GetCacheStatus()!.Reason.Should().Be(CacheReason.SoftTimeout);
        }

        fixture.Origin.Count.Should().Be(2, "one stored it, one validates it");
        asked.Answer(200, "new", CollapseFixture.Fresh);
        await fixture.Cache.Controller.Background.WhenIdleAsync();
        (await CollapseFixture.BodiesOf([fixture.Get()])).Should().Equal("new");
    }
}
