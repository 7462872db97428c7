namespace HttpCaching.Tests.Control;

public sealed class WalkTests
{
    [Fact]
    public async Task Get_FreshResponse_IsServedFromTheStoreWithItsAge()
    {
        using var fixture = new CacheFixture();
        fixture.Origin.Then(200, "hello", ("Cache-Control", "max-age=60"), ("Date", CacheFixture.Date()));

        (await fixture.GetAsync()).Cache.Forward.Should().Be(ForwardReason.UriMiss);
        fixture.Time.Advance(TimeSpan.FromSeconds(10));
        var hit = await fixture.GetAsync();

        hit.Body.Should().Be("hello");
        hit.Cache.Hit.Should().BeTrue();
        hit["Age"].Should().Be("10");
        fixture.Origin.Requests.Should().HaveCount(1);
    }

    [Fact]
    public async Task Get_StaleResponseWithTag_IsValidatedAndAnsweredFromTheStore()
    {
        using var fixture = new CacheFixture();
        fixture.Origin
            .Then(200, "hello", ("Cache-Control", "max-age=60"), ("ETag", "\"a\""), ("X-Old", "1"))
            .Then(304, null, ("Cache-Control", "max-age=60"), ("ETag", "\"a\""), ("X-New", "2"));

        await fixture.GetAsync();
        fixture.Time.Advance(TimeSpan.FromSeconds(60));
        var validated = await fixture.GetAsync();
        fixture.Time.Advance(TimeSpan.FromSeconds(59));
        var hit = await fixture.GetAsync();

        validated.Status.Should().Be(200);
        validated.Body.Should().Be("hello");
        validated["X-Old"].Should().Be("1");
        validated["X-New"].Should().Be("2");
        validated.Cache.Should().BeEquivalentTo(new { Hit = false, Forward = ForwardReason.Stale, ForwardStatus = 304, Reason = CacheReason.Validated });
        hit.Cache.Hit.Should().BeTrue();
        fixture.Origin.Requests[1]["If-None-Match"].Should().Be("\"a\"");
    }
}
