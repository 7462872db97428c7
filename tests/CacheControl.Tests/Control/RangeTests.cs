namespace HttpCaching.Tests.Control;

/// <summary>Ranges from what is stored, and parts (RFC 9110 §14, RFC 9111 §3.3, §3.4).</summary>
public sealed class RangeTests
{
    private const string Digits = "0123456789";

    [Theory]
    [InlineData("RNG-2", "bytes=2-4", 206, "234", "bytes 2-4/10")]
    [InlineData("RNG-2", "bytes=2-", 206, "23456789", "bytes 2-9/10")]
    [InlineData("RNG-2", "bytes=-3", 206, "789", "bytes 7-9/10")]
    [InlineData("RNG-2", "BYTES=0-0", 206, "0", "bytes 0-0/10")]
    [InlineData("RNG-4", "bytes=8-100", 206, "89", "bytes 8-9/10")]
    [InlineData("RNG-4", "bytes=-100", 206, Digits, "bytes 0-9/10")]
    [InlineData("RNG-4", "bytes=0-999999999999999999999999999999", 206, Digits, "bytes 0-9/10")]
    [InlineData("RNG-4", "bytes=999999999999999999999999999999-", 416, "", "bytes */10")]
    [InlineData("RNG-4", "bytes=10-", 416, "", "bytes */10")]
    [InlineData("RNG-4", "bytes=-0", 416, "", "bytes */10")]
    [InlineData("RNG-4", "bytes=4-2", 200, Digits, null)]
    [InlineData("RNG-4", "bytes=a-b", 200, Digits, null)]
    [InlineData("RNG-4", "bytes=", 200, Digits, null)]
    [InlineData("RNG-4", "bytes", 200, Digits, null)]
    [InlineData("RNG-5", "bytes=0-2, 3-4", 206, "01234", "bytes 0-4/10")]
    [InlineData("RNG-5", "bytes=3-5, 0-4", 206, "012345", "bytes 0-5/10")]
    [InlineData("RNG-5", "bytes=0-1, 8-9", 200, Digits, null)]
    public async Task Get_RangeOfAFreshResponse_IsCut(string id, string range, int status, string body, string? contentRange)
    {
        using var fixture = new CacheFixture();
        fixture.Origin.Then(200, Digits, ("Cache-Control", "max-age=60"), ("ETag", "\"a\""));
        await fixture.GetAsync();

        var seen = await fixture.GetAsync("http://h/", ("Range", range));

        seen.Status.Should().Be(status, id);
        seen.Body.Should().Be(body);
        seen["Content-Range"].Should().Be(contentRange);
        seen.Cache.Hit.Should().BeTrue();
        fixture.Origin.Requests.Should().HaveCount(1);
    }

    [Fact]
    [Trait("Spec", "RNG-5")]
    public async Task Get_HundredOverlappingRanges_AreAnsweredWhole()
    {
        using var fixture = new CacheFixture();
        fixture.Origin.Then(200, Digits, ("Cache-Control", "max-age=60"));
        await fixture.GetAsync();

        var seen = await fixture.GetAsync("http://h/", ("Range", "bytes=" + string.Join(",", Enumerable.Repeat("0-", 100))));

        (seen.Status, seen.Body).Should().Be((200, Digits));
    }

    [Fact]
    [Trait("Spec", "RNG-4")]
    public async Task Get_RangeOfAnEmptyBody_IsNotSatisfiable()
    {
        using var fixture = new CacheFixture();
        fixture.Origin.Then(200, "", ("Cache-Control", "max-age=60"));
        await fixture.GetAsync();

        var seen = await fixture.GetAsync("http://h/", ("Range", "bytes=0-"));

        (seen.Status, seen["Content-Range"]).Should().Be((416, "bytes */0"));
    }

    [Fact]
    [Trait("Spec", "RNG-1")]
    public async Task Get_OtherUnit_IsForwardedAndItsPartNotStored()
    {
        using var fixture = new CacheFixture();
        fixture.Origin
            .Then(200, Digits, ("Cache-Control", "max-age=60"), ("ETag", "\"a\""))
            .Then(206, "item", ("Cache-Control", "max-age=60"), ("ETag", "\"a\""), ("Content-Range", "items 0-5/9"))
            .Then(206, "item", ("Cache-Control", "max-age=60"), ("ETag", "\"a\""), ("Content-Range", "items 0-5/9"));
        await fixture.GetAsync();

        var first = await fixture.GetAsync("http://h/", ("Range", "items=0-5"));
        await fixture.GetAsync("http://h/", ("Range", "items=0-5"));
        var whole = await fixture.GetAsync();

        first.Body.Should().Be("item");
        first.Cache.Reason.Should().Be(CacheReason.RangeNotServed);
        fixture.Origin.Requests.Should().HaveCount(3);
        whole.Body.Should().Be(Digits);
    }

    [Fact]
    [Trait("Spec", "RNG-1")]
    public async Task Get_RangeMissAnswered200_IsStoredWhole()
    {
        using var fixture = new CacheFixture();
        fixture.Origin.Then(200, Digits, ("Cache-Control", "max-age=60"));

        await fixture.GetAsync("http://h/", ("Range", "bytes=0-1"));
        var hit = await fixture.GetAsync();

        fixture.Origin.Requests[0]["Range"].Should().Be("bytes=0-1");
        (hit.Cache.Hit, hit.Body).Should().Be((true, Digits));
    }

    [Fact]
    [Trait("Spec", "RNG-3")]
    public async Task Get_Part_HasTheStoredFieldsAndItsOwnLength()
    {
        using var fixture = new CacheFixture();
        fixture.Origin.Then(
            200,
            Digits,
            ("Cache-Control", "max-age=60"),
            ("ETag", "\"a\""),
            ("Date", CacheFixture.Date()),
            ("Content-Type", "text/plain"),
            ("Content-Length", "10"),
            ("Content-Digest", "sha-256=:AAAA:"),
            ("Repr-Digest", "sha-256=:BBBB:"));
        await fixture.GetAsync();

        var seen = await fixture.GetAsync("http://h/", ("Range", "bytes=1-3"));

        seen.Fields.Should().BeEquivalentTo(new Dictionary<string, string>
        {
            ["Cache-Control"] = "max-age=60",
            ["ETag"] = "\"a\"",
            ["Date"] = CacheFixture.Date(),
            ["Content-Type"] = "text/plain",
            ["Content-Length"] = "3",
            ["Content-Range"] = "bytes 1-3/10",
            ["Repr-Digest"] = "sha-256=:BBBB:",
            ["Age"] = "0",
        });
    }

    [Theory]
    [InlineData("RNG-6", "\"a\"", 206)]
    [InlineData("RNG-6", "W/\"a\"", 200)]
    [InlineData("RNG-6", "\"b\"", 200)]
    [InlineData("RNG-6", "Thu, 01 Jan 2026 11:00:00 GMT", 206)]
    [InlineData("RNG-6", "Thu, 01 Jan 2026 11:00:01 GMT", 200)]
    public async Task Get_IfRange_LetsOnlyExactMatchesThrough(string id, string ifRange, int expected)
    {
        using var fixture = new CacheFixture();
        fixture.Origin.Then(
            200, Digits, ("Cache-Control", "max-age=60"), ("ETag", "\"a\""), ("Last-Modified", CacheFixture.Date(-3600)), ("Date", CacheFixture.Date()));
        await fixture.GetAsync();

        (await fixture.GetAsync("http://h/", ("Range", "bytes=0-1"), ("If-Range", ifRange))).Status.Should().Be(expected, id);
    }

    [Fact]
    [Trait("Spec", "RNG-6")]
    public async Task Get_IfRangeDateOfTheSameSecond_IsNoStrongValidator()
    {
        using var fixture = new CacheFixture();
        fixture.Origin.Then(200, Digits, ("Cache-Control", "max-age=60"), ("Last-Modified", CacheFixture.Date()), ("Date", CacheFixture.Date()));
        await fixture.GetAsync();

        (await fixture.GetAsync("http://h/", ("Range", "bytes=0-1"), ("If-Range", CacheFixture.Date()))).Status.Should().Be(200);
    }

    [Theory]
    [InlineData("RNG-7", 200, "If-None-Match", "\"a\"", 304)]
    [InlineData("RNG-7", 200, "If-Modified-Since", "Thu, 01 Jan 2026 12:00:00 GMT", 304)]
    [InlineData("RNG-7", 200, "If-None-Match", "\"b\"", 206)]
    [InlineData("RNG-7", 404, "If-None-Match", "\"b\"", 404)]
    public async Task Get_RangeWithCondition_ConditionIsJudgedFirst(string id, int stored, string name, string value, int expected)
    {
        using var fixture = new CacheFixture();
        fixture.Origin.Then(stored, Digits, ("Cache-Control", "max-age=60"), ("ETag", "\"a\""), ("Date", CacheFixture.Date()));
        await fixture.GetAsync();

        (await fixture.GetAsync("http://h/", ("Range", "bytes=0-1"), (name, value))).Status.Should().Be(expected, id);
    }

    [Fact]
    [Trait("Spec", "RNG-8")]
    [Trait("Spec", "HTC-5")]
    public async Task Get_RangeOfADecodedBody_IsForwarded()
    {
        using var fixture = new CacheFixture();
        fixture.Origin
            .Then(request =>
            {
                request.Headers.TryAddWithoutValidation("Accept-Encoding", "gzip");
                var response = ScriptedOrigin.Response(200, null, ("Cache-Control", "max-age=60"), ("ETag", "\"a\""));
                response.Content = new Http.ScriptedContent("0123456789"u8.ToArray());
                return response;
            })
            .Then(206, "45", ("Content-Range", "bytes 4-5/10"), ("ETag", "\"a\""));
        await fixture.GetAsync();

        var part = await fixture.GetAsync("http://h/", ("Range", "bytes=4-5"));
        var whole = await fixture.GetAsync();

        part.Cache.Reason.Should().Be(CacheReason.RangeNotServed);
        fixture.Origin.Requests[1]["Range"].Should().Be("bytes=4-5");
        (whole.Cache.Hit, whole.Body).Should().Be((true, Digits));
    }

    [Theory]
    [InlineData("RNG-9", true)]
    [InlineData("RNG-9", false)]
    public async Task Get_AfterAPart_IsNotAnsweredWithIt(string id, bool storeParts)
    {
        using var fixture = new CacheFixture(o => o.Store.PartialResponses = storeParts);
        fixture.Origin
            .Then(206, "456", ("Cache-Control", "max-age=60"), ("ETag", "\"a\""), ("Content-Range", "bytes 4-6/10"))
            .Then(200, Digits, ("Cache-Control", "max-age=60"), ("ETag", "\"a\""));
        await fixture.GetAsync("http://h/", ("Range", "bytes=4-6"));

        var seen = await fixture.GetAsync();

        (seen.Status, seen.Body).Should().Be((200, Digits), id);
        fixture.Origin.Requests.Should().HaveCount(2);
    }

    /// <summary>Whether a second request for the same range is answered from what the first one stored.</summary>
    [Theory]
    [InlineData("RNG-10", "456", "bytes 4-6/10", "\"a\"", true)]
    [InlineData("RNG-10", "456", "bytes 4-6/*", "\"a\"", false)]
    [InlineData("RNG-10", "456", "bytes 4-6/10", "W/\"a\"", false)]
    [InlineData("RNG-10", "456", "bytes 4-6/10", null, false)]
    [InlineData("RNG-10", "45", "bytes 4-6/10", "\"a\"", false)]
    [InlineData("RNG-10", "4567", "bytes 4-6/10", "\"a\"", false)]
    [InlineData("RNG-10", "456", "bytes 6-4/10", "\"a\"", false)]
    [InlineData("RNG-10", "456", "items 4-6/10", "\"a\"", false)]
    [InlineData("RNG-10", "456", null, "\"a\"", false)]
    public async Task Get_Part_IsStoredOnlyIfItIsSound(string id, string body, string? contentRange, string? tag, bool isStored)
    {
        using var fixture = new CacheFixture();
        var fields = new List<(string, string)> { ("Cache-Control", "max-age=60") };
        if (contentRange is not null)
        {
            fields.Add(("Content-Range", contentRange));
        }

        if (tag is not null)
        {
            fields.Add(("ETag", tag));
        }

        fixture.Origin.Otherwise = _ => ScriptedOrigin.Response(206, body, [.. fields]);
        await fixture.GetAsync("http://h/", ("Range", "bytes=4-6"));

        var second = await fixture.GetAsync("http://h/", ("Range", "bytes=4-6"));

        second.Cache.Hit.Should().Be(isStored, id);
        second.Body.Should().Be(body);
    }

    [Fact]
    [Trait("Spec", "RNG-10")]
    public async Task Get_PartWithoutARangeAsked_IsNotStored()
    {
        using var fixture = new CacheFixture();
        fixture.Origin.Otherwise = _ => ScriptedOrigin.Response(206, "456", ("Cache-Control", "max-age=60"), ("ETag", "\"a\""), ("Content-Range", "bytes 4-6/10"));
        await fixture.GetAsync();

        (await fixture.GetAsync("http://h/", ("Range", "bytes=4-6"))).Cache.Hit.Should().BeFalse();
    }

    [Theory]
    [InlineData("RNG-11", "\"a\"", "bytes 5-9/10", true)]
    [InlineData("RNG-11", "\"b\"", "bytes 5-9/10", false)]
    [InlineData("RNG-11", "\"a\"", "bytes 5-9/11", false)]
    public async Task Get_TwoPartsOfOneRepresentation_MakeTheWhole(string id, string secondTag, string secondRange, bool combine)
    {
        using var fixture = new CacheFixture();
        fixture.Origin
            .Then(206, "01234", ("Cache-Control", "max-age=60"), ("ETag", "\"a\""), ("Content-Range", "bytes 0-4/10"), ("X-Part", "1"))
            .Then(206, "56789", ("Cache-Control", "max-age=60"), ("ETag", secondTag), ("Content-Range", secondRange), ("X-Part", "2"));
        await fixture.GetAsync("http://h/", ("Range", "bytes=0-4"));
        await fixture.GetAsync("http://h/", ("Range", "bytes=5-9"));
        fixture.Origin.Otherwise = _ => ScriptedOrigin.Response(200, "from origin");

        var whole = await fixture.GetAsync();

        whole.Status.Should().Be(200, id);
        whole.Cache.Hit.Should().Be(combine, id);
        whole.Body.Should().Be(combine ? Digits : "from origin");
        if (combine)
        {
            whole["Content-Length"].Should().Be("10");
            whole["Content-Range"].Should().BeNull();
            whole["X-Part"].Should().Be("2");
        }
    }

    [Theory]
    [InlineData("RNG-11", "5-9", "0-4")]
    [InlineData("RNG-11", "0-6", "4-9")]
    [InlineData("RNG-11", "3-9", "0-6")]
    public async Task Get_PartsInAnyOrder_MakeTheWhole(string id, string first, string second)
    {
        using var fixture = new CacheFixture();
        fixture.Origin.Otherwise = request => Part(request, "\"a\"");
        await fixture.GetAsync("http://h/", ("Range", "bytes=" + first));
        await fixture.GetAsync("http://h/", ("Range", "bytes=" + second));

        var whole = await fixture.GetAsync();

        whole.Cache.Hit.Should().BeTrue(id);
        whole.Body.Should().Be(Digits);
    }

    [Theory]
    [InlineData("RNG-12", 206)]
    [InlineData("RNG-12", 200)]
    [InlineData("RNG-12", 416)]
    public async Task Get_WholeWhileAPartIsStored_AsksForTheRest(string id, int answer)
    {
        using var fixture = new CacheFixture();
        fixture.Origin.Then(206, "01234", ("Cache-Control", "max-age=60"), ("ETag", "\"a\""), ("Content-Range", "bytes 0-4/10"));
        if (answer == 206)
        {
            fixture.Origin.Then(206, "56789", ("Cache-Control", "max-age=60"), ("ETag", "\"a\""), ("Content-Range", "bytes 5-9/10"));
        }
        else if (answer == 200)
        {
            fixture.Origin.Then(200, "replaced", ("Cache-Control", "max-age=60"), ("ETag", "\"b\""));
        }
        else
        {
            fixture.Origin.Then(416, null, ("Content-Range", "bytes */3")).Then(200, "replaced", ("Cache-Control", "no-store"));
        }

        await fixture.GetAsync("http://h/", ("Range", "bytes=0-4"));
        var whole = await fixture.GetAsync();
        fixture.Origin.Otherwise = _ => ScriptedOrigin.Response(200, "again");
        var after = await fixture.GetAsync("http://h/", ("Range", "bytes=0-1"));

        fixture.Origin.Requests[1]["Range"].Should().Be("bytes=5-", id);
        fixture.Origin.Requests[1]["If-Range"].Should().Be("\"a\"");
        whole.Status.Should().Be(200);
        whole.Body.Should().Be(answer == 206 ? Digits : "replaced");
        after.Body.Should().Be(answer switch { 206 => "01", 200 => "re", _ => "again" });
    }

    [Fact]
    [Trait("Spec", "RNG-12")]
    public async Task Get_RestOfAnotherRepresentation_IsFetchedWhole()
    {
        using var fixture = new CacheFixture();
        fixture.Origin
            .Then(206, "01234", ("Cache-Control", "max-age=60"), ("ETag", "\"a\""), ("Content-Range", "bytes 0-4/10"))
            .Then(206, "XXXXX", ("Cache-Control", "max-age=60"), ("ETag", "\"b\""), ("Content-Range", "bytes 5-9/10"))
            .Then(200, "sound", ("Cache-Control", "max-age=60"));
        await fixture.GetAsync("http://h/", ("Range", "bytes=0-4"));

        (await fixture.GetAsync()).Body.Should().Be("sound");
        fixture.Origin.Requests[2]["Range"].Should().BeNull();
    }

    [Fact]
    [Trait("Spec", "RNG-13")]
    public async Task Get_RangeOfAStaleResponse_IsValidatedByTagAloneAndCut()
    {
        using var fixture = new CacheFixture();
        fixture.Origin
            .Then(200, Digits, ("Cache-Control", "max-age=1"), ("ETag", "\"a\""), ("Last-Modified", CacheFixture.Date(-3600)))
            .Then(304, null, ("ETag", "\"a\""));
        await fixture.GetAsync();
        fixture.Time.Advance(TimeSpan.FromSeconds(2));

        var seen = await fixture.GetAsync("http://h/", ("Range", "bytes=3-5"));

        fixture.Origin.Requests[1]["If-None-Match"].Should().Be("\"a\"");
        fixture.Origin.Requests[1]["If-Modified-Since"].Should().BeNull();
        fixture.Origin.Requests[1]["Range"].Should().Be("bytes=3-5");
        (seen.Status, seen.Body).Should().Be((206, "345"));
    }

    private static HttpResponseMessage Part(HttpRequestMessage request, string tag)
    {
        var range = request.Headers.Range!.Ranges.Single();
        var (first, last) = ((int)range.From!.Value, (int)range.To!.Value);
        return ScriptedOrigin.Response(
            206, Digits[first..(last + 1)], ("Cache-Control", "max-age=60"), ("ETag", tag), ("Content-Range", $"bytes {first}-{last}/10"));
    }
}
