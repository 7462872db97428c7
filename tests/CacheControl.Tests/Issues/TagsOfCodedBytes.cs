using HttpCaching.Tests.Control;

namespace HttpCaching.Tests.Issues;

/// <summary>
/// Servers that compress on the fly change or remove the entity tag of the coded bytes, and answer 304 with another one. Every validation took two requests,
/// or never was a 304. The origin here repeats what Apache httpd 2.4 with mod_deflate says.
/// </summary>
[Trait("Spec", "VLD-3")]
public sealed class TagsOfCodedBytes
{
    private const string Plain = "\"5dc0-6474846204000\"";
    private const string Coded = "\"5dc0-6474846204000-gzip\"";
    private static readonly string Modified = CacheFixture.Date(-3600);

    /// <summary>What of the configuration: the tag of the 200, and which tags it answers 304 to.</summary>
    [Theory]
    [InlineData("DeflateAlterETag AddSuffix", Coded, Plain)]
    [InlineData("DeflateAlterETag Remove", null, Plain)]
    [InlineData("DeflateAlterETag NoChange", Plain, Plain)]
    [InlineData("RequestHeader edit If-None-Match, suffix removed", Coded, Coded)]
    [InlineData("RequestHeader edit If-None-Match, both", Coded, Coded + ", " + Plain)]
    public async Task Get_StaleOnApache_IsOneRequestAndA304(string configuration, string? tag, string known)
    {
        using var fixture = Gzipping(tag, known, Plain);
        await fixture.GetAsync("http://h/", ("Accept-Encoding", "gzip"));

        for (var i = 2; i <= 4; i++)
        {
            fixture.Time.Advance(TimeSpan.FromSeconds(61));
            var seen = await fixture.GetAsync("http://h/", ("Accept-Encoding", "gzip"));

            (seen.Body, seen.Cache.ForwardStatus, seen["ETag"]).Should().Be(("coded", 304, tag), configuration);
            fixture.Origin.Requests.Should().HaveCount(i, configuration);
        }
    }

    [Theory]
    [InlineData("\"a-gzip\"", "\"a\"", true)]
    [InlineData("\"a-br\"", "\"a\"", true)]
    [InlineData("\"a-zstd\"", "\"a\"", true)]
    [InlineData("\"a-df\"", "\"a\"", true)]
    [InlineData("\"a;gzip\"", "\"a\"", true)]
    [InlineData("\"a--gzip\"", "\"a\"", true)]
    [InlineData("W/\"a-gzip\"", "\"a\"", true)]
    [InlineData("\"a\"", "\"a-gzip\"", true)]
    [InlineData("\"a-gzip\"", "\"a-br\"", true)]
    [InlineData("\"a-gzip\"", "W/\"a\"", true)]
    [InlineData("\"a-gzip\"", "\"b\"", false)]
    [InlineData("\"a-gzip\"", "\"a-gz\"", false)]
    [InlineData("\"-gzip\"", "\"\"", false)]
    [InlineData("\"a\"", "\"b\"", false)]
    public async Task Get_304WhoseTagDiffersByACodingSuffix_Confirms(string stored, string received, bool expected)
    {
        using var fixture = new CacheFixture();
        fixture.Origin
            .Then(200, "one", ("Cache-Control", "max-age=0"), ("ETag", stored), ("Content-Encoding", "gzip"))
            .Then(304, null, ("Cache-Control", "max-age=60"), ("ETag", received))
            .Then(200, "two", ("Cache-Control", "max-age=60"));
        await fixture.GetAsync();

        var seen = await fixture.GetAsync();

        (seen.Body, seen["ETag"]).Should().Be(expected ? ("one", stored) : ("two", null));
        (await fixture.GetAsync()).Cache.Hit.Should().BeTrue();
    }

    [Theory]
    [InlineData(-1, true)]
    [InlineData(0, false)]
    [InlineData(5, false)]
    public async Task Get_304WithAnotherTagAndTheSameDate_ConfirmsIfTheDateIsStrong(int modified, bool expected)
    {
        using var fixture = new CacheFixture();
        var date = CacheFixture.Date(modified);
        fixture.Origin
            .Then(200, "one", ("Cache-Control", "max-age=0"), ("ETag", "\"a\""), ("Last-Modified", date), ("Date", CacheFixture.Date()))
            .Then(304, null, ("Cache-Control", "max-age=60"), ("ETag", "\"b\""), ("Last-Modified", date))
            .Then(200, "two");
        await fixture.GetAsync();

        (await fixture.GetAsync()).Body.Should().Be(expected ? "one" : "two");
    }

    [Fact]
    public async Task Get_304WithAnotherTagAndAnotherDate_ConfirmsNothing()
    {
        using var fixture = new CacheFixture();
        fixture.Origin
            .Then(200, "one", ("Cache-Control", "max-age=0"), ("ETag", "\"a\""), ("Last-Modified", Modified))
            .Then(304, null, ("Cache-Control", "max-age=60"), ("ETag", "\"b\""), ("Last-Modified", CacheFixture.Date(-7200)))
            .Then(200, "two");
        await fixture.GetAsync();

        (await fixture.GetAsync()).Body.Should().Be("two");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Get_TagThatNeverFits_CostsTwoRequestsOnce(bool hasDate)
    {
        using var fixture = new CacheFixture();
        (string, string)[] date = hasDate ? [("Last-Modified", Modified)] : [];
        fixture.Origin.Otherwise = request => request.Headers.IfNoneMatch.Count > 0
            ? ScriptedOrigin.Response(304, null, ("ETag", "\"other\""))
            : request.Headers.IfModifiedSince is not null
            ? ScriptedOrigin.Response(304, null, ("ETag", "\"other\""), ("Last-Modified", Modified))
            : ScriptedOrigin.Response(200, "one", [("Cache-Control", "max-age=60"), ("ETag", "\"own\""), .. date]);
        await fixture.GetAsync();
        fixture.Time.Advance(TimeSpan.FromSeconds(61));
        (await fixture.GetAsync()).Body.Should().Be("one");
        fixture.Origin.Requests.Should().HaveCount(3);

        for (var i = 4; i <= 6; i++)
        {
            fixture.Time.Advance(TimeSpan.FromSeconds(61));
            var seen = await fixture.GetAsync();

            (seen.Body, seen["ETag"]).Should().Be(("one", "\"own\""));
            fixture.Origin.Requests.Should().HaveCount(i);
            fixture.Origin.Requests[^1]["If-None-Match"].Should().BeNull();
            fixture.Origin.Requests[^1]["If-Modified-Since"].Should().Be(hasDate ? Modified : null);
        }
    }

    [Fact]
    public async Task Get_TagThatDidNotFitWhileTheResourceChanged_IsSentAgain()
    {
        using var fixture = new CacheFixture();
        fixture.Origin
            .Then(200, "one", ("Cache-Control", "max-age=0"), ("ETag", "\"a\""))
            .Then(304, null, ("ETag", "\"b\""))
            .Then(200, "two", ("Cache-Control", "max-age=0"), ("ETag", "\"b\""))
            .Then(304, null, ("ETag", "\"b\""));
        await fixture.GetAsync();
        await fixture.GetAsync();

        (await fixture.GetAsync()).Body.Should().Be("two");
        fixture.Origin.Requests[3]["If-None-Match"].Should().Be("\"b\"");
    }

    [Theory]
    [InlineData("\"a-gzip\"", "gzip", "\"a-gzip\", \"a\"")]
    [InlineData("W/\"a-br\"", "br", "W/\"a-br\", W/\"a\"")]
    [InlineData("\"a-gzip\"", null, "\"a-gzip\"")]
    [InlineData("\"a\"", "gzip", "\"a\"")]
    [InlineData("\"-gzip\"", "gzip", "\"-gzip\"")]
    [Trait("Spec", "VAL-1")]
    public async Task Get_StoredTagWithACodingSuffix_IsSentWithAndWithoutIt(string tag, string? coding, string expected)
    {
        using var fixture = new CacheFixture();
        (string, string)[] codings = coding is null ? [] : [("Content-Encoding", coding)];
        fixture.Origin
            .Then(200, "one", [("Cache-Control", "max-age=0"), ("ETag", tag), .. codings])
            .Then(304, null, ("ETag", tag));
        await fixture.GetAsync();
        await fixture.GetAsync();

        fixture.Origin.Requests[1]["If-None-Match"].Should().Be(expected);
    }

    [Fact]
    public async Task Get_CallerHoldsThePlainTag_Gets304AndTheStoredIsConfirmed()
    {
        using var fixture = Gzipping(Coded, Plain, Plain);
        await fixture.GetAsync("http://h/", ("Accept-Encoding", "gzip"));
        fixture.Time.Advance(TimeSpan.FromSeconds(61));

        (await fixture.GetAsync("http://h/", ("Accept-Encoding", "gzip"), ("If-None-Match", Plain))).Status.Should().Be(304);
        (await fixture.GetAsync("http://h/", ("Accept-Encoding", "gzip"))).Cache.Hit.Should().BeTrue();
        fixture.Origin.Requests.Should().HaveCount(2);
    }

    [Fact]
    public async Task Get_StoredOnDiskAndReopened_RemembersTheTagThatNeverFits()
    {
        var root = Directory.CreateTempSubdirectory("cachecontrol-tags-").FullName;
        for (var run = 0; run < 2; run++)
        {
            using var fixture = new CacheFixture(store: new FileHttpCacheStore(root));
            fixture.Origin.Otherwise = request => request.Headers.IfNoneMatch.Count > 0
                ? ScriptedOrigin.Response(304, null, ("ETag", "\"other\""))
                : ScriptedOrigin.Response(200, "one", ("Cache-Control", "max-age=0"), ("ETag", "\"own\""));
            await fixture.GetAsync();
            await fixture.GetAsync();

            fixture.Origin.Requests.Should().HaveCount(run == 0 ? 3 : 2);
        }

        Directory.Delete(root, recursive: true);
    }

    private static CacheFixture Gzipping(string? tag, string known, string tagOf304)
    {
        var fixture = new CacheFixture();
        var knownTags = known.Split(", ");
        fixture.Origin.Otherwise = request =>
        {
            var asked = request.Headers.IfNoneMatch.Select(t => t.ToString()).ToList();
            var isSame = asked.Count > 0 ? asked.Exists(knownTags.Contains) : request.Headers.IfModifiedSince is not null;
            (string, string)[] tags = tag is null ? [] : [("ETag", tag)];
            return isSame
                ? ScriptedOrigin.Response(304, null, ("Date", fixture.Time.GetUtcNow().ToString("r")), ("Last-Modified", Modified), ("ETag", tagOf304), ("Accept-Ranges", "bytes"))
                : ScriptedOrigin.Response(
                    200, "coded",
                    [("Date", fixture.Time.GetUtcNow().ToString("r")), ("Last-Modified", Modified), ("Vary", "Accept-Encoding"), ("Content-Encoding", "gzip"), ("Cache-Control", "max-age=60"), .. tags]);
        };
        return fixture;
    }
}
