namespace HttpCaching.Tests.Control;

/// <summary>Targeted fields (RFC 9213) and cache groups (RFC 9875).</summary>
public sealed class TargetedAndGroupTests
{
    /// <summary>A shared cache that heeds CDN-Cache-Control and then My-Cache-Control: is the response reused after ten seconds?</summary>
    [Theory]
    [InlineData("TGT-2", "CDN-Cache-Control: max-age=60", "Cache-Control: max-age=1", true)]
    [InlineData("TGT-2", "CDN-Cache-Control: max-age=1", "Cache-Control: max-age=60", false)]
    [InlineData("TGT-2", "CDN-Cache-Control: max-age=60", "Cache-Control: no-store", true)]
    [InlineData("TGT-2", "CDN-Cache-Control: no-store", "Cache-Control: max-age=60", false)]
    [InlineData("TGT-2", "CDN-Cache-Control: max-age=60", "Expires: Thu, 01 Jan 2026 12:00:00 GMT", true)]
    [InlineData("TGT-2", "My-Cache-Control: max-age=1", "CDN-Cache-Control: max-age=60", true)]
    [InlineData("TGT-2", "CDN-Cache-Control:", "Cache-Control: max-age=60", true)]
    [InlineData("TGT-3", "CDN-Cache-Control: max-age=10000, &&&&&", "Cache-Control: max-age=1", false)]
    [InlineData("TGT-3", "CDN-Cache-Control: max-age=10000, &&&&&", "My-Cache-Control: max-age=60", true)]
    [InlineData("TGT-3", "CDN-Cache-Control: MAX-AGE=60", "Cache-Control: max-age=1", false)]
    [InlineData("TGT-4", "CDN-Cache-Control: max-age=60, no-cache", "Cache-Control: max-age=60", false)]
    [InlineData("TGT-4", "CDN-Cache-Control: max-age=60, private", "Cache-Control: max-age=60", false)]
    [InlineData("TGT-4", "CDN-Cache-Control: max-age=\"60\"", "Cache-Control: max-age=1", false)]
    [InlineData("TGT-4", "CDN-Cache-Control: max-age=60.5", "Cache-Control: max-age=1", false)]
    [InlineData("TGT-4", "CDN-Cache-Control: max-age=60;x=1", "Cache-Control: max-age=1", true)]
    [InlineData("TGT-5", "Foo-Cache-Control: no-store", "Cache-Control: max-age=60", true)]
    [InlineData("TGT-5", "Foo-Cache-Control: max-age=60", "Cache-Control: max-age=1", false)]
    public async Task Get_SharedCacheWithTargets_HeedsTheFirstValidOne(string id, string first, string second, bool isReused)
    {
        using var fixture = new CacheFixture(Shared);
        (string, string)[] fields = [Field(first), Field(second)];
        fixture.Origin.Otherwise = _ => ScriptedOrigin.Response(200, "x", fields);
        await fixture.GetAsync();
        fixture.Time.Advance(TimeSpan.FromSeconds(10));

        var second_ = await fixture.GetAsync();

        second_.Cache.Hit.Should().Be(isReused, id);
        foreach (var (name, value) in fields)
        {
            second_[name].Should().Be(value, "all fields go to the caller");
        }
    }

    [Theory]
    [InlineData("TGT-4", "must-revalidate", 503)]
    [InlineData("TGT-4", "stale-if-error=60", 200)]
    public async Task Get_StaleUnderATarget_IsJudgedByIt(string id, string directive, int status)
    {
        using var fixture = new CacheFixture(Shared);
        fixture.Origin
            .Then(200, "x", ("CDN-Cache-Control", $"max-age=1, stale-if-error=60, {directive}"), ("Cache-Control", "max-age=1"))
            .Then(503, "down");
        await fixture.GetAsync();
        fixture.Time.Advance(TimeSpan.FromSeconds(10));

        (await fixture.GetAsync()).Status.Should().Be(status, id);
    }

    [Fact]
    [Trait("Spec", "TGT-1")]
    public async Task Get_PrivateCache_IgnoresCdnCacheControl()
    {
        using var fixture = new CacheFixture();
        fixture.Origin.Then(200, "x", ("CDN-Cache-Control", "no-store"), ("Cache-Control", "max-age=60"));
        await fixture.GetAsync();

        (await fixture.GetAsync()).Cache.Hit.Should().BeTrue();
        new HttpCacheOptions().Extensions.TargetedFields.Should().BeEmpty();
    }

    [Theory]
    [InlineData("GRP-1", "\"g1\"", "\"g1\"", true)]
    [InlineData("GRP-1", "\"g1\";p=1, \"g2\"", "\"g2\";q", true)]
    [InlineData("GRP-1", "\"g1\"", "\"G1\"", false)]
    [InlineData("GRP-1", "\"g1\", token", "\"g1\"", false)]
    [InlineData("GRP-1", "\"g1\"", "\"g1\", 1", false)]
    [InlineData("GRP-1", "g1", "g1", false)]
    public async Task Post_InvalidatesAGroup_RemovesItsMembers(string id, string groups, string invalidated, bool isGone)
    {
        using var fixture = new CacheFixture();
        fixture.Origin
            .Then(200, "member", ("Cache-Control", "max-age=60"), ("Cache-Groups", groups))
            .Then(200, "post", ("Cache-Group-Invalidation", invalidated))
            .Then(200, "new");
        await fixture.GetAsync("http://h/member");
        await fixture.SendAsync(CacheFixture.Request("POST", "http://h/elsewhere"));

        (await fixture.GetAsync("http://h/member")).Cache.Hit.Should().Be(!isGone, id);
    }

    [Fact]
    [Trait("Spec", "GRP-1")]
    public async Task Post_ThirtyTwoGroupsOf32Characters_AreAllKept()
    {
        var names = Enumerable.Range(0, 32).Select(i => $"\"{i:D2}{new string('x', 30)}\"").ToArray();
        using var fixture = new CacheFixture();
        fixture.Origin
            .Then(200, "member", ("Cache-Control", "max-age=60"), ("Cache-Groups", string.Join(", ", names)))
            .Then(200, "post", ("Cache-Group-Invalidation", names[31]))
            .Then(200, "new");
        await fixture.GetAsync("http://h/member");
        await fixture.SendAsync(CacheFixture.Request("POST", "http://h/elsewhere"));

        (await fixture.GetAsync("http://h/member")).Body.Should().Be("new");
    }

    [Theory]
    [InlineData("GRP-2", "http://other/x")]
    [InlineData("GRP-2", "https://h/x")]
    public async Task Post_OnAnotherOrigin_LeavesTheGroup(string id, string uri)
    {
        using var fixture = new CacheFixture();
        fixture.Origin
            .Then(200, "member", ("Cache-Control", "max-age=60"), ("Cache-Groups", "\"g\""))
            .Then(200, "post", ("Cache-Group-Invalidation", "\"g\""));
        await fixture.GetAsync("http://h/member");
        await fixture.SendAsync(CacheFixture.Request("POST", uri));

        (await fixture.GetAsync("http://h/member")).Cache.Hit.Should().BeTrue(id);
    }

    [Theory]
    [InlineData("GRP-2", "old", false)]
    [InlineData("GRP-2", "new", true)]
    public async Task Get_304ChangesTheGroup_IsFoundByTheNewOneOnly(string id, string group, bool isGone)
    {
        using var fixture = new CacheFixture();
        fixture.Origin
            .Then(200, "member", ("Cache-Control", "max-age=60"), ("ETag", "\"a\""), ("Cache-Groups", "\"old\""))
            .Then(304, null, ("Cache-Groups", "\"new\""))
            .Then(200, "post", ("Cache-Group-Invalidation", $"\"{group}\""))
            .Then(200, "fetched");
        await fixture.GetAsync("http://h/member");
        fixture.Time.Advance(TimeSpan.FromSeconds(61));
        await fixture.GetAsync("http://h/member");
        await fixture.SendAsync(CacheFixture.Request("POST", "http://h/elsewhere"));

        (await fixture.GetAsync("http://h/member")).Cache.Hit.Should().Be(!isGone, id);
    }

    [Theory]
    [InlineData(false, "PUT", 204, "a")]
    [InlineData(true, "PUT", 204, "a", "b")]
    [InlineData(true, "PUT", 500)]
    [InlineData(true, "OPTIONS", 204)]
    [InlineData(true, "PUT", null, "a", "b")]
    [Trait("Spec", "GRP-3")]
    public async Task Send_MatesInvalidated_TakesThemAlongAndDoesNotCascade(bool isOn, string method, int? status, params string[] gone)
    {
        using var fixture = Grouped(o => o.Extensions.InvalidateGroupMates = isOn, status);
        foreach (var path in new[] { "a", "b", "c" })
        {
            await fixture.GetAsync("http://h/" + path);
        }

        var send = () => fixture.SendAsync(CacheFixture.Request(method, "http://h/a"));
        if (status is null)
        {
            await send.Should().ThrowAsync<HttpRequestException>();
        }
        else
        {
            await send();
        }

        foreach (var path in new[] { "a", "b", "c" })
        {
            (await fixture.GetAsync("http://h/" + path)).Cache.Hit.Should().Be(!gone.Contains(path), path);
        }
    }

    [Fact]
    [Trait("Spec", "GRP-3")]
    public async Task Post_NamesAnotherUri_TakesThatOnesMatesAlong()
    {
        using var fixture = Grouped(o => o.Extensions.InvalidateGroupMates = true, 201, ("Location", "/b"));
        await fixture.GetAsync("http://h/b");
        await fixture.GetAsync("http://h/c");
        await fixture.SendAsync(CacheFixture.Request("POST", "http://h/elsewhere"));

        (await fixture.GetAsync("http://h/c")).Cache.Hit.Should().BeFalse("c is in a group with b, which is what the POST has made");
    }

    [Fact]
    [Trait("Spec", "GRP-3")]
    public async Task Put_MatesInvalidated_LeavesApplicationTagsAndOtherOrigins()
    {
        using var fixture = Grouped(o => o.Extensions.InvalidateGroupMates = true, 204);
        await fixture.SendAsync(CacheFixture.Request("GET", "http://h/a").WithCacheTags("own"));
        await fixture.SendAsync(CacheFixture.Request("GET", "http://h/c").WithCacheTags("own"));
        await fixture.GetAsync("http://other/b");
        await fixture.SendAsync(CacheFixture.Request("PUT", "http://h/a"));

        (await fixture.GetAsync("http://h/c")).Cache.Hit.Should().BeTrue("tags of the application are no groups");
        (await fixture.GetAsync("http://other/b")).Cache.Hit.Should().BeTrue("groups end with the origin");
    }

    [Theory]
    [InlineData("GRP-4", "GET", 200, false)]
    [InlineData("GRP-4", "POST", 200, true)]
    [InlineData("GRP-4", "POST", 303, true)]
    [InlineData("GRP-4", "POST", 404, false)]
    [InlineData("GRP-4", "POST", 500, false)]
    public async Task Send_GroupInvalidation_CountsOnSuccessOfUnsafeMethods(string id, string method, int status, bool isGone)
    {
        using var fixture = new CacheFixture();
        fixture.Origin
            .Then(200, "member", ("Cache-Control", "max-age=60"), ("Cache-Groups", "\"g\""))
            .Then(status, "x", ("Cache-Group-Invalidation", "\"g\""))
            .Then(200, "new");
        await fixture.GetAsync("http://h/member");
        await fixture.SendAsync(CacheFixture.Request(method, "http://h/elsewhere"));

        (await fixture.GetAsync("http://h/member")).Cache.Hit.Should().Be(!isGone, id);
    }

    /// <summary>An origin with /a and /b in one group and /b and /c in another, that answers what is not a GET as told, or not at all.</summary>
    private static CacheFixture Grouped(Action<HttpCacheOptions> configure, int? status, params (string Name, string Value)[] fields)
    {
        var fixture = new CacheFixture(configure);
        fixture.Origin.Otherwise = r => r.Method != HttpMethod.Get
            ? status is { } code ? ScriptedOrigin.Response(code, null, fields) : throw new HttpRequestException(HttpRequestError.ResponseEnded)
            : ScriptedOrigin.Response(200, "x", ("Cache-Control", "max-age=60"), ("Cache-Groups", r.RequestUri!.AbsolutePath switch
            {
                "/a" => "\"g1\"",
                "/b" => "\"g1\", \"g2\"",
                _ => "\"g2\"",
            }));
        return fixture;
    }

    private static void Shared(HttpCacheOptions options)
    {
        options.Kind = CacheKind.Shared;
        options.Extensions.TargetedFields.Add("CDN-Cache-Control");
        options.Extensions.TargetedFields.Add("My-Cache-Control");
    }

    private static (string Name, string Value) Field(string line) => (line[..line.IndexOf(':')], line[(line.IndexOf(':') + 1)..].Trim());
}
