using HttpCaching.Tests.Control;

namespace HttpCaching.Tests.Issues;

/// <summary>A shared cache went on sharing what one user's request had brought after a 304 had taken the permission to share back.</summary>
public sealed class PermissionTakenBackByValidation
{
    [Theory]
    [InlineData("max-age=60")]
    [InlineData("max-age=60, private")]
    public async Task Get_SharedCacheAfterNotModifiedWithoutPublic_IsNotAnsweredWithAnothersResponse(string control)
    {
        using var fixture = new CacheFixture(o => o.Kind = CacheKind.Shared);
        fixture.Origin
            .Then(200, "of b", ("Cache-Control", "public, max-age=0"), ("ETag", "\"a\""))
            .Then(304, null, ("Cache-Control", control), ("ETag", "\"a\""))
            .Then(200, "of nobody");

        await fixture.GetAsync("http://h/", ("Authorization", "Bearer b"));
        var validated = await fixture.GetAsync("http://h/", ("Authorization", "Bearer b"));
        var other = await fixture.GetAsync();

        validated.Body.Should().Be("of b");
        other.Body.Should().Be("of nobody");
    }

    [Fact]
    public async Task Get_SharedCacheAfterNotModifiedWithCookie_DoesNotHandTheCookieOn()
    {
        using var fixture = new CacheFixture(o => o.Kind = CacheKind.Shared);
        fixture.Origin
            .Then(200, "one", ("Cache-Control", "max-age=0"), ("ETag", "\"a\""))
            .Then(304, null, ("Cache-Control", "max-age=60"), ("ETag", "\"a\""), ("Set-Cookie", "id=1"))
            .Then(200, "two");

        await fixture.GetAsync();
        var validated = await fixture.GetAsync();
        var other = await fixture.GetAsync();

        validated["Set-Cookie"].Should().Be("id=1");
        other.Body.Should().Be("two");
        other["Set-Cookie"].Should().BeNull();
    }

    [Fact]
    public async Task Get_AnonymousResponseValidatedWithCredentials_StaysAsItWas()
    {
        using var fixture = new CacheFixture(o => o.Kind = CacheKind.Shared);
        fixture.Origin
            .Then(200, "one", ("Cache-Control", "max-age=0"), ("ETag", "\"a\""))
            .Then(304, null, ("Cache-Control", "max-age=60"), ("ETag", "\"a\""))
            .Then(304, null, ("Cache-Control", "max-age=60"), ("ETag", "\"a\""));

        await fixture.GetAsync();
        (await fixture.GetAsync("http://h/", ("Authorization", "Bearer b"))).Body.Should().Be("one");
        (await fixture.GetAsync()).Cache.Reason.Should().Be(CacheReason.Validated);
        (await fixture.GetAsync()).Cache.Hit.Should().BeTrue();
    }
}
