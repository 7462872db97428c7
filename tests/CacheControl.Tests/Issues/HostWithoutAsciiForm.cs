using HttpCaching.Tests.Control;

namespace HttpCaching.Tests.Issues;

/// <summary>A host that the platform parses but can't put in ASCII made the cache throw where the request would have gone out.</summary>
public sealed class HostWithoutAsciiForm
{
    [Fact]
    public async Task Get_HostFieldThatIdnRefuses_GoesToTheOrigin()
    {
        using var fixture = new CacheFixture();
        fixture.Origin.Then(200, "one", ("Cache-Control", "max-age=60")).Then(200, "two");

        using var first = await fixture.Client.SendAsync(CacheFixture.Request("GET", "http://h/", ("Host", "ÿ0a-")));
        using var second = await fixture.Client.SendAsync(CacheFixture.Request("GET", "http://h/", ("Host", "ÿ0a-")));

        (await second.Content.ReadAsStringAsync()).Should().Be("two");
        fixture.Origin.Requests.Should().HaveCount(2);
    }
}
