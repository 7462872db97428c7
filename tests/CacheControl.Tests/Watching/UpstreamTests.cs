using HttpCaching.Model;
using HttpCaching.Tests.Collapsing;
using HttpCaching.Tests.Control;
using HttpCaching.Tests.Storage.Files;

namespace HttpCaching.Tests.Watching;

[Trait("Spec", "CST-8")]
public sealed class UpstreamTests
{
    private static readonly (string, string) Fresh = ("Cache-Control", "max-age=60");

    [Theory]
    [InlineData("ExampleCache; hit", "ExampleCache hit=True fwd=None status= ttl= stored= collapsed= key= detail=")]
    [InlineData("ExampleCache; hit; ttl=376", "ExampleCache hit=True fwd=None status= ttl=376 stored= collapsed= key= detail=")]
    [InlineData("ExampleCache; fwd=uri-miss; collapsed", "ExampleCache hit=False fwd=UriMiss status= ttl= stored= collapsed=True key= detail=")]
    [InlineData("ExampleCache; fwd=stale; fwd-status=304; collapsed=?0", "ExampleCache hit=False fwd=Stale status=304 ttl= stored= collapsed=False key= detail=")]
    [InlineData("\"CDN Company Here\"; hit; ttl=-30; stored; key=\"/a, \\\"b\\\"\"; detail=OK", "CDN Company Here hit=True fwd=None status= ttl=-30 stored=True collapsed= key=/a, \"b\" detail=OK")]
    [InlineData("a; fwd=bypass; detail=\"no, not here\", b;fwd=vary-miss", "a hit=False fwd=Bypass status= ttl= stored= collapsed= key= detail=no, not here|b hit=False fwd=VaryMiss status= ttl= stored= collapsed= key= detail=")]
    public async Task Members_AreTyped_AsTheRfcShowsThem(string field, string expected)
    {
        using var fixture = new CacheFixture();
        fixture.Origin.Then(200, "a", ("Cache-Status", field));

        Text((await fixture.GetAsync()).Cache).Should().Be(expected);
    }

    [Theory]
    [InlineData("", "")]
    [InlineData(" , ,", "")]
    [InlineData("a b, c", "c")]
    [InlineData("(a b); hit, c", "c")]
    [InlineData("12; hit, ?1, :YQ==:, c", "c")]
    [InlineData("a; hit=, b; =1, c; UP, d", "d")]
    [InlineData("a, \"unclosed, b", "a")]
    [InlineData("a, \"unclosed\\", "a")]
    [InlineData("a;", "")]
    [InlineData("a; hit; unknown=7, b", "a,b")]
    public async Task MalformedMember_IsLeftOut_AndTakesNoOtherWithIt(string field, string names)
    {
        using var fixture = new CacheFixture();
        fixture.Origin.Then(200, "a", ("Cache-Status", field));

        string.Join(',', (await fixture.GetAsync()).Cache.Upstream.Select(member => member.Name)).Should().Be(names);
    }

    [Theory]
    [InlineData("a; hit=1")]
    [InlineData("a; hit=?0")]
    [InlineData("a; fwd=\"miss\"")]
    [InlineData("a; fwd-status=\"304\"")]
    [InlineData("a; fwd-status=7")]
    [InlineData("a; fwd-status=123456789")]
    [InlineData("a; ttl=1.5")]
    [InlineData("a; stored=yes")]
    [InlineData("a; collapsed=1")]
    [InlineData("a; key=token")]
    [InlineData("a; detail=1")]
    public async Task ParameterOfAnotherType_CountsAsMissing(string field)
    {
        using var fixture = new CacheFixture();
        fixture.Origin.Then(200, "a", ("Cache-Status", field));

        Text((await fixture.GetAsync()).Cache).Should().Be("a hit=False fwd=None status= ttl= stored= collapsed= key= detail=");
    }

    [Theory]
    [InlineData("999999999999999")]
    [InlineData("-999999999999999")]
    public async Task LongestTimeToLive_IsTheLongestDuration(string seconds)
    {
        using var fixture = new CacheFixture();
        fixture.Origin.Then(200, "a", ("Cache-Status", $"a; hit; ttl={seconds}"));

        (await fixture.GetAsync()).Cache.Upstream[0].TimeToLive!.Value.Duration().Should().BeGreaterThan(TimeSpan.FromDays(10_000_000));
    }

    [Fact]
    public async Task ForwardReason_ThatIsNotKnown_IsAMiss()
    {
        using var fixture = new CacheFixture();
        fixture.Origin.Then(200, "a", ("Cache-Status", "a; fwd=of-tomorrow"));

        (await fixture.GetAsync()).Cache.Upstream[0].Forward.Should().Be(ForwardReason.Miss);
    }

    [Theory]
    [InlineData("memory")]
    [InlineData("file")]
    [InlineData("sqlite")]
    public async Task Hit_TellsWhatTheStoredResponseCameWith_AndNeverOfThisCache(string kind)
    {
        using var directory = new TemporaryDirectory();
        using var fixture = new CacheFixture(options => options.CacheStatusName = "own", Stores.Open(kind, directory, 10_000_000));
        fixture.Origin.Then(_ =>
        {
            var response = ScriptedOrigin.Response(200, "0123456789", Fresh);
            response.Headers.TryAddWithoutValidation("Cache-Status", "origin; hit; ttl=9");
            response.Headers.TryAddWithoutValidation("Cache-Status", "edge; fwd=miss");
            return response;
        });

        for (var i = 0; i < 3; i++)
        {
            Text((await fixture.GetAsync()).Cache).Should().Be(
                "origin hit=True fwd=None status= ttl=9 stored= collapsed= key= detail=|edge hit=False fwd=Miss status= ttl= stored= collapsed= key= detail=");
        }
    }

    [Fact]
    public async Task Validation_TellsOfTheCachesThatTheStoredResponsePassed_AsUpdated()
    {
        using var fixture = new CacheFixture();
        fixture.Origin.Then(200, "a", Fresh, ("ETag", "\"a\""), ("Cache-Status", "edge; fwd=miss"))
            .Then(304, null, Fresh, ("ETag", "\"a\""), ("Cache-Status", "edge; fwd=stale; fwd-status=304"))
            .Then(304, null, Fresh, ("ETag", "\"a\""));
        await fixture.GetAsync();
        foreach (var _ in new[] { 1, 2 })
        {
            fixture.Pass(61);
            var seen = await fixture.GetAsync();
            Text(seen.Cache).Should().Be("edge hit=False fwd=Stale status=304 ttl= stored= collapsed= key= detail=");
            seen["Cache-Status"].Should().Be("edge; fwd=stale; fwd-status=304", "the typed list is the field that the caller sees");
        }
    }

    [Fact]
    public async Task Follower_IsToldToo()
    {
        using var fixture = new CollapseFixture();

        var responses = fixture.GetMany(2);
        (await fixture.Origin.NextAsync()).Answer(200, "body", Fresh, ("Cache-Status", "edge; hit"));

        foreach (var response in await Task.WhenAll(responses))
        {
            response.GetCacheStatus()!.Upstream.Should().ContainSingle().Which.Hit.Should().BeTrue();
        }
    }

    [Fact]
    public async Task ResponseOfTheCachesOwn_AndOneWithoutTheField_HaveNone()
    {
        using var fixture = new CacheFixture(options => options.CacheStatusName = "own");
        fixture.Origin.Then(200, "a");

        (await fixture.GetAsync("http://h/", ("Cache-Control", "only-if-cached"))).Cache.Upstream.Should().BeEmpty();
        (await fixture.GetAsync()).Cache.Upstream.Should().BeEmpty();
    }

    [Fact]
    public void ManyMembers_AreBoundedAndParsedOnce()
    {
        var caches = UpstreamCaches.Of([string.Concat(Enumerable.Repeat("a; hit,", 100_000)), new string('"', 1_000_001)])!;

        caches.Members.Should().HaveCount(UpstreamCaches.MaximumMembers).And.BeSameAs(caches.Members);
        UpstreamCaches.Of([string.Concat(Enumerable.Repeat("a b,", 100_000))])!.Members.Should().BeEmpty();
    }

    private static string Text(CacheStatus status) => string.Join('|', status.Upstream.Select(member =>
        $"{member.Name} hit={member.Hit} fwd={member.Forward} status={member.ForwardStatus} ttl={member.TimeToLive?.TotalSeconds} stored={member.Stored} collapsed={member.Collapsed} key={member.Key} detail={member.Detail}"));
}
