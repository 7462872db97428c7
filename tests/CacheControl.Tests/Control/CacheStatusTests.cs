using System.Text.RegularExpressions;
using HttpCaching.Model;

namespace HttpCaching.Tests.Control;

/// <summary>The Cache-Status field (RFC 9211).</summary>
public sealed class CacheStatusTests
{
    [Fact]
    [Trait("Spec", "CST-1")]
    [Trait("Spec", "CST-6")]
    public async Task Get_Default_AddsNoField()
    {
        using var fixture = new CacheFixture();
        fixture.Origin.Then(200, "x", ("Cache-Control", "max-age=60"));

        (await fixture.GetAsync())["Cache-Status"].Should().BeNull();
        (await fixture.GetAsync())["Cache-Status"].Should().BeNull();
    }

    [Theory]
    [InlineData("CST-1", "cache", "cache; ")]
    [InlineData("CST-1", "my cache", "\"my cache\"; ")]
    public async Task Get_Enabled_AppendsOneMemberAfterTheUpstreams(string id, string name, string start)
    {
        using var fixture = new CacheFixture(o => o.CacheStatusName = name);
        fixture.Origin.Then(200, "x", ("Cache-Control", "max-age=60"), ("Cache-Status", "upstream; hit"));
        var lines = new List<string[]>();
        for (var i = 0; i < 4; i++)
        {
            using var response = await fixture.Client.GetAsync("http://h/");
            lines.Add([.. response.Headers.NonValidated["Cache-Status"]]);
            await response.Content.ReadAsByteArrayAsync();
        }

        lines.Should().AllSatisfy(l =>
        {
            l.Should().HaveCount(2, id);
            l[0].Should().Be("upstream; hit");
            l[1].Should().StartWith(start.Replace("; ", ";", StringComparison.Ordinal));
        });
    }

    [Fact]
    [Trait("Spec", "CST-7")]
    public async Task Get_ThreeHits_HaveOneOwnMemberEach()
    {
        using var fixture = new CacheFixture(o => o.CacheStatusName = "own");
        fixture.Origin.Then(200, "x", ("Cache-Control", "max-age=60"), ("Cache-Status", "up; fwd=miss, edge; hit"));
        await fixture.GetAsync();
        for (var i = 0; i < 3; i++)
        {
            var field = (await fixture.GetAsync())["Cache-Status"]!;
            Regex.Matches(field, "own").Should().ContainSingle();
            field.Should().StartWith("up; fwd=miss, edge; hit, own");
        }
    }

    [Fact]
    [Trait("Spec", "CST-1")]
    public async Task Get_Local504_HasNoField()
    {
        using var fixture = new CacheFixture(o => o.CacheStatusName = "own");

        var seen = await fixture.GetAsync("http://h/", ("Cache-Control", "only-if-cached"));

        (seen.Status, seen["Cache-Status"]).Should().Be((504, null));
    }

    /// <summary>Something with max-age=60, stale-while-revalidate=60 and tag "a" is stored; what does the second request get?</summary>
    [Theory]
    [InlineData("CST-2", "GET", 10, "", "own;hit;ttl=50;detail=fresh")]
    [InlineData("CST-2", "HEAD", 10, "", "own;hit;ttl=50;detail=fresh")]
    [InlineData("CST-2", "GET", 10, "If-None-Match: \"a\"", "own;hit;ttl=50;detail=fresh")]
    [InlineData("CST-2", "GET", 10, "Range: bytes=0-0", "own;hit;ttl=50;detail=fresh")]
    [InlineData("CST-2", "GET", 70, "", "own;hit;ttl=-10;detail=stale-while-revalidate")]
    [InlineData("CST-3", "GET", 0, "If-Match: \"a\"", "own;fwd=bypass;detail=state-precondition")]
    [InlineData("CST-3", "PUT", 0, "", "own;fwd=method;detail=method")]
    [InlineData("CST-3", "GET", 0, "Cache-Control: no-cache", "own;fwd=request;fwd-status=304;ttl=60;stored;detail=validated")]
    [InlineData("CST-3", "GET", 0, "X-V: other", "own;fwd=vary-miss;fwd-status=304;ttl=60;stored;detail=validated")]
    [InlineData("CST-4", "GET", 200, "", "own;fwd=stale;fwd-status=304;ttl=60;stored;detail=validated")]
    public async Task Get_Second_IsDescribed(string id, string method, int seconds, string line, string expected)
    {
        using var fixture = new CacheFixture(o => o.CacheStatusName = "own");
        fixture.Origin.Then(200, "x", ("Cache-Control", "max-age=60, stale-while-revalidate=60"), ("ETag", "\"a\""), ("Vary", "X-V"));
        fixture.Origin.Otherwise = r => r.Headers.Contains("If-None-Match")
            ? ScriptedOrigin.Response(304, null, ("ETag", "\"a\""), ("Vary", "X-V"))
            : ScriptedOrigin.Response(204, null, ("Cache-Control", "no-store"));
        await fixture.GetAsync();
        fixture.Time.Advance(TimeSpan.FromSeconds(seconds));
        var request = CacheFixture.Request(method, "http://h/", line.Length == 0 ? [] : [(line[..line.IndexOf(':')], line[(line.IndexOf(':') + 2)..])]);

        var seen = await fixture.SendAsync(request);

        Compact(seen["Cache-Status"]).Should().Be(expected, id);
    }

    [Theory]
    [InlineData("CST-3", "max-age=60", "own;fwd=uri-miss;stored;detail=miss")]
    [InlineData("CST-5", "no-store", "own;fwd=uri-miss;detail=\"miss, not stored: no-store\"")]
    public async Task Get_Miss_SaysWhetherItIsStored(string id, string cacheControl, string expected)
    {
        using var fixture = new CacheFixture(o => o.CacheStatusName = "own");
        fixture.Origin.Then(200, "x", ("Cache-Control", cacheControl));

        Compact((await fixture.GetAsync())["Cache-Status"]).Should().Be(expected, id);
    }

    [Fact]
    [Trait("Spec", "CST-3")]
    public async Task Get_WholeOfAStoredPart_IsPartial()
    {
        using var fixture = new CacheFixture(o => o.CacheStatusName = "own");
        fixture.Origin
            .Then(206, "01", ("Cache-Control", "max-age=60"), ("ETag", "\"a\""), ("Content-Range", "bytes 0-1/4"))
            .Then(206, "23", ("Cache-Control", "max-age=60"), ("ETag", "\"a\""), ("Content-Range", "bytes 2-3/4"));
        await fixture.GetAsync("http://h/", ("Range", "bytes=0-1"));

        var seen = await fixture.GetAsync();

        seen.Body.Should().Be("0123");
        Compact(seen["Cache-Status"]).Should().Be("own;fwd=partial;fwd-status=206;stored;detail=incomplete");
    }

    [Theory]
    [InlineData("CST-5", true, null, "c;hit;detail=fresh")]
    [InlineData("CST-5", false, true, "c;fwd=uri-miss;stored;collapsed;detail=miss")]
    [InlineData("CST-5", false, false, "c;fwd=uri-miss;stored;collapsed=?0;detail=miss")]
    public void Format_StoredAndCollapsed_AppearOnlyWithForward(string id, bool hit, bool? collapsed, string expected) =>
        Compact(CacheStatusField.Format(
            "c",
            new CacheStatus
            {
                Hit = hit,
                Forward = hit ? ForwardReason.None : ForwardReason.UriMiss,
                Outcome = new StoringOutcome(null),
                Collapsed = collapsed,
                Reason = hit ? CacheReason.Fresh : CacheReason.Miss,
            },
            null)).Should().Be(expected, id);

    [Theory]
    [InlineData("CST-6", false, null)]
    [InlineData("CST-6", true, "key=\"http://h/a?b\"")]
    public async Task Get_Key_IsShownOnlyWhenAskedFor(string id, bool includes, string? expected)
    {
        using var fixture = new CacheFixture(o =>
        {
            o.CacheStatusName = "own";
            o.Extensions.CacheStatusIncludesKey = includes;
        });
        fixture.Origin.Then(200, "x", ("Cache-Control", "max-age=60"));

        var field = (await fixture.GetAsync("http://h/a?b"))["Cache-Status"]!;

        if (expected is null)
        {
            field.Should().NotContain("key", id);
        }
        else
        {
            field.Should().Contain(expected);
        }
    }

    [Fact]
    public async Task GetCacheStatus_AnyOutcome_HasTheKeyWithoutUserinfoAndFragment()
    {
        using var fixture = new CacheFixture(o => o.Stale.GatewayTimeoutOnFailure = true);
        fixture.Origin
            .Then(200, "x", ("Cache-Control", "max-age=0, stale-if-error=0"), ("ETag", "\"1\""))
            .Then(304, null, ("Cache-Control", "max-age=60"))
            .Then(404, null, ("Cache-Control", "no-store"));
        string?[] keys =
        [
            (await fixture.GetAsync("http://u:p@h/a?b#c")).Cache.Key,
            (await fixture.GetAsync("http://u:p@h/a?b#d")).Cache.Key,
            (await fixture.GetAsync("http://u:p@h/a?b")).Cache.Key,
            (await fixture.GetAsync("http://u:p@h/a?b", ("Cache-Control", "no-cache"))).Cache.Key,
        ];

        keys.Should().AllBe("http://h/a?b");
    }

    private static string? Compact(string? field) => field?.Replace("; ", ";", StringComparison.Ordinal);
}
