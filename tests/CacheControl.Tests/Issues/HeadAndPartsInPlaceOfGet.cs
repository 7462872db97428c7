using HttpCaching.Tests.Control;

namespace HttpCaching.Tests.Issues;

/// <summary>Other caches have answered GET with what HEAD or a Range request had stored: an empty or cut body as if it were the whole.</summary>
public sealed class HeadAndPartsInPlaceOfGet
{
    [Fact]
    public async Task Get_AfterHead_HasItsBody()
    {
        using var fixture = new CacheFixture();
        fixture.Origin.Otherwise = r => ScriptedOrigin.Response(200, r.Method == HttpMethod.Head ? null : "body", ("Cache-Control", "max-age=60"), ("ETag", "\"a\""));
        await fixture.SendAsync(CacheFixture.Request("HEAD", "http://h/"));

        (await fixture.GetAsync()).Body.Should().Be("body");
        await fixture.SendAsync(CacheFixture.Request("HEAD", "http://h/", ("Cache-Control", "no-cache")));
        (await fixture.GetAsync()).Body.Should().Be("body");
    }

    [Theory]
    [InlineData("\"a\"")]
    [InlineData(null)]
    public async Task Get_After206_IsNotAnsweredWithThePart(string? tag)
    {
        using var fixture = new CacheFixture();
        fixture.Origin
            .Then(206, "45", [("Cache-Control", "max-age=60"), ("Content-Range", "bytes 4-5/10"), .. tag is null ? Array.Empty<(string, string)>() : [("ETag", tag)]])
            .Then(200, "0123456789", ("Cache-Control", "max-age=60"));
        (await fixture.GetAsync("http://h/", ("Range", "bytes=4-5"))).Status.Should().Be(206);

        var whole = await fixture.GetAsync();

        (whole.Status, whole.Body).Should().Be((200, "0123456789"));
    }

    [Fact]
    public async Task Get_RangeOfAnotherPart_IsNotAnsweredWithTheStoredOne()
    {
        using var fixture = new CacheFixture();
        fixture.Origin
            .Then(206, "45", ("Cache-Control", "max-age=60"), ("Content-Range", "bytes 4-5/10"), ("ETag", "\"a\""))
            .Then(206, "89", ("Cache-Control", "max-age=60"), ("Content-Range", "bytes 8-9/10"), ("ETag", "\"a\""));
        await fixture.GetAsync("http://h/", ("Range", "bytes=4-5"));

        (await fixture.GetAsync("http://h/", ("Range", "bytes=8-9"))).Body.Should().Be("89");
    }

    [Fact]
    public async Task Get_RangeOverAStoredWhole_IsNotAnsweredWithAllOfIt()
    {
        using var fixture = new CacheFixture();
        fixture.Origin.Then(200, "0123456789", ("Cache-Control", "max-age=60"));
        await fixture.GetAsync();

        var part = await fixture.GetAsync("http://h/", ("Range", "bytes=4-5"));

        (part.Status, part.Body).Should().Be((206, "45"));
    }
}
