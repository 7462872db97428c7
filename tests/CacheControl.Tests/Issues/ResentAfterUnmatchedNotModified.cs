using HttpCaching.Tests.Control;

namespace HttpCaching.Tests.Issues;

/// <summary>
/// After a 304 that fits nothing stored the request is sent again. Where the whole response that came then varied on other fields than the stored one, both stayed, and
/// the old one went on to be asked about: two requests for each validation, for ever.
/// </summary>
public sealed class ResentAfterUnmatchedNotModified
{
    private static readonly (string, string)[] Asks = [("Accept-Language", "de")];

    [Theory]
    [InlineData("GET", "ETag: \"a\"", "ETag: \"other\"")]
    [InlineData("GET", "ETag: W/\"a\"", "ETag: \"other\"")]
    [InlineData("GET", "ETag: \"a\"", "ETag: W/\"other\"")]
    [InlineData("GET", "Last-Modified: Thu, 01 Jan 2026 10:00:00 GMT", "Last-Modified: Thu, 01 Jan 2026 11:00:00 GMT")]
    [InlineData("HEAD", "ETag: \"a\"", "ETag: \"other\"")]
    [InlineData("QUERY", "ETag: \"a\"", "ETag: \"other\"")]
    [Trait("Spec", "VLD-2")]
    public async Task Send_ResentResponseHasNoVary_TakesThePlaceOfTheSelectedOne(string method, string stored, string answered)
    {
        using var fixture = new CacheFixture(o => o.Extensions.CacheQuery = true);
        fixture.Origin
            .Then(200, "one", ("Cache-Control", "max-age=10"), ("Vary", "Accept-Language"), Field(stored))
            .Then(304, null, Field(answered))
            .Then(200, "two", ("Cache-Control", "max-age=10"), ("ETag", "\"two\""))
            .Then(200, "three", ("Cache-Control", "max-age=10"), ("ETag", "\"three\""));

        foreach (var seconds in new[] { 0, 11, 11 })
        {
            fixture.Time.Advance(TimeSpan.FromSeconds(seconds));
            await fixture.SendAsync(Request(method));
        }

        fixture.Origin.Requests.Should().HaveCount(4);
        string?[] asked = [fixture.Origin.Requests[3]["If-None-Match"], fixture.Origin.Requests[3]["If-Modified-Since"]];
        asked.Should().NotContain(Field(stored).Item2, "the old one is not asked about any more");
        var last = await fixture.SendAsync(Request(method));
        (last["ETag"], last.Cache.Hit).Should().Be(("\"three\"", true));
    }

    [Theory]
    [InlineData(200, false)]
    [InlineData(404, false)]
    [InlineData(500, true)]
    [Trait("Spec", "VLD-2")]
    public async Task Get_ResentResponseIsNotStored_TheSelectedOneStaysOnlyAfterAnError(int status, bool stays)
    {
        using var fixture = new CacheFixture();
        fixture.Origin
            .Then(200, "one", ("Cache-Control", "max-age=60"), ("ETag", "\"a\""))
            .Then(304, null, ("ETag", "\"other\""))
            .Then(status, "two", ("Cache-Control", "no-store"))
            .Then(200, "three");
        await fixture.GetAsync();

        (await fixture.GetAsync("http://h/", ("Cache-Control", "max-age=0"))).Status.Should().Be(status);

        (await fixture.GetAsync()).Body.Should().Be(stays ? "one" : "three");
    }

    [Fact]
    [Trait("Spec", "VLD-2")]
    public async Task Background_ResentResponseHasNoVary_TakesThePlaceOfTheSelectedOne()
    {
        using var fixture = new CacheFixture();
        fixture.Origin
            .Then(200, "one", ("Cache-Control", "max-age=10, stale-while-revalidate=60"), ("Vary", "Accept-Language"), ("ETag", "\"a\""))
            .Then(304, null, ("ETag", "\"other\""))
            .Then(200, "two", ("Cache-Control", "max-age=10"), ("ETag", "\"two\""));
        await fixture.SendAsync(Request("GET"));
        fixture.Time.Advance(TimeSpan.FromSeconds(11));
        await fixture.SendAsync(Request("GET"));
        await fixture.Cache.Controller.Background.WhenIdleAsync();

        var seen = await fixture.SendAsync(Request("GET"));

        (seen.Body, seen.Cache.Hit).Should().Be(("two", true));
    }

    [Fact]
    [Trait("Spec", "VLD-2")]
    public async Task Get_VariantsOfOthersWereAskedAbout_TheyStay()
    {
        using var fixture = new CacheFixture();
        fixture.Origin
            .Then(200, "german", ("Cache-Control", "max-age=60"), ("Vary", "Accept-Language"), ("ETag", "\"de\""))
            .Then(304, null, ("ETag", "\"other\""))
            .Then(200, "french", ("Cache-Control", "max-age=60"), ("Vary", "Accept-Language"), ("ETag", "\"fr\""));
        await fixture.SendAsync(Request("GET"));
        await fixture.GetAsync("http://h/", ("Accept-Language", "fr"));

        var seen = await fixture.SendAsync(Request("GET"));

        (seen.Body, seen.Cache.Hit).Should().Be(("german", true));
    }

    private static HttpRequestMessage Request(string method)
    {
        var request = CacheFixture.Request(method, "http://h/", Asks);
        request.Content = method == "QUERY" ? new StringContent("q") : null;
        return request;
    }

    private static (string, string) Field(string line) => (line.Split(": ")[0], line.Split(": ")[1]);
}
