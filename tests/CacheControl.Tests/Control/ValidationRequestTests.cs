namespace HttpCaching.Tests.Control;

/// <summary>What goes to the origin to ask whether a stored response is still good (RFC 9111 §4.3.1).</summary>
public sealed class ValidationRequestTests
{
    private const string Rfc850 = "Thursday, 01-Jan-26 11:00:00 GMT";

    [Theory]
    [InlineData("VAL-1", "\"a\"", null, "\"a\"", null)]
    [InlineData("VAL-1", "W/\"a\"", null, "W/\"a\"", null)]
    [InlineData("VAL-1", "\"a,b\"", null, "\"a,b\"", null)]
    [InlineData("VAL-2", null, Rfc850, null, Rfc850)]
    [InlineData("VAL-2", "\"a\"", Rfc850, "\"a\"", Rfc850)]
    [InlineData("VAL-2", null, "nonsense", null, null)]
    [InlineData("VAL-5", "\"\u00fc\"", Rfc850, null, Rfc850)]
    [InlineData("VAL-5", "\"\u00fc\"", null, null, null)]
    [InlineData("VAL-5", "\"a\"", "\u00fcber", "\"a\"", null)]
    [InlineData("VAL-6", "abc", null, "abc", null)]
    public async Task Get_StaleStored_SendsItsValidatorsAsTheyCame(string id, string? tag, string? modified, string? ifNoneMatch, string? ifModifiedSince)
    {
        using var fixture = new CacheFixture();
        var fields = new List<(string, string)> { ("Cache-Control", "max-age=1") };
        if (tag is not null)
        {
            fields.Add(("ETag", tag));
        }

        if (modified is not null)
        {
            fields.Add(("Last-Modified", modified));
        }

        fixture.Origin.Otherwise = _ => ScriptedOrigin.Response(200, "x", [.. fields]);
        await fixture.GetAsync();
        fixture.Time.Advance(TimeSpan.FromSeconds(2));

        await fixture.GetAsync();

        fixture.Origin.Requests[1]["If-None-Match"].Should().Be(ifNoneMatch, id);
        fixture.Origin.Requests[1]["If-Modified-Since"].Should().Be(ifModifiedSince, id);
    }

    [Fact]
    [Trait("Spec", "VAL-6")]
    public async Task Get_MalformedTagIn304_IsNotTakenForAStrongOne()
    {
        using var fixture = new CacheFixture();
        fixture.Origin.Then(206, "01234", ("ETag", "abc"), ("Content-Range", "bytes 0-4/10"), ("Cache-Control", "max-age=60"));
        fixture.Origin.Then(200, "0123456789", ("Cache-Control", "max-age=60"));

        await fixture.GetAsync("http://h/", ("Range", "bytes=0-4"));
        await fixture.GetAsync();

        fixture.Origin.Requests[1]["If-Range"].Should().BeNull();
    }

    [Fact]
    [Trait("Spec", "VAL-3")]
    public async Task Get_VaryMiss_OffersTheTagsOfAllVariantsNewestFirst()
    {
        using var fixture = new CacheFixture();
        fixture.Origin
            .Then(200, "de", ("Cache-Control", "max-age=60"), ("Vary", "Accept-Language"), ("ETag", "\"de\""))
            .Then(200, "en", ("Cache-Control", "max-age=60"), ("Vary", "Accept-Language"), ("ETag", "W/\"en\""))
            .Then(304, null, ("ETag", "\"de\""), ("Vary", "Accept-Language"), ("Cache-Control", "max-age=60"));
        await fixture.GetAsync("http://h/", ("Accept-Language", "de"));
        fixture.Time.Advance(TimeSpan.FromSeconds(5));
        await fixture.GetAsync("http://h/", ("Accept-Language", "en"));

        var seen = await fixture.GetAsync("http://h/", ("Accept-Language", "gsw"));

        fixture.Origin.Requests[2]["If-None-Match"].Should().Be("W/\"en\", \"de\"");
        fixture.Origin.Requests[2]["If-Modified-Since"].Should().BeNull();
        fixture.Origin.Requests[2]["Accept-Language"].Should().Be("gsw");
        seen.Body.Should().Be("de");
        seen.Cache.Should().BeEquivalentTo(new { Forward = ForwardReason.VaryMiss, Reason = CacheReason.Validated, ForwardStatus = 304 });
    }

    [Fact]
    [Trait("Spec", "VAL-3")]
    public async Task Get_VaryMissWithManyVariants_OffersACappedList()
    {
        using var fixture = new CacheFixture();
        var served = 0;
        fixture.Origin.Otherwise = _ => ScriptedOrigin.Response(200, "x", ("Cache-Control", "max-age=60"), ("Vary", "X-V"), ("ETag", $"\"{++served}\""));
        for (var i = 0; i < 30; i++)
        {
            await fixture.GetAsync("http://h/", ("X-V", $"{i}"));
        }

        fixture.Origin.Requests[^1]["If-None-Match"]!.Split(", ").Should().HaveCountLessThanOrEqualTo(16).And.HaveCountGreaterThan(5);
    }

    [Fact]
    [Trait("Spec", "VAL-4")]
    public async Task Get_Validation_CarriesTheFieldsOfTheTriggeringRequest()
    {
        using var fixture = new CacheFixture();
        fixture.Origin
            .Then(200, "de", ("Cache-Control", "max-age=1, stale-while-revalidate=10"), ("Vary", "Accept-Language"), ("ETag", "\"de\""))
            .Then(304, null, ("ETag", "\"de\""));
        await fixture.GetAsync("http://h/", ("Accept-Language", "de"), ("X-Trace", "1"));
        fixture.Time.Advance(TimeSpan.FromSeconds(5));

        await fixture.GetAsync("http://h/", ("Accept-Language", "de"), ("X-Trace", "2"));
        await fixture.Cache.Controller.Background.WhenIdleAsync();

        fixture.Origin.Requests.Should().HaveCount(2);
        fixture.Origin.Requests[1]["Accept-Language"].Should().Be("de");
        fixture.Origin.Requests[1]["X-Trace"].Should().Be("2");
        fixture.Origin.Requests[1]["If-None-Match"].Should().Be("\"de\"");
    }

    [Theory]
    [InlineData("VAL-7", "\"x\"", "\"y\", \"x\"")]
    [InlineData("VAL-7", "W/\"y\", \"z\"", "\"y\", W/\"y\", \"z\"")]
    [InlineData("VAL-7", "\"y\"", "\"y\"")]
    public async Task Get_CallersIfNoneMatch_IsJoinedWithOurs(string id, string callers, string sent)
    {
        using var fixture = new CacheFixture();
        fixture.Origin.Then(200, "stored", ("Cache-Control", "max-age=1"), ("ETag", "\"y\"")).Then(200, "new");
        await fixture.GetAsync();
        fixture.Time.Advance(TimeSpan.FromSeconds(2));

        await fixture.GetAsync("http://h/", ("If-None-Match", callers));

        fixture.Origin.Requests[1]["If-None-Match"].Should().Be(sent, id);
    }

    [Fact]
    [Trait("Spec", "VAL-7")]
    public async Task Get_CallersIfNoneMatchOverAPart_DoesNotSendTheTagOfThePart()
    {
        using var fixture = new CacheFixture();
        fixture.Origin
            .Then(206, "01234", ("ETag", "\"part\""), ("Content-Range", "bytes 0-4/10"), ("Cache-Control", "max-age=60"))
            .Then(304, null, ("ETag", "\"x\""));
        await fixture.GetAsync("http://h/", ("Range", "bytes=0-4"));

        var seen = await fixture.GetAsync("http://h/", ("If-None-Match", "\"x\""));

        fixture.Origin.Requests[1]["If-None-Match"].Should().Be("\"x\"");
        seen.Status.Should().Be(304);
    }

    [Theory]
    [InlineData("VAL-8", "PUT")]
    [InlineData("VAL-8", "POST")]
    [InlineData("VAL-8", "DELETE")]
    [InlineData("VAL-8", "M-SEARCH")]
    public async Task Unsafe_AfterStoredGet_HasNoConditions(string id, string method)
    {
        using var fixture = new CacheFixture();
        fixture.Origin.Then(200, "stored", ("Cache-Control", "max-age=1"), ("ETag", "\"y\""), ("Last-Modified", Rfc850)).Then(204, null);
        await fixture.GetAsync();
        fixture.Time.Advance(TimeSpan.FromSeconds(2));

        await fixture.SendAsync(CacheFixture.Request(method, "http://h/"));

        fixture.Origin.Requests[1].Method.Should().Be(method);
        fixture.Origin.Requests[1].Fields.Keys.Should().NotContain(k => k.StartsWith("If-", StringComparison.OrdinalIgnoreCase), id);
    }
}
