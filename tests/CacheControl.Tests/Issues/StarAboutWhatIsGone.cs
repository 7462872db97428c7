using HttpCaching.Tests.Control;

namespace HttpCaching.Tests.Issues;

/// <summary>A caller asked whether there is anything (<c>If-None-Match: *</c>), got 304 from the origin, and was handed a stored 410 or 302.</summary>
public sealed class StarAboutWhatIsGone
{
    [Theory]
    [InlineData(410, false)]
    [InlineData(302, false)]
    [InlineData(404, true)]
    [Trait("Spec", "VLD-3")]
    public async Task Get_Star304BesideAStoredResponseThatIsNone_IsPassedOn(int status, bool hasTag)
    {
        using var fixture = new CacheFixture();
        (string, string) date = ("Last-Modified", CacheFixture.Date(-100));
        fixture.Origin
            .Then(status, "gone", ("Cache-Control", "max-age=5"), ("ETag", "\"a\""), date, ("Location", "http://h/other"))
            .Then(304, null, hasTag ? [date, ("ETag", "\"a\"")] : [date]);
        await fixture.GetAsync();
        fixture.Time.Advance(TimeSpan.FromSeconds(6));

        (await fixture.GetAsync("http://h/", ("If-None-Match", "*"))).Status.Should().Be(304);
    }
}
