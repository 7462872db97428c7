using HttpCaching.StoreContract;

namespace HttpCaching.Tests.Control;

/// <summary>What a response to a validation does (RFC 9111 §4.3.3, §4.3.4, §3.2).</summary>
public sealed class ValidationResponseTests
{
    [Theory]
    [InlineData("VLD-1", "evict")]
    [InlineData("VLD-1", "replace")]
    [InlineData("VLD-1", "clear")]
    public async Task Get_StoredResponseGoneWhileValidating_IsStillTheAnswer(string id, string meanwhile)
    {
        using var fixture = new CacheFixture();
        fixture.Origin
            .Then(200, "pinned", ("Cache-Control", "max-age=1"), ("ETag", "\"a\""))
            .ThenAsync(async (_, _) =>
            {
                switch (meanwhile)
                {
                    case "evict":
                        await fixture.Cache.InvalidateAsync(new Uri("http://h/"));
                        break;
                    case "clear":
                        await fixture.Cache.ClearAsync();
                        break;
                    default:
                        fixture.Origin.Then(200, "other", ("Cache-Control", "max-age=1"), ("ETag", "\"b\""));
                        await fixture.SendAsync(CacheFixture.Request("GET", "http://h/").WithCache(HttpCacheMode.Reload));
                        break;
                }

                return ScriptedOrigin.Response(304, null, ("ETag", "\"a\""));
            });
        await fixture.GetAsync();
        fixture.Time.Advance(TimeSpan.FromSeconds(2));

        var seen = await fixture.GetAsync();

        seen.Status.Should().Be(200, id);
        seen.Body.Should().Be("pinned");
    }

    [Fact]
    [Trait("Spec", "VLD-2")]
    public async Task Get_304ForAnotherTag_IsAskedAgainWithoutConditions()
    {
        using var fixture = new CacheFixture();
        fixture.Origin
            .Then(200, "old", ("Cache-Control", "max-age=1"), ("ETag", "\"a\""), ("Last-Modified", CacheFixture.Date(-100)))
            .Then(304, null, ("ETag", "\"b\""))
            .Then(200, "new", ("Cache-Control", "max-age=60"), ("ETag", "\"b\""));
        await fixture.GetAsync();
        fixture.Time.Advance(TimeSpan.FromSeconds(2));

        var seen = await fixture.GetAsync();

        seen.Status.Should().Be(200);
        seen.Body.Should().Be("new");
        fixture.Origin.Requests.Should().HaveCount(3);
        fixture.Origin.Requests[2].Fields.Keys.Should().NotContain(k => k.StartsWith("If-", StringComparison.OrdinalIgnoreCase));
        (await fixture.GetAsync()).Body.Should().Be("new");
    }

    [Fact]
    [Trait("Spec", "VLD-2")]
    public async Task Get_304ToARequestWithoutConditions_IsPassedOnAndNotAskedAgain()
    {
        using var fixture = new CacheFixture();
        fixture.Origin.Otherwise = _ => ScriptedOrigin.Response(304, null);

        (await fixture.GetAsync()).Status.Should().Be(304);

        fixture.Origin.Requests.Should().HaveCount(1);
    }

    [Fact]
    [Trait("Spec", "VLD-3")]
    public async Task Get_304WithStrongTagOfAnother_LeavesTheStoredResponseUnchanged()
    {
        using var fixture = new CacheFixture();
        fixture.Origin
            .Then(200, "old", ("Cache-Control", "max-age=1, stale-if-error=100"), ("ETag", "\"a\""))
            .Then(304, null, ("ETag", "\"b\""), ("X-New", "1"))
            .Then(503, "down")
            .Then(503, "down");
        await fixture.GetAsync();
        fixture.Time.Advance(TimeSpan.FromSeconds(2));
        await fixture.GetAsync();

        var stale = await fixture.GetAsync();

        stale.Body.Should().Be("old");
        stale["X-New"].Should().BeNull();
        stale["ETag"].Should().Be("\"a\"");
    }

    [Theory]
    [InlineData("VLD-3", "\"1\"", "\"1\"", "\"1\"", "old:new new:new")]
    [InlineData("VLD-3", "W/\"1\"", "W/\"1\"", "W/\"1\"", "old: new:new")]
    [InlineData("VLD-3", "\"1\"", "\"2\"", "\"1\"", "old:new new:")]
    public async Task Get_304ForSeveralVariants_UpdatesThoseItSpeaksOf(string id, string oldTag, string newTag, string received, string expected)
    {
        using var fixture = new CacheFixture();
        fixture.Origin
            .Then(200, "old", ("Cache-Control", "max-age=100"), ("Vary", "X-V"), ("ETag", oldTag))
            .Then(200, "new", ("Cache-Control", "max-age=100"), ("Vary", "X-V"), ("ETag", newTag))
            .Then(304, null, ("ETag", received), ("X-Updated", "new"), ("Vary", "X-V"));
        await fixture.GetAsync("http://h/", ("X-V", "old"));
        fixture.Time.Advance(TimeSpan.FromSeconds(5));
        await fixture.GetAsync("http://h/", ("X-V", "new"));
        await fixture.GetAsync("http://h/", ("X-V", "third"));

        var old = await fixture.GetAsync("http://h/", ("X-V", "old"));
        var young = await fixture.GetAsync("http://h/", ("X-V", "new"));

        $"old:{old["X-Updated"]} new:{young["X-Updated"]}".Should().Be(expected, id);
        fixture.Origin.Requests.Should().HaveCount(3);
    }

    [Fact]
    [Trait("Spec", "VLD-4")]
    public async Task Get_304WithoutValidators_FreshensTheOnlyOneAskedAbout()
    {
        using var fixture = new CacheFixture();
        fixture.Origin.Then(200, "x", ("Cache-Control", "max-age=10"), ("Last-Modified", CacheFixture.Date(-100))).Then(304, null);
        await fixture.GetAsync();
        fixture.Time.Advance(TimeSpan.FromSeconds(11));
        await fixture.GetAsync();
        fixture.Time.Advance(TimeSpan.FromSeconds(9));

        (await fixture.GetAsync()).Cache.Hit.Should().BeTrue();
        fixture.Origin.Requests.Should().HaveCount(2);
    }

    /// <summary>What of the stored and received lines of one name stands after a 304.</summary>
    [Theory]
    [InlineData("VLD-5", "X-A", "1", "2", "2")]
    [InlineData("VLD-5", "X-A", "1", null, "1")]
    [InlineData("VLD-5", "X-Content-Foo", "1", "2", "2")]
    [InlineData("VLD-5", "X-A", null, "2", "2")]
    [InlineData("VLD-6", "Content-Length", "1", "0", "1")]
    [InlineData("VLD-6", "Keep-Alive", null, "timeout=5", null)]
    [InlineData("VLD-6", "Proxy-Authenticate", null, "Basic", null)]
    [InlineData("VLD-6", "Content-Digest", "sha-256=:AAAA:", "sha-256=:BBBB:", "sha-256=:AAAA:")]
    [InlineData("VLD-7", "Content-Range", null, "bytes 0-0/1", null)]
    [InlineData("VLD-7", "Content-Type", "text/plain", "text/html", "text/html")]
    [InlineData("VLD-7", "Content-Location", "/a", "/b", "/b")]
    [InlineData("VLD-7", "Content-Encoding", "br", "gzip", "br")]
    [InlineData("VLD-7", "Set-Cookie", "a=1", "a=2", "a=2")]
    [InlineData("VLD-9", "Last-Modified", "Thu, 01 Jan 2026 00:00:00 GMT", "Thu, 01 Jan 2026 01:00:00 GMT", "Thu, 01 Jan 2026 01:00:00 GMT")]
    public async Task Get_304_UpdatesFields(string id, string name, string? stored, string? received, string? expected)
    {
        using var fixture = new CacheFixture();
        fixture.Origin.Then(_ => With(ScriptedOrigin.Response(200, "x", ("Cache-Control", "max-age=10"), ("ETag", "\"a\"")), name, stored));
        fixture.Origin.Then(_ => With(ScriptedOrigin.Response(304, null, ("ETag", "\"a\"")), name, received));
        await fixture.GetAsync();
        fixture.Time.Advance(TimeSpan.FromSeconds(11));

        var validated = await fixture.GetAsync();
        var hit = await fixture.GetAsync();

        validated[name].Should().Be(expected, id);
        hit[name].Should().Be(expected, id);
        hit.Body.Should().Be("x");
        hit.Cache.Hit.Should().BeTrue();
    }

    [Fact]
    [Trait("Spec", "VLD-5")]
    public async Task Get_304_ReplacesAllLinesOfAName()
    {
        using var fixture = new CacheFixture();
        fixture.Origin
            .Then(200, "x", ("Cache-Control", "max-age=10"), ("ETag", "\"a\""), ("X-L", "1"), ("X-L", "2"))
            .Then(304, null, ("X-L", "3"), ("X-L", "4"), ("X-L", "5"));
        await fixture.GetAsync();
        fixture.Time.Advance(TimeSpan.FromSeconds(11));

        (await fixture.GetAsync())["X-L"].Should().Be("3, 4, 5");
    }

    [Fact]
    [Trait("Spec", "VLD-6")]
    public async Task Get_304_LeavesFieldsThatQualifiedDirectivesExclude()
    {
        using var fixture = new CacheFixture();
        fixture.Origin
            .Then(200, "x", ("Cache-Control", "max-age=10, no-cache=\"Set-Cookie\""), ("ETag", "\"a\""))
            .Then(304, null, ("ETag", "\"a\""), ("Set-Cookie", "a=2"));
        await fixture.GetAsync();
        fixture.Time.Advance(TimeSpan.FromSeconds(11));
        await fixture.GetAsync();

        var hit = await fixture.GetAsync();

        hit.Cache.Hit.Should().BeTrue();
        hit["Set-Cookie"].Should().BeNull();
    }

    [Theory]
    [InlineData("VLD-8")]
    [InlineData("VLD-9")]
    public async Task Get_304WithNewExpiresAndNoDate_CountsFromItsReceipt(string id)
    {
        using var fixture = new CacheFixture();
        fixture.Origin
            .Then(200, "x", ("Expires", CacheFixture.Date(10)), ("Date", CacheFixture.Date()), ("ETag", "\"a\""))
            .Then(304, null, ("Expires", CacheFixture.Date(120)));
        await fixture.GetAsync();
        fixture.Time.Advance(TimeSpan.FromSeconds(100));
        await fixture.GetAsync();
        fixture.Time.Advance(TimeSpan.FromSeconds(19));
        var fresh = await fixture.GetAsync();
        fixture.Time.Advance(TimeSpan.FromSeconds(1));
        fixture.Origin.Then(304, null);
        var stale = await fixture.GetAsync();

        fresh.Cache.Hit.Should().BeTrue(id);
        stale.Cache.Hit.Should().BeFalse("the lifetime is 20 s, not 120 s");
    }

    [Fact]
    [Trait("Spec", "VLD-10")]
    public async Task Get_304WithNoStore_IsServedOnceAndForgotten()
    {
        using var fixture = new CacheFixture();
        fixture.Origin
            .Then(200, "x", ("Cache-Control", "max-age=10"), ("ETag", "\"a\""))
            .Then(304, null, ("Cache-Control", "no-store"))
            .Then(200, "new");
        await fixture.GetAsync();
        fixture.Time.Advance(TimeSpan.FromSeconds(11));

        (await fixture.GetAsync()).Body.Should().Be("x");
        (await fixture.GetAsync()).Cache.Forward.Should().Be(ForwardReason.UriMiss);
        fixture.Origin.Requests[2]["If-None-Match"].Should().BeNull();
    }

    [Fact]
    [Trait("Spec", "VLD-10")]
    public async Task Get_304WithAnotherVary_IsFoundByItsNewSelectingFields()
    {
        using var fixture = new CacheFixture();
        fixture.Origin
            .Then(200, "x", ("Cache-Control", "max-age=10"), ("ETag", "\"a\""))
            .Then(304, null, ("Vary", "X-V"), ("Cache-Control", "max-age=10"))
            .Then(200, "y", ("Cache-Control", "max-age=10"), ("Vary", "X-V"));
        await fixture.GetAsync("http://h/", ("X-V", "1"));
        fixture.Time.Advance(TimeSpan.FromSeconds(11));
        await fixture.GetAsync("http://h/", ("X-V", "1"));

        (await fixture.GetAsync("http://h/", ("X-V", "1"))).Cache.Hit.Should().BeTrue();
        (await fixture.GetAsync("http://h/", ("X-V", "2"))).Body.Should().Be("y");
    }

    [Fact]
    [Trait("Spec", "VLD-10")]
    public async Task Get_304ForAnotherVariantNamesANewFieldInVary_MatchesNobodyUnknown()
    {
        using var fixture = new CacheFixture();
        fixture.Origin
            .Then(200, "x", ("Cache-Control", "max-age=60"), ("ETag", "\"a\""), ("Vary", "Accept-Language"))
            .Then(304, null, ("Vary", "Accept-Language, X-V"))
            .Then(200, "y");
        await fixture.GetAsync("http://h/", ("X-V", "1"));
        await fixture.GetAsync("http://h/", ("Accept-Language", "de"));

        // The first request's X-V was not kept, so whether this one has the same can't be told.
        (await fixture.GetAsync("http://h/")).Body.Should().Be("y");
    }

    [Fact]
    [Trait("Spec", "VLD-11")]
    public async Task Get_304_WritesNoBody()
    {
        using var store = new FaultyStore(new MemoryHttpCacheStore());
        using var fixture = new CacheFixture(store: store);
        fixture.Origin.Then(200, new string('x', 1_000_000), ("Cache-Control", "max-age=10"), ("ETag", "\"a\"")).Then(304, null);
        await fixture.GetAsync();
        fixture.Time.Advance(TimeSpan.FromSeconds(11));
        await fixture.GetAsync();

        store.CallsOf(StoreCall.BeginWrite).Should().Be(1);
        (await fixture.GetAsync()).Body.Should().HaveLength(1_000_000);
    }

    [Theory]
    [InlineData("VLD-12", 200, "new")]
    [InlineData("VLD-12", 404, "gone")]
    public async Task Get_FullResponseToValidation_TakesThePlaceOfTheStored(string id, int status, string body)
    {
        using var fixture = new CacheFixture();
        fixture.Origin.Then(200, "old", ("Cache-Control", "max-age=10"), ("ETag", "\"a\"")).Then(status, body, ("Cache-Control", "max-age=10"));
        await fixture.GetAsync();
        fixture.Time.Advance(TimeSpan.FromSeconds(11));

        (await fixture.GetAsync()).Body.Should().Be(body, id);
        var hit = await fixture.GetAsync();

        (hit.Cache.Hit, hit.Body, hit.Status).Should().Be((true, body, status));
    }

    [Fact]
    [Trait("Spec", "VLD-12")]
    public async Task Get_5xxToValidation_IsForwardedAndLeavesTheStored()
    {
        using var fixture = new CacheFixture();
        fixture.Origin.Then(200, "old", ("Cache-Control", "max-age=10"), ("ETag", "\"a\"")).Then(503, "down").Then(304, null);
        await fixture.GetAsync();
        fixture.Time.Advance(TimeSpan.FromSeconds(11));

        (await fixture.GetAsync()).Status.Should().Be(503);
        (await fixture.GetAsync()).Body.Should().Be("old");
        fixture.Origin.Requests[2]["If-None-Match"].Should().Be("\"a\"");
    }

    [Fact]
    [Trait("Spec", "VLD-13")]
    public async Task Get_304FromAnotherUri_DoesNotFreshen()
    {
        using var fixture = new CacheFixture();
        fixture.Origin
            .Then(200, "a", ("Cache-Control", "max-age=10"), ("ETag", "\"a\""))
            .Then(request =>
            {
                // What redirects followed below do to the message.
                request.RequestUri = new Uri("http://h/b");
                return ScriptedOrigin.Response(304, null, ("ETag", "\"a\""));
            })
            .Then(200, "fetched");
        await fixture.GetAsync("http://h/a");
        fixture.Time.Advance(TimeSpan.FromSeconds(11));

        var seen = await fixture.GetAsync("http://h/a");

        seen.Body.Should().Be("fetched");
        fixture.Origin.Requests[2]["If-None-Match"].Should().BeNull();
    }

    private static HttpResponseMessage With(HttpResponseMessage response, string name, string? value)
    {
        if (value is not null && !response.Headers.TryAddWithoutValidation(name, value))
        {
            response.Content.Headers.TryAddWithoutValidation(name, value);
        }

        return response;
    }
}
