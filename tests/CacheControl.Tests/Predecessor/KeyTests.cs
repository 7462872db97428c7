using HttpCaching.Tests.Control;

namespace HttpCaching.Tests.Predecessor;

/// <summary>What counts as the same request.</summary>
public sealed class KeyTests
{
    private static readonly (string, string) Fresh = ("Cache-Control", "max-age=60");

    [Theory]
    [InlineData("http://h", "HTTP://H/", true)]
    [InlineData("http://h/", "http://h:80/", true)]
    [InlineData("http://h/?a=1&b=2", "http://h/?a=1&b=2", true)]
    [InlineData("http://h/?a=1&b=2", "http://h/?b=2&a=1", false)]
    [InlineData("http://h/a", "http://h/A", false)]
    [InlineData("http://h/", "https://h/", false)]
    [Trait("Predecessor", "K9")]
    public async Task Key_OfTheUri_IsNormalisedButKeepsPathAndQuery(string first, string second, bool isSame)
    {
        using var fixture = new CacheFixture();
        fixture.Origin.Otherwise = _ => ScriptedOrigin.Response(200, "x", Fresh);

        await fixture.GetAsync(first);

        (await fixture.GetAsync(second)).Cache.Hit.Should().Be(isSame);
    }

    [Fact]
    [Trait("Predecessor", "K10")]
    public async Task Get_OfARelativeUri_FailsAsWithoutTheCache()
    {
        using var fixture = new CacheFixture();

        var asking = () => fixture.Client.GetAsync(new Uri("/relative", UriKind.Relative));

        await asking.Should().ThrowAsync<InvalidOperationException>();
    }

    [Fact]
    [Trait("Predecessor", "B11")]
    public async Task Key_OfAUriWithAFragment_IsThatWithout()
    {
        using var fixture = new CacheFixture();
        fixture.Origin.Then(200, "x", Fresh);

        await fixture.GetAsync("http://h/#one");

        (await fixture.GetAsync("http://h/#two")).Cache.Hit.Should().BeTrue();
        (await fixture.GetAsync("http://h/")).Cache.Hit.Should().BeTrue();
    }

    [Fact]
    [Trait("Predecessor", "B12")]
    public async Task Variants_OfOneUri_AreKeptSideBySide()
    {
        using var fixture = new CacheFixture();
        fixture.Origin.Otherwise = request => ScriptedOrigin.Response(200, request.Headers.GetValues("X-Variant").Single(), Fresh, ("Vary", "X-Variant"));

        var bodies = new List<string>();
        foreach (var variant in new[] { "a", "b", "a", "b" })
        {
            bodies.Add((await fixture.GetAsync("http://h/", ("X-Variant", variant))).Body);
        }

        bodies.Should().Equal("a", "b", "a", "b");
        fixture.Origin.Requests.Should().HaveCount(2);
    }

    [Fact]
    [Trait("Predecessor", "K13")]
    public async Task Post_IsNeitherLookedUpNorStored()
    {
        using var fixture = new CacheFixture();
        fixture.Origin.Otherwise = _ => ScriptedOrigin.Response(200, "x", Fresh);

        await fixture.SendAsync(CacheFixture.Request("POST", "http://h/"));
        var second = await fixture.SendAsync(CacheFixture.Request("POST", "http://h/"));

        second.Cache.Forward.Should().Be(ForwardReason.Method);
        fixture.Origin.Requests.Should().HaveCount(2);
    }
}
