using HttpCaching.Tests.Control;

namespace HttpCaching.Tests.Conformance;

/// <summary>Tests of the public suite as they would be if they asked for what the RFCs say.</summary>
public sealed class CorrectedTwinTests
{
    /// <summary>The part has as many bytes as its Content-Range says, and a strong validator, without which no part is kept.</summary>
    [Theory]
    [InlineData("bytes=-5", "01234")]
    [InlineData("bytes=6-8", "123")]
    [InlineData("bytes=6-", "1234")]
    [InlineData("bytes=-1", "4")]
    [TwinOf(
        "partial-store-partial-reuse-partial", "partial-store-partial-reuse-partial-byterange", "partial-store-partial-reuse-partial-absent",
        "partial-store-partial-reuse-partial-suffix")]
    public async Task Range_OfAStoredPart_IsServedFromIt(string range, string expected)
    {
        using var fixture = new CacheFixture(o => o.Kind = CacheKind.Shared);
        fixture.Origin.Then(206, "01234", ("Cache-Control", "max-age=3600"), ("Content-Range", "bytes 5-9/10"), ("ETag", "\"a\""));
        await fixture.GetAsync(fields: ("Range", "bytes=-5"));

        var part = await fixture.GetAsync(fields: ("Range", range));

        (part.Status, part.Body, part.Cache.Hit).Should().Be((206, expected, true));
    }

    /// <summary>The part has a strong validator, which ties the rest to it.</summary>
    [Fact]
    [TwinOf("partial-store-partial-complete")]
    public async Task Get_PartStored_AsksForTheRest()
    {
        using var fixture = new CacheFixture(o => o.Kind = CacheKind.Shared);
        fixture.Origin
            .Then(206, "01234", ("Cache-Control", "max-age=3600"), ("Content-Range", "bytes 0-4/10"), ("ETag", "\"a\""))
            .Then(206, "56789", ("Cache-Control", "max-age=3600"), ("Content-Range", "bytes 5-9/10"), ("ETag", "\"a\""));
        await fixture.GetAsync(fields: ("Range", "bytes=-5"));

        var whole = await fixture.GetAsync();

        (whole.Status, whole.Body).Should().Be((200, "0123456789"));
        fixture.Origin.Requests[1]["Range"].Should().Be("bytes=5-");
        fixture.Origin.Requests[1]["If-Range"].Should().Be("\"a\"");
    }

    /// <summary>An Age that is no number is ignored; of several, the first one counts.</summary>
    [Theory]
    [InlineData(3600, 0, "abc")]
    [InlineData(3600, 0, "-7200")]
    [InlineData(3600, 0, "7200.0")]
    [InlineData(3600, 0, "7200;foo=bar")]
    [InlineData(3600, 0, "7200;foo=111")]
    [InlineData(3600, 0, "0", "7200")]
    [InlineData(3600, 0, "0, 0")]
    [InlineData(3600, 0, "0", "0")]
    [InlineData(10000, 3600, "3600, 3600")]
    [TwinOf(
        "age-parse-nonnumeric", "age-parse-negative", "age-parse-float", "age-parse-parameter", "age-parse-numeric-parameter", "age-parse-prefix-twoline",
        "age-parse-dup-0", "age-parse-dup-0-twoline", "age-parse-dup-old")]
    public async Task Age_InvalidOrRepeated_LeavesWhatIsLeftOfTheLifetime(int lifetime, int age, params string[] lines)
    {
        using var fixture = new CacheFixture();
        fixture.Origin.Then(200, "a", [("Cache-Control", $"max-age={lifetime}"), ("Date", CacheFixture.Date()), .. lines.Select(line => ("Age", line))]);
        fixture.Origin.Otherwise = _ => ScriptedOrigin.Response(200, "b");
        await fixture.GetAsync();

        fixture.Time.Advance(TimeSpan.FromSeconds(lifetime - age - 1));
        var last = await fixture.GetAsync();
        fixture.Time.Advance(TimeSpan.FromSeconds(1));
        var stale = await fixture.GetAsync();

        (last.Cache.Hit, last["Age"]).Should().Be((true, $"{lifetime - 1}"));
        stale.Body.Should().Be("b");
    }

    /// <summary>A request that the origin gives no response to: the caller gets the failure, and not what is stored.</summary>
    [Theory]
    [InlineData("must-revalidate", false)]
    [InlineData("proxy-revalidate", false)]
    [InlineData("no-cache", false)]
    [InlineData("s-maxage=2", false)]
    [InlineData("nothing-to-see-here", true)]
    [TwinOf("stale-close-must-revalidate", "stale-close-proxy-revalidate", "stale-close-no-cache", "stale-close-s-maxage=2")]
    public async Task Get_StaleAndTheOriginCloses_IsServedOnlyIfNothingForbidsIt(string directive, bool isServed)
    {
        using var fixture = new CacheFixture(o => (o.Kind, o.Stale.WhenDisconnected) = (CacheKind.Shared, true));
        fixture.Origin.Then(200, "a", ("Cache-Control", $"max-age=2, {directive}")).ThenFails();
        await fixture.GetAsync();
        fixture.Time.Advance(TimeSpan.FromSeconds(3));

        var ask = () => fixture.GetAsync();

        if (isServed)
        {
            (await ask()).Body.Should().Be("a");
        }
        else
        {
            await ask.Should().ThrowAsync<HttpRequestException>();
        }
    }

    /// <summary>The field is the standards' own, and its value is a structured field.</summary>
    [Theory]
    [InlineData("max-age=3600", "no-store", true)]
    [InlineData("max-age=3600;capability", null, true)]
    [InlineData("max-age=3600, MaX-aGe=1", "max-age=60", true)]
    [InlineData("MaX-aGe=3600", "no-store", false)]
    [InlineData("max-age=3600;CAPABILITY_TARGET", "no-store", false)]
    [TwinOf("surrogate-fresh-cc-nostore", "surrogate-max-age-me-target", "surrogate-max-age-case-insensitive")]
    public async Task TargetedField_WithCacheControl_CountsIfItIsOne(string targeted, string? control, bool isStored)
    {
        using var fixture = new CacheFixture(o =>
        {
            o.Kind = CacheKind.Shared;
            o.Extensions.TargetedFields.Add("CDN-Cache-Control");
        });
        fixture.Origin.Then(200, "a", [("CDN-Cache-Control", targeted), .. control is null ? Array.Empty<(string, string)>() : [("Cache-Control", control)]]).Then(200, "b");
        await fixture.GetAsync();

        (await fixture.GetAsync()).Cache.Hit.Should().Be(isStored);
    }

    /// <summary>Other words for the same preferences select the same response; other preferences don't, whatever response they would lead to.</summary>
    [Theory]
    [InlineData("fr;q=0.5, de;q=1.0", "fr;q=0.50,DE", true)]
    [InlineData("fr;q=0.5, de;q=1.0", "en, de", false)]
    [TwinOf("vary-normalise-lang-select")]
    public async Task AcceptLanguage_InOtherWords_SelectsIfItMeansTheSame(string stored, string presented, bool isSelected)
    {
        using var fixture = new CacheFixture();
        fixture.Origin.Then(200, "a", ("Cache-Control", "max-age=60"), ("Vary", "Accept-Language"), ("Content-Language", "de")).Then(200, "b");
        await fixture.GetAsync(fields: ("Accept-Language", stored));

        (await fixture.GetAsync(fields: ("Accept-Language", presented))).Cache.Hit.Should().Be(isSelected);
    }

    /// <summary>Without Last-Modified the condition is compared with Date.</summary>
    [Theory]
    [InlineData(0, null, 304)]
    [InlineData(-3000, null, 200)]
    [InlineData(-3000, -3000, 304)]
    [TwinOf("conditional-lm-fresh-no-lm")]
    public async Task IfModifiedSince_FreshResponse_IsComparedWithLastModifiedOrElseDate(int since, int? modified, int status)
    {
        using var fixture = new CacheFixture();
        (string, string)[] lastModified = modified is { } at ? [("Last-Modified", CacheFixture.Date(at))] : [];
        fixture.Origin.Then(200, "a", [("Cache-Control", "max-age=60"), ("Date", CacheFixture.Date()), .. lastModified]);
        await fixture.GetAsync();

        var answer = await fixture.GetAsync(fields: ("If-Modified-Since", CacheFixture.Date(since)));

        (answer.Status, answer.Cache.Hit).Should().Be((status, true));
    }

    /// <summary>A 304 with the same tag updates the fields; one that names another strong tag speaks of another representation.</summary>
    [Theory]
    [InlineData("\"a\"", true)]
    [InlineData("\"b\"", false)]
    [TwinOf("304-etag-update-response-ETag")]
    public async Task NotModified_WithATag_UpdatesTheResponseThatHasIt(string tag, bool isUpdated)
    {
        using var fixture = new CacheFixture();
        fixture.Origin.Then(200, "body", ("Cache-Control", "max-age=1"), ("ETag", "\"a\""), ("X-Field", "old"));
        fixture.Origin.Then(304, null, ("Cache-Control", "max-age=60"), ("ETag", tag), ("X-Field", "new"));
        fixture.Origin.Then(200, "other", ("ETag", "\"b\""));
        await fixture.GetAsync();
        fixture.Time.Advance(TimeSpan.FromSeconds(2));

        var answer = await fixture.GetAsync();

        (answer.Body, answer["ETag"], answer["X-Field"]).Should().Be(isUpdated ? ("body", "\"a\"", "new") : ("other", "\"b\"", null));
    }
}
