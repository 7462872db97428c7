using HttpCaching.Tests.Control;

namespace HttpCaching.Tests.Issues;

/// <summary>
/// A 304 to a request of another selection added a field to Vary. What the original request had there was not known, and every value of it matched.
/// </summary>
public sealed class VaryGrownByAnotherSelection
{
    [Fact]
    public async Task Get_FieldOfUnknownOriginalValue_IsForwarded()
    {
        using var fixture = new CacheFixture();
        fixture.Origin
            .Then(200, "one", ("Cache-Control", "max-age=60"), ("Vary", "X-A"), ("ETag", "\"a\""))
            .Then(304, null, ("Vary", "X-A, X-B"), ("ETag", "\"a\""))
            .Then(200, "two");

        await fixture.GetAsync("http://h/", ("X-A", "1"));
        (await fixture.GetAsync("http://h/", ("X-A", "2"))).Body.Should().Be("one");
        var third = await fixture.GetAsync("http://h/", ("X-A", "1"), ("X-B", "1"));

        third.Body.Should().Be("two");
        fixture.Origin.Requests[2]["If-None-Match"].Should().Be("\"a\"");
    }

    [Fact]
    public async Task Get_VaryAsBefore_IsStillAnsweredFromTheStore()
    {
        using var fixture = new CacheFixture();
        fixture.Origin
            .Then(200, "one", ("Cache-Control", "max-age=60"), ("Vary", "X-A"), ("ETag", "\"a\""))
            .Then(304, null, ("Vary", "x-a"), ("ETag", "\"a\""));

        await fixture.GetAsync("http://h/", ("X-A", "1"));
        await fixture.GetAsync("http://h/", ("X-A", "2"));

        (await fixture.GetAsync("http://h/", ("X-A", "1"))).Cache.Hit.Should().BeTrue();
    }
}
