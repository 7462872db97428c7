namespace HttpCaching.Tests.Control;

/// <summary>Requests that are answered with the response stored for another query (No-Vary-Search).</summary>
public sealed class NoVarySearchTests
{
    [Theory]
    [InlineData("NVS-1", false, "params=(\"utm\")", "?a=1&utm=x", "?a=1", false)]
    [InlineData("NVS-4", true, "params=(\"utm\")", "?a=1&utm=x", "?a=1", true)]
    [InlineData("NVS-4", true, "params=(\"utm\")", "?a=1", "?a=1&utm=x", true)]
    [InlineData("NVS-4", true, "params=(\"utm\")", "?a=1", "?a=2&utm=x", false)]
    [InlineData("NVS-4", true, "except=(\"a\")", "?a=1&b=2", "?c=3&a=1", true)]
    [InlineData("NVS-1", true, "params=(tok)", "?a=1&tok=x", "?a=1", false)]
    public async Task Get_EquivalentUri_IsAnsweredFromTheStore(string id, bool enabled, string field, string stored, string asked, bool isHit)
    {
        using var fixture = new CacheFixture(o => o.Extensions.NoVarySearch = enabled);
        fixture.Origin.Otherwise = _ => ScriptedOrigin.Response(200, "x", ("Cache-Control", "max-age=60"), ("No-Vary-Search", field));
        await fixture.GetAsync("http://h/p" + stored);

        (await fixture.GetAsync("http://h/p" + asked)).Cache.Hit.Should().Be(isHit, id);
    }

    [Theory]
    [InlineData("NVS-3", "http://h/q?a=1")]
    [InlineData("NVS-3", "https://h/p?a=1")]
    [InlineData("NVS-3", "http://h:8080/p?a=1")]
    [InlineData("NVS-3", "http://h/P?a=1")]
    public async Task Get_OtherPathOrOrigin_IsNoEquivalent(string id, string uri)
    {
        using var fixture = new CacheFixture(o => o.Extensions.NoVarySearch = true);
        fixture.Origin.Otherwise = _ => ScriptedOrigin.Response(200, "x", ("Cache-Control", "max-age=60"), ("No-Vary-Search", "params=(\"utm\")"));
        await fixture.GetAsync("http://h/p?a=1&utm=1");

        (await fixture.GetAsync(uri)).Cache.Hit.Should().BeFalse(id);
    }

    [Fact]
    [Trait("Spec", "NVS-4")]
    public async Task Get_ExactUriStored_IsPreferredToAnEquivalent()
    {
        using var fixture = new CacheFixture(o => o.Extensions.NoVarySearch = true);
        var plain = true;
        fixture.Origin.Otherwise = r => ScriptedOrigin.Response(
            200, r.RequestUri!.Query, plain ? [("Cache-Control", "max-age=60")] : [("Cache-Control", "max-age=60"), ("No-Vary-Search", "params=(\"utm\")")]);
        await fixture.GetAsync("http://h/p?a=1");
        plain = false;
        await fixture.GetAsync("http://h/p?a=1&utm=x");

        (await fixture.GetAsync("http://h/p?a=1")).Body.Should().Be("?a=1");
        (await fixture.GetAsync("http://h/p?a=1&utm=y")).Body.Should().Be("?a=1&utm=x");
        fixture.Origin.Requests.Should().HaveCount(2);
    }

    [Fact]
    [Trait("Spec", "NVS-4")]
    public async Task Get_StoredResponseNoLongerSaysSo_IsNotUsed()
    {
        using var fixture = new CacheFixture(o => o.Extensions.NoVarySearch = true);
        fixture.Origin
            .Then(200, "1", ("Cache-Control", "max-age=10"), ("ETag", "\"a\""), ("No-Vary-Search", "params=(\"utm\")"))
            .Then(304, null, ("No-Vary-Search", "params=(\"other\")"))
            .Then(200, "2");
        await fixture.GetAsync("http://h/p?a=1");
        fixture.Time.Advance(TimeSpan.FromSeconds(11));
        await fixture.GetAsync("http://h/p?a=1");

        (await fixture.GetAsync("http://h/p?a=1&utm=x")).Body.Should().Be("2");
    }

    [Fact]
    [Trait("Spec", "NVS-4")]
    public async Task Get_StaleEquivalent_IsFetchedUnderItsOwnUri()
    {
        using var fixture = new CacheFixture(o => o.Extensions.NoVarySearch = true);
        fixture.Origin
            .Then(200, "1", ("Cache-Control", "max-age=10"), ("ETag", "\"a\""), ("No-Vary-Search", "params=(\"utm\")"))
            .Then(200, "2", ("Cache-Control", "max-age=10"));
        await fixture.GetAsync("http://h/p?a=1");
        fixture.Time.Advance(TimeSpan.FromSeconds(11));

        (await fixture.GetAsync("http://h/p?a=1&utm=x")).Body.Should().Be("2");
        (await fixture.GetAsync("http://h/p?a=1&utm=x")).Cache.Hit.Should().BeTrue();
        fixture.Origin.Requests[1]["If-None-Match"].Should().BeNull();
    }

    [Fact]
    [Trait("Spec", "NVS-4")]
    [Trait("Spec", "SEC-3")]
    public async Task Get_EquivalentOfAnotherUser_IsNotUsed()
    {
        using var fixture = new CacheFixture(o => o.Extensions.NoVarySearch = true);
        fixture.Origin.Otherwise = _ => ScriptedOrigin.Response(200, "x", ("Cache-Control", "max-age=60"), ("No-Vary-Search", "params=(\"utm\")"));
        await fixture.GetAsync("http://h/p?a=1", ("Authorization", "Bearer a"));

        (await fixture.GetAsync("http://h/p?a=1&utm=x", ("Authorization", "Bearer b"))).Cache.Hit.Should().BeFalse();
        (await fixture.GetAsync("http://h/p?a=1&utm=y", ("Authorization", "Bearer a"))).Cache.Hit.Should().BeTrue();
    }

    [Theory]
    [InlineData("INV-7", true)]
    [InlineData("INV-7", false)]
    public async Task Put_OneUri_ReachesItsEquivalents(string id, bool byRequest)
    {
        using var fixture = new CacheFixture(o => o.Extensions.NoVarySearch = true);
        fixture.Origin.Otherwise = r => ScriptedOrigin.Response(200, "x", ("Cache-Control", "max-age=60"), ("No-Vary-Search", "params=(\"utm\")"));
        await fixture.GetAsync("http://h/p?a=1&utm=x");
        if (byRequest)
        {
            await fixture.SendAsync(CacheFixture.Request("PUT", "http://h/p?a=1"));
        }
        else
        {
            await fixture.Cache.InvalidateAsync(new Uri("http://h/p?a=1"));
        }

        (await fixture.GetAsync("http://h/p?a=1&utm=x")).Cache.Hit.Should().BeFalse(id);
    }

    [Fact]
    [Trait("Spec", "NVS-4")]
    public async Task Get_ManyUrisOfOnePath_LooksAtABoundedNumber()
    {
        using var fixture = new CacheFixture(o => o.Extensions.NoVarySearch = true);
        fixture.Origin.Otherwise = _ => ScriptedOrigin.Response(200, "x", ("Cache-Control", "max-age=60"), ("No-Vary-Search", "params=(\"utm\")"));
        for (var i = 0; i < 100; i++)
        {
            await fixture.GetAsync($"http://h/p?a={i}");
        }

        (await fixture.GetAsync("http://h/p?a=99&utm=x")).Cache.Hit.Should().BeTrue();
        (await fixture.GetAsync("http://h/p?a=0&utm=x")).Cache.Hit.Should().BeFalse("it is one too many to be remembered");
        (await fixture.GetAsync("http://h/p?a=1")).Cache.Hit.Should().BeTrue("its exact URI finds it");
    }
}
