namespace HttpCaching.Tests.Control;

/// <summary>Conditions that the caller sends itself (RFC 9111 §4.3.2).</summary>
public sealed class CallerConditionTests
{
    [Theory]
    [InlineData("CND-1", 404, "If-None-Match", "\"a\"", 404)]
    [InlineData("CND-1", 200, "If-None-Match", "\"a\"", 304)]
    [InlineData("CND-1", 410, "If-Modified-Since", "Thu, 01 Jan 2026 12:00:00 GMT", 410)]
    [InlineData("CND-2", 200, "If-None-Match", "W/\"a\"", 304)]
    [InlineData("CND-2", 200, "If-None-Match", "\"x\", \"y\",, \"a\"", 304)]
    [InlineData("CND-2", 200, "If-None-Match", "*", 304)]
    [InlineData("CND-2", 200, "If-None-Match", "\"x\", *", 200)]
    [InlineData("CND-2", 200, "If-None-Match", "\"b\"", 200)]
    [InlineData("CND-4", 200, "If-Modified-Since", "Thu, 01 Jan 2026 11:00:00 GMT", 304)]
    [InlineData("CND-4", 200, "If-Modified-Since", "Thursday, 01-Jan-26 11:00:00 GMT", 304)]
    [InlineData("CND-4", 200, "If-Modified-Since", "Thu, 01 Jan 2026 10:59:59 GMT", 200)]
    [InlineData("CND-4", 200, "If-Modified-Since", "yesterday", 200)]
    public async Task Get_ConditionOnAFreshResponse_IsAnsweredFromTheStore(string id, int stored, string name, string value, int expected)
    {
        using var fixture = new CacheFixture();
        fixture.Origin.Then(
            stored, "x", ("Cache-Control", "max-age=60"), ("ETag", "\"a\""), ("Last-Modified", CacheFixture.Date(-3600)), ("Date", CacheFixture.Date()));
        await fixture.GetAsync();

        var seen = await fixture.GetAsync("http://h/", (name, value));

        seen.Status.Should().Be(expected, id);
        seen.Cache.Hit.Should().BeTrue();
        seen.Body.Should().Be(expected == 304 ? "" : "x");
    }

    [Theory]
    [InlineData("CND-4", "If-None-Match", "\"b\"", "If-Modified-Since", "Thu, 01 Jan 2026 12:00:00 GMT")]
    [InlineData("CND-4", "If-Modified-Since", "Thu, 01 Jan 2026 12:00:00 GMT", "If-Modified-Since", "Thu, 01 Jan 2026 12:00:00 GMT")]
    public async Task Get_DateWithATagOrRepeated_IsIgnored(string id, string name, string value, string otherName, string otherValue)
    {
        using var fixture = new CacheFixture();
        fixture.Origin.Then(200, "x", ("Cache-Control", "max-age=60"), ("ETag", "\"a\""), ("Last-Modified", CacheFixture.Date(-3600)));
        await fixture.GetAsync();

        (await fixture.GetAsync("http://h/", (name, value), (otherName, otherValue))).Status.Should().Be(200, id);
    }

    [Theory]
    [InlineData("CND-4", 0, 304)]
    [InlineData("CND-4", -1, 200)]
    public async Task Get_IfModifiedSinceWithoutLastModified_IsComparedWithDate(string id, int seconds, int expected)
    {
        using var fixture = new CacheFixture();
        fixture.Origin.Then(200, "x", ("Cache-Control", "max-age=60"), ("Date", CacheFixture.Date()));
        await fixture.GetAsync();

        (await fixture.GetAsync("http://h/", ("If-Modified-Since", CacheFixture.Date(seconds)))).Status.Should().Be(expected, id);
    }

    [Fact]
    [Trait("Spec", "CND-3")]
    public async Task Get_Generated304_HasTheFieldsThatACacheNeeds()
    {
        using var fixture = new CacheFixture();
        fixture.Origin.Then(
            200,
            "x",
            ("Cache-Control", "max-age=60"),
            ("ETag", "\"a\""),
            ("Date", CacheFixture.Date()),
            ("Expires", CacheFixture.Date(60)),
            ("Vary", "X-V"),
            ("Content-Location", "/x"),
            ("Content-Type", "text/plain"),
            ("X-Other", "1"));
        await fixture.GetAsync();
        fixture.Time.Advance(TimeSpan.FromSeconds(7));

        var seen = await fixture.GetAsync("http://h/", ("If-None-Match", "\"a\""));

        seen.Status.Should().Be(304);
        seen.Body.Should().BeEmpty();
        seen.Fields.Where(f => f.Key != "Content-Length").Should().BeEquivalentTo(new Dictionary<string, string>
        {
            ["Cache-Control"] = "max-age=60",
            ["ETag"] = "\"a\"",
            ["Date"] = CacheFixture.Date(),
            ["Expires"] = CacheFixture.Date(60),
            ["Vary"] = "X-V",
            ["Content-Location"] = "/x",
            ["Age"] = "7",
        });
    }

    [Theory]
    [InlineData("CND-5", "If-Match", "\"a\"")]
    [InlineData("CND-5", "If-Unmodified-Since", "Thu, 01 Jan 2026 11:00:00 GMT")]
    public async Task Get_StateCondition_IsForwardedAndItsAnswerIsNotKept(string id, string name, string value)
    {
        using var fixture = new CacheFixture();
        fixture.Origin
            .Then(200, "x", ("Cache-Control", "max-age=60"), ("ETag", "\"a\""))
            .Then(412, "no", ("Cache-Control", "max-age=60"));
        await fixture.GetAsync();

        var seen = await fixture.GetAsync("http://h/", (name, value));
        var after = await fixture.GetAsync();

        seen.Status.Should().Be(412, id);
        fixture.Origin.Requests[1][name].Should().Be(value);
        after.Body.Should().Be("x");
        after.Cache.Hit.Should().BeTrue();
    }

    [Theory]
    [InlineData("CND-6", 304)]
    [InlineData("CND-6", 412)]
    public async Task Get_ConditionWithNothingStored_IsForwardedUnchanged(string id, int status)
    {
        using var fixture = new CacheFixture();
        fixture.Origin
            .Then(status, null, ("ETag", "\"a\""), ("Cache-Control", "max-age=60"))
            .Then(200, "x");

        var seen = await fixture.GetAsync("http://h/", ("If-None-Match", "\"a\", W/\"b\""), ("If-Modified-Since", "nonsense"));
        var next = await fixture.GetAsync();

        seen.Status.Should().Be(status, id);
        fixture.Origin.Requests[0]["If-None-Match"].Should().Be("\"a\", W/\"b\"");
        fixture.Origin.Requests[0]["If-Modified-Since"].Should().Be("nonsense");
        next.Body.Should().Be("x");
    }

    [Theory]
    [InlineData("CND-7", "\"x\"", "\"y\"", 200)]
    [InlineData("CND-7", "\"x\", \"y\"", "\"y\"", 304)]
    [InlineData("CND-7", "\"x\"", "\"x\"", 304)]
    public async Task Get_JoinedList_IsAnsweredByWhoseTagThe304Names(string id, string callers, string named, int expected)
    {
        using var fixture = new CacheFixture();
        fixture.Origin
            .Then(200, "stored", ("Cache-Control", "max-age=1"), ("ETag", "\"y\""))
            .Then(304, null, ("ETag", named));
        await fixture.GetAsync();
        fixture.Time.Advance(TimeSpan.FromSeconds(2));

        var seen = await fixture.GetAsync("http://h/", ("If-None-Match", callers));

        seen.Status.Should().Be(expected, id);
        seen.Body.Should().Be(expected == 200 ? "stored" : "");
        seen["ETag"].Should().Be(named);
    }

    [Theory]
    [InlineData("HED-1")]
    public async Task Head_FreshGet_IsAnsweredWithItsFields(string id)
    {
        using var fixture = new CacheFixture();
        fixture.Origin.Then(200, "hello", ("Cache-Control", "max-age=60"), ("Content-Length", "5"), ("X-A", "1"));
        await fixture.GetAsync();

        var seen = await fixture.SendAsync(CacheFixture.Request("HEAD", "http://h/"));

        seen.Cache.Hit.Should().BeTrue(id);
        seen.Body.Should().BeEmpty();
        seen["Content-Length"].Should().Be("5");
        seen["X-A"].Should().Be("1");
    }

    [Fact]
    [Trait("Spec", "HED-1")]
    [Trait("Spec", "HED-2")]
    public async Task Head_Miss_IsForwardedAsHeadAndNeverAnswersGet()
    {
        using var fixture = new CacheFixture();
        fixture.Origin
            .Then(200, null, ("Cache-Control", "max-age=60"), ("Content-Length", "5"))
            .Then(200, "hello", ("Cache-Control", "max-age=60"));

        await fixture.SendAsync(CacheFixture.Request("HEAD", "http://h/"));
        var second = await fixture.SendAsync(CacheFixture.Request("HEAD", "http://h/"));
        var get = await fixture.GetAsync();

        fixture.Origin.Requests.Select(r => r.Method).Should().Equal("HEAD", "GET");
        second["Content-Length"].Should().Be("5");
        get.Body.Should().Be("hello");
    }

    /// <summary>A GET is stored with tag "a", Last-Modified an hour ago and 5 bytes; then a HEAD is forced to the origin.</summary>
    [Theory]
    [InlineData("HED-3", "ETag: \"a\"", true)]
    [InlineData("HED-3", "X-New: 1", true)]
    [InlineData("HED-3", "Content-Length: 5", true)]
    [InlineData("HED-3", "ETag: \"b\"", false)]
    [InlineData("HED-3", "ETag: W/\"a\"", false)]
    [InlineData("HED-3", "Content-Length: 6", false)]
    [InlineData("HED-3", "Last-Modified: Thu, 01 Jan 2026 11:30:00 GMT", false)]
    [InlineData("HED-3", "Cache-Control: no-store, max-age=60\nETag: \"b\"", false)]
    public async Task Head_FromTheOrigin_RefreshesTheGetOrMarksIt(string id, string lines, bool agrees)
    {
        using var fixture = new CacheFixture();
        fixture.Origin
            .Then(200, "hello", ("Cache-Control", "max-age=60"), ("ETag", "\"a\""), ("Last-Modified", CacheFixture.Date(-3600)))
            .Then(200, null, [.. lines.Split('\n').Select(l => (l[..l.IndexOf(':')], l[(l.IndexOf(':') + 2)..]))]);
        await fixture.GetAsync();
        fixture.Time.Advance(TimeSpan.FromSeconds(50));
        await fixture.SendAsync(CacheFixture.Request("HEAD", "http://h/", ("Cache-Control", "no-cache")));
        fixture.Time.Advance(TimeSpan.FromSeconds(agrees ? 50 : 1));
        fixture.Origin.Then(304, null, ("ETag", "\"a\""));

        var seen = await fixture.GetAsync();

        seen.Cache.Hit.Should().Be(agrees, id);
        seen.Body.Should().Be("hello");
        if (!agrees)
        {
            fixture.Origin.Requests[2]["If-None-Match"].Should().Be("\"a\"");
        }
        else if (lines.StartsWith('X'))
        {
            seen["X-New"].Should().Be("1");
        }
    }

    [Fact]
    [Trait("Spec", "HED-2")]
    public async Task Head_FromTheOrigin_DoesNotTouchTheBodyOfTheGet()
    {
        using var fixture = new CacheFixture();
        fixture.Origin
            .Then(200, "hello", ("Cache-Control", "max-age=60"), ("ETag", "\"a\""))
            .Then(200, null, ("Cache-Control", "max-age=600"), ("ETag", "\"a\""), ("Content-Length", "5"));
        await fixture.GetAsync();
        await fixture.SendAsync(CacheFixture.Request("HEAD", "http://h/", ("Cache-Control", "no-cache")));

        var get = await fixture.GetAsync();

        get.Body.Should().Be("hello");
        get["Cache-Control"].Should().Be("max-age=600");
        get.Cache.Hit.Should().BeTrue();
    }
}
