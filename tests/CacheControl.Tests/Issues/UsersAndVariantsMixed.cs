using HttpCaching.Tests.Control;

namespace HttpCaching.Tests.Issues;

/// <summary>Others give Bob what Alice was sent, keep one variant per URI, or take a variant without the named field for everybody's.</summary>
public sealed class UsersAndVariantsMixed
{
    [Theory]
    [InlineData("max-age=60")]
    [InlineData("private, max-age=60")]
    [InlineData("public, max-age=60")]
    public async Task Get_OtherCredentials_NeverMeet(string cacheControl)
    {
        using var fixture = new CacheFixture();
        fixture.Origin.Otherwise = r => ScriptedOrigin.Response(200, r.Headers.Authorization?.Parameter ?? "nobody", ("Cache-Control", cacheControl));

        foreach (var user in new[] { "alice", "bob", "alice", "bob" })
        {
            (await fixture.GetAsync("http://h/", ("Authorization", "Bearer " + user))).Body.Should().Be(user);
        }

        (await fixture.GetAsync()).Body.Should().Be("nobody");
        fixture.Origin.Requests.Should().HaveCount(3);
    }

    [Fact]
    public async Task Get_FirstWithoutTheNamedField_IsNotEverybodysVariant()
    {
        using var fixture = new CacheFixture();
        fixture.Origin.Otherwise = r => ScriptedOrigin.Response(
            200, r.Headers.AcceptLanguage.ToString(), ("Cache-Control", "max-age=60"), ("Vary", "Accept-Language"));

        (await fixture.GetAsync()).Body.Should().Be("");
        (await fixture.GetAsync("http://h/", ("Accept-Language", "de"))).Body.Should().Be("de");
        (await fixture.GetAsync("http://h/", ("Accept-Language", "en"))).Body.Should().Be("en");
        (await fixture.GetAsync()).Body.Should().Be("");
        (await fixture.GetAsync("http://h/", ("Accept-Language", "de"))).Cache.Hit.Should().BeTrue();
        fixture.Origin.Requests.Should().HaveCount(3);
    }

    [Fact]
    public async Task Get_VaryThatChanges_IsReadAnewForEachResponse()
    {
        using var fixture = new CacheFixture();
        fixture.Origin
            .Then(200, "plain", ("Cache-Control", "max-age=1"))
            .Then(200, "varied", ("Cache-Control", "max-age=60"), ("Vary", "X-V"))
            .Then(200, "other", ("Cache-Control", "max-age=60"), ("Vary", "X-V"));
        await fixture.GetAsync("http://h/", ("X-V", "1"));
        fixture.Time.Advance(TimeSpan.FromSeconds(2));
        await fixture.GetAsync("http://h/", ("X-V", "1"));

        (await fixture.GetAsync("http://h/", ("X-V", "2"))).Body.Should().Be("other");
        (await fixture.GetAsync("http://h/", ("X-V", "1"))).Body.Should().Be("varied");
    }
}
