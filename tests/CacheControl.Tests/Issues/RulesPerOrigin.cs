using HttpCaching.Tests.Control;
using Microsoft.Extensions.Options;

namespace HttpCaching.Tests.Issues;

/// <summary>Rules of the options for some URIs, over the whole walk: what they set holds there, and nowhere else.</summary>
public sealed class RulesPerOrigin
{
    private const string There = "https://api.example.org/products/1";
    private const string Elsewhere = "https://api.example.org/orders/1";

    [Theory]
    [InlineData("no-store", "MissMiss")]
    [InlineData("no-cache", "MissValidated")]
    [InlineData("max-age=1", "MissHit")]
    [InlineData("", "MissHit")]
    public async Task FreshFor_StatedOtherwise_HoldsThereAndImpliesNothing(string cacheControl, string expected)
    {
        using var fixture = With(rule => rule.FreshFor(TimeSpan.FromMinutes(5)));
        Answers(fixture, cacheControl);

        (await Two(fixture, There, after: 299)).Should().Be(expected);
        (await Two(fixture, Elsewhere, after: 299)).Should().Be(cacheControl == "no-store" ? "MissMiss" : "MissValidated");
    }

    [Fact]
    [Trait("Spec", "RUL-1")]
    public async Task FreshFor_CountsFromReceipt()
    {
        using var fixture = With(rule => rule.FreshFor(TimeSpan.FromMinutes(5)));
        fixture.Origin.Always(200, ("Age", "1000"), ("Cache-Control", "max-age=60"), ("Date", CacheFixture.Date(-90_000)));

        (await Two(fixture, There, after: 299)).Should().Be("MissHit");
        var seen = await fixture.GetAsync(There);
        seen.Cache.Source.Should().Be(FreshnessSource.Rule);
        seen.Cache.TimeToLive.Should().Be(TimeSpan.FromSeconds(1));
        fixture.Pass(1);
        (await fixture.GetAsync(There)).Cache.Hit.Should().BeFalse();
    }

    [Theory]
    [InlineData("mailto:a@b.example")]
    [InlineData("file:///etc/hosts")]
    [InlineData("ws://h/")]
    [InlineData("xy:z")]
    [InlineData("http://[::1]/a")]
    [InlineData("HTTPS://API.example.org:443/products/../products/1#x")]
    public async Task UriThatIsNoTargetUri_BesideRules_GoesOn(string uri)
    {
        var options = new HttpCacheOptions();
        options.For("https://api.example.org/products/*", rule => rule.FreshFor(TimeSpan.FromMinutes(5)));
        using var invoker = new HttpMessageInvoker(new CachingHandler(options) { InnerHandler = new Echo() });

        for (var i = 0; i < 2; i++)
        {
            using var response = await invoker.SendAsync(new HttpRequestMessage(HttpMethod.Get, new Uri(uri)), default);
            response.StatusCode.Should().Be(System.Net.HttpStatusCode.OK);
        }
    }

    private sealed class Echo : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            Task.FromResult(new HttpResponseMessage { RequestMessage = request });
    }

    [Fact]
    public async Task Error_GetsALifetimeOnlyIfItsStatusIsNamed()
    {
        using var fixture = With(rule => rule.FreshFor(TimeSpan.FromMinutes(5)));
        fixture.Origin.Always(404);
        (await Two(fixture, There, after: 1)).Should().Be("MissMiss");

        using var named = With(rule => rule.FreshFor(TimeSpan.FromMinutes(5)).StoreOnly(404));
        named.Origin.Always(404);
        (await Two(named, There, after: 299)).Should().Be("MissHit");
        named.Origin.Always(200, ("Cache-Control", "max-age=60"));
        (await named.GetAsync(There + "?2")).Cache.NotStored.Should().Be(NotStoredReason.StatusFilter);
    }

    [Fact]
    public async Task LegacyServer_IsSteeredAsTheIssueHasIt()
    {
        using var fixture = With(rule => rule.IgnoreNoStore().AtLeast(TimeSpan.FromSeconds(30)).StaleIfError(TimeSpan.FromDays(1)));
        fixture.Origin.Then(200, "one", ("Cache-Control", "no-store"), ("ETag", "\"1\"")).ThenFails();

        await fixture.GetAsync(There);
        fixture.Pass(29);
        (await fixture.GetAsync(There)).Cache.Hit.Should().BeTrue();
        fixture.Pass(3600);
        var stale = await fixture.GetAsync(There);
        (stale.Status, stale.Body, stale.Cache.Reason).Should().Be((200, "one", CacheReason.StaleIfError));
    }

    [Fact]
    public async Task StoredUnderARule_IsValidatedWithoutTheRuleAndGoesIfTheOriginStillForbids()
    {
        var store = new MemoryHttpCacheStore();
        using var ruled = new CacheFixture(options => options.For("https://api.example.org/*", rule => rule.IgnoreNoStore()), store);
        ruled.Origin.Always(200, ("Cache-Control", "no-store, max-age=600"), ("ETag", "\"1\""));
        (await Two(ruled, There, after: 1)).Should().Be("MissHit");

        using var plain = new CacheFixture(store: store);
        plain.Pass(1);
        plain.Origin.Then(304, null, ("ETag", "\"1\""), ("Cache-Control", "no-store")).Then(200, "2", ("Cache-Control", "no-store"));
        (await plain.GetAsync(There)).Cache.Reason.Should().Be(CacheReason.Validated);
        (await plain.GetAsync(There)).Cache.Reason.Should().Be(CacheReason.Miss);
    }

    [Fact]
    [Trait("Spec", "RUL-1")]
    public async Task Bypass_NeitherLooksNorStores()
    {
        using var fixture = With(rule => rule.Bypass());
        Answers(fixture, "max-age=600");

        var seen = await fixture.GetAsync(There);
        (seen.Cache.Reason, seen.Cache.Forward, seen.Cache.NotStored).Should().Be((CacheReason.Rule, ForwardReason.Bypass, NotStoredReason.Bypassed));
        (await fixture.GetAsync(There)).Cache.Hit.Should().BeFalse();
        (await Two(fixture, Elsewhere, after: 1)).Should().Be("MissHit");
        (await fixture.GetAsync(There, ("Cache-Control", "only-if-cached"))).Status.Should().Be(504);
    }

    [Fact]
    public async Task Mode_HoldsUnlessTheRequestChooses()
    {
        using var fixture = With(rule => rule.WithMode(HttpCacheMode.ForceCache));
        Answers(fixture, "max-age=1");

        (await Two(fixture, There, after: 600)).Should().Be("MissHit");
        (await fixture.SendAsync(CacheFixture.Request("GET", There).WithCache(HttpCacheMode.Reload))).Cache.Reason.Should().Be(CacheReason.Reload);
    }

    [Fact]
    public async Task RequestDirectives_AreIgnoredByName()
    {
        using var fixture = With(rule => rule.IgnoreRequestDirectives("no-cache"));
        Answers(fixture, "max-age=600");
        await fixture.GetAsync(There);

        (await fixture.GetAsync(There, ("Cache-Control", "no-cache"))).Cache.Hit.Should().BeTrue();
        (await fixture.GetAsync(There, ("Pragma", "no-cache"))).Cache.Hit.Should().BeTrue();
        (await fixture.GetAsync(There, ("Cache-Control", "max-age=0"))).Cache.Hit.Should().BeFalse("that one is not named");
    }

    [Fact]
    public async Task Methods_LimitTheRule()
    {
        using var fixture = With(rule => rule.ForMethods("HEAD").Bypass());
        Answers(fixture, "max-age=600");

        (await Two(fixture, There, after: 1)).Should().Be("MissHit");
        (await fixture.SendAsync("HEAD", There)).Cache.Reason.Should().Be(CacheReason.Rule);
    }

    [Fact]
    public async Task Tags_AreThoseOfTheRequestAndTheRule()
    {
        using var fixture = With(rule => rule.WithTags("products"));
        Answers(fixture, "max-age=600");
        await fixture.GetAsync(There);
        await fixture.GetAsync(Elsewhere);

        (await fixture.Cache.RemoveByTagAsync("products")).Should().Be(1);
        (await fixture.GetAsync(There)).Cache.Hit.Should().BeFalse();
        (await fixture.GetAsync(Elsewhere)).Cache.Hit.Should().BeTrue();
    }

    [Fact]
    public async Task StaleWhileRevalidate_ValidatesUnderTheRule()
    {
        using var fixture = With(rule => rule.FreshFor(TimeSpan.FromMinutes(1)).StaleWhileRevalidate(TimeSpan.FromHours(1)));
        Answers(fixture, "max-age=1");
        await fixture.GetAsync(There);
        fixture.Pass(600);

        (await fixture.GetAsync(There)).Cache.Reason.Should().Be(CacheReason.StaleWhileRevalidate);
        await fixture.Cache.Controller.Background.WhenIdleAsync();
        fixture.Pass(59);
        (await fixture.GetAsync(There)).Cache.Reason.Should().Be(CacheReason.Fresh);
    }

    [Theory]
    [InlineData("", true)]
    [InlineData("Cookie", false)]
    [InlineData("Authorization", false)]
    public async Task IgnorePrivate_InASharedCache_NeverSharesTheResponseOfAUser(string credentials, bool isStored)
    {
        using var fixture = new CacheFixture(options =>
        {
            options.Kind = CacheKind.Shared;
            options.For("https://api.example.org/*", rule => rule.IgnorePrivate());
        });
        Answers(fixture, "private, max-age=600");

        var seen = await fixture.GetAsync(There, credentials.Length == 0 ? [] : [(credentials, "alice")]);
        seen.Cache.NotStored.Should().Be(isStored ? null : NotStoredReason.Private);
        (await fixture.GetAsync(There)).Cache.Hit.Should().Be(isStored);
    }

    [Fact]
    [Trait("Spec", "RUL-1")]
    public void Wrong_IsAllToldAtOnce()
    {
        var options = new HttpCacheOptions { Kind = CacheKind.Shared };
        options.For("api.example.org/*", rule => rule.FreshFor(TimeSpan.FromSeconds(1)))
            .For("https://api.example.org", rule => rule.FreshFor(TimeSpan.FromSeconds(-1)))
            .For("*://*/*", rule => rule.Bypass())
            .For("https://a.*.org/*", rule => rule.Bypass().FreshFor(TimeSpan.Zero))
            .For("https://h/*#top", rule => { })
            .For("https://h/*", rule => rule.AtLeast(TimeSpan.FromHours(2)).AtMost(TimeSpan.FromHours(1)))
            .For("https://H:443/*", rule => rule.IgnoreRequestDirectives("no-transform").StoreOnly(304).WithTags("group x"));

        var act = () => new HttpCache(options: options);

        var failures = act.Should().Throw<OptionsValidationException>().Which.Failures;
        failures.Should().Contain("Rules[0] ('api.example.org/*') has no scheme; begin with https://, http:// or *://.");
        failures.Should().Contain("Rules[1] ('https://api.example.org') has no path; end with /* for everything there.");
        failures.Should().Contain(f => f.StartsWith("Rules[1] ('https://api.example.org') FreshFor is -00:00:01", StringComparison.Ordinal));
        failures.Should().Contain(f => f.StartsWith("Rules[2]", StringComparison.Ordinal) && f.Contains("is for every URI"));
        failures.Should().Contain(f => f.StartsWith("Rules[3]", StringComparison.Ordinal) && f.Contains("has the host 'a.*.org'"));
        failures.Should().Contain(f => f.StartsWith("Rules[3]", StringComparison.Ordinal) && f.Contains("has Bypass next to"));
        failures.Should().Contain(f => f.StartsWith("Rules[4]", StringComparison.Ordinal) && f.Contains("fragment"));
        failures.Should().Contain(f => f.StartsWith("Rules[4]", StringComparison.Ordinal) && f.Contains("sets nothing"));
        failures.Should().Contain(f => f.StartsWith("Rules[5]", StringComparison.Ordinal) && f.Contains("which no lifetime meets"));
        failures.Should().Contain(f => f.StartsWith("Rules[6]", StringComparison.Ordinal) && f.Contains("has no effect: Rules[5]"));
        failures.Should().HaveCount(13);
    }

    [Theory]
    [InlineData("https://h/a?v=1&w=2", "https://h/a?w=2&v=1")]
    [InlineData("https://h/a*", "https://h/a**")]
    [InlineData("https://h/a?v", "https://h/a?v=*")]
    public void SamePattern_InAnotherSpelling_HasNoEffect(string first, string second)
    {
        var options = new HttpCacheOptions();
        options.For(first, rule => rule.Bypass()).For(second, rule => rule.Bypass());

        Errors(options).Should().Equal($"Rules[1] ('{second}') has no effect: Rules[0] is for the same requests and comes first; put them into one.");
    }

    [Fact]
    public void MethodsThatEarlierRulesHaveBetweenThem_HaveNoEffect()
    {
        var options = new HttpCacheOptions();
        options.For(There, rule => rule.ForMethods("GET").Bypass()).For(There, rule => rule.Bypass()).For(There, rule => rule.ForMethods("head").Bypass())
            .For(There, rule => rule.ForMethods("HEAD", "get").WithTags("x"));

        Errors(options).Should().Equal($"Rules[3] ('{There}') has no effect: Rules[0] and Rules[2] are for the same requests and come first; put them into one.");
    }

    [Fact]
    public async Task Methods_InTheCaseOfTheCaller_AreThoseThatAreSent()
    {
        using var fixture = With(rule => rule.ForMethods("get").Bypass());
        Answers(fixture, "max-age=600");

        (await fixture.GetAsync(There)).Cache.Reason.Should().Be(CacheReason.Rule);
    }

    private static IEnumerable<string> Errors(HttpCacheOptions options) => options.Invoking(o => new HttpCache(options: o)).Should().Throw<OptionsValidationException>().Which.Failures;

    private static CacheFixture With(Action<CacheRule> rule) =>
        new(options => options.For("https://api.example.org/products/*", rule));

    private static void Answers(CacheFixture fixture, string cacheControl) => fixture.Origin.Otherwise = request =>
        request.Headers.IfNoneMatch.Count > 0
            ? ScriptedOrigin.Response(304, null, ("Cache-Control", cacheControl), ("ETag", "\"1\""))
            : ScriptedOrigin.Response(200, "body", ("Cache-Control", cacheControl), ("ETag", "\"1\""));

    private static async Task<string> Two(CacheFixture fixture, string uri, double after)
    {
        var first = await fixture.GetAsync(uri);
        fixture.Pass(after);
        return Word(first) + Word(await fixture.GetAsync(uri));
    }

    private static string Word(Seen seen) => seen.Cache.Hit ? "Hit" : seen.Cache.Reason == CacheReason.Validated ? "Validated" : "Miss";
}
