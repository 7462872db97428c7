using HttpCaching.Control.Keys;
using HttpCaching.Control.Rules;
using HttpCaching.Policy;
using HttpCaching.Tests.Control;
using HttpCaching.Tests.Storage;

namespace HttpCaching.Tests.Issues;

/// <summary>What a caller can say for one request: a lifetime, a rule, a mode that only looks, and a key.</summary>
public sealed class SteeringOneRequest
{
    private const string There = "https://api.example.org/products/1";
    private const string Alike = "https://api.example.org/p?id=1";

    public static TheoryData<string> Stores => SomeStore.AllKinds;

    [Theory]
    [MemberData(nameof(Stores))]
    [Trait("Spec", "RUL-2")]
    public async Task WithFreshness_HoldsForItsRequestAndNoOther(string store)
    {
        using var some = new SomeStore(store);
        using var fixture = new CacheFixture(store: some.Store);
        fixture.Origin.Otherwise = Confirming("max-age=10");

        await fixture.SendAsync(Get(There).WithFreshness(TimeSpan.FromMinutes(5)));
        fixture.Pass(299);
        var seen = await fixture.SendAsync(Get(There).WithFreshness(TimeSpan.FromMinutes(5)));
        (seen.Cache.Hit, seen.Cache.Source, seen.Cache.TimeToLive).Should().Be((true, FreshnessSource.Rule, TimeSpan.FromSeconds(1)));
        (await fixture.GetAsync(There)).Cache.Reason.Should().Be(CacheReason.Validated);
    }

    [Fact]
    [Trait("Spec", "RUL-2")]
    public async Task RequestsRule_GoesOverTheRuleOfTheUri()
    {
        using var fixture = new CacheFixture(options => options.For("https://api.example.org/*", rule =>
            rule.FreshFor(TimeSpan.FromMinutes(1)).StaleIfError(TimeSpan.FromHours(1)).WithTags("all")));
        fixture.Origin.Then(200, "one", ("Cache-Control", "max-age=10")).ThenFails();

        await fixture.SendAsync(Get(There).WithCacheRule(rule => rule.AtMost(TimeSpan.FromSeconds(5)).WithTags("mine")));
        fixture.Pass(6);
        (await fixture.SendAsync(Get(There))).Cache.Hit.Should().BeTrue("the rule of the URI holds for other requests");
        var stale = await fixture.SendAsync(Get(There).WithCacheRule(rule => rule.AtMost(TimeSpan.FromSeconds(5))));
        stale.Cache.Reason.Should().Be(CacheReason.StaleIfError, "the rule of the URI sets what the request's does not name");
        (await fixture.Cache.RemoveByTagAsync("mine")).Should().Be(1);
    }

    [Fact]
    [Trait("Spec", "RUL-2")]
    public async Task RequestsRule_IsHeededInTheBackgroundAndByExplain()
    {
        using var fixture = new CacheFixture();
        fixture.Origin.Always(200, ("Cache-Control", "no-store"));
        HttpRequestMessage Ruled() => Get(There).WithCacheRule(rule => rule.IgnoreNoStore().FreshFor(TimeSpan.FromMinutes(1)).StaleWhileRevalidate(TimeSpan.FromHours(1)));

        await fixture.SendAsync(Ruled());
        fixture.Pass(600);
        (await fixture.Cache.ExplainAsync(Ruled())).Reason.Should().Be(CacheReason.StaleWhileRevalidate);
        (await fixture.SendAsync(Ruled())).Cache.Reason.Should().Be(CacheReason.StaleWhileRevalidate);
        await fixture.Cache.Controller.Background.WhenIdleAsync();
        (await fixture.SendAsync(Ruled())).Cache.Reason.Should().Be(CacheReason.Fresh);
        fixture.Origin.Requests.Should().HaveCount(2);
    }

    [Fact]
    [Trait("Spec", "RUL-2")]
    public void WrongRule_IsRefusedAtTheCall()
    {
        var all = () => Get(There).WithCacheRule(rule => rule.ForMethods("GET").FreshFor(TimeSpan.FromMinutes(-1)).AtLeast(TimeSpan.Zero).IgnoreRequestDirectives("no-cach"));
        all.Should().Throw<ArgumentException>().WithMessage("""
            The rule of the request is for some methods, and it holds for its request alone; remove ForMethods.
            The rule of the request FreshFor is -00:01:00; set it to zero or more, and to TimeSpan.MaxValue for no limit.
            The rule of the request ignores the request directive 'no-cach', which is unknown; use no-cache, no-store, only-if-cached, max-age, max-stale, min-fresh, stale-if-error.
            The rule of the request has FreshFor next to AtLeast, AtMost or FreshByDefault; FreshFor alone decides, so remove the others or it.*
            """);
        var none = () => Get(There).WithCacheRule(_ => { });
        none.Should().Throw<ArgumentException>().WithMessage("The rule of the request sets nothing; say what it changes, or remove it.*");
        var negative = () => Get(There).WithFreshness(TimeSpan.FromTicks(-1));
        negative.Should().Throw<ArgumentException>();
    }

    [Fact]
    [Trait("Spec", "RUL-2")]
    public void RuleUsedAgain_HasItsSettingsMadeOnce_AndManyRulesAreBounded()
    {
        var rules = new RequestRules(PolicySettings.Default);
        PolicySettings SettingsOf(HttpRequestMessage request) => rules.For(PolicySettings.Default, RequestSettings.Of(request).Rule!);
        HttpRequestMessage Ruled() => Get(There).WithCacheRule(rule => rule.FreshFor(TimeSpan.FromMinutes(5)).StoreOnly(200, 404).IgnoreRequestDirectives("no-cache", "max-age").WithTags("a"));

        SettingsOf(Ruled()).Should().BeSameAs(SettingsOf(Ruled()));
        SettingsOf(Ruled()).Should().NotBeSameAs(SettingsOf(Get(There).WithFreshness(TimeSpan.FromMinutes(5))));
        for (var i = 1; i < 2000; i++)
        {
            SettingsOf(Get(There).WithFreshness(TimeSpan.FromHours(i))).Rule!.Lifetime.Should().Be(TimeSpan.FromHours(i));
        }

        rules.Count.Should().BeLessThanOrEqualTo(256);
    }

    [Theory]
    [MemberData(nameof(Stores))]
    [Trait("Spec", "RUL-3")]
    public async Task ReadOnly_LooksAndChangesNothing(string store)
    {
        using var some = new SomeStore(store);
        using var fixture = new CacheFixture(store: some.Store);
        fixture.Origin.Otherwise = Confirming("max-age=10, stale-while-revalidate=1000");
        var before = await fixture.SendAsync(Get(There).WithCache(HttpCacheMode.ReadOnly));
        (before.Cache.Reason, before.Cache.NotStored).Should().Be((CacheReason.Miss, NotStoredReason.ReadOnly));

        await fixture.GetAsync(There);
        (await fixture.SendAsync(Get(There).WithCache(HttpCacheMode.ReadOnly))).Cache.Hit.Should().BeTrue();
        fixture.Pass(20);
        var validated = await fixture.SendAsync(Get(There).WithCache(HttpCacheMode.ReadOnly));
        (validated.Cache.Reason, validated.Cache.NotStored, validated.Body).Should().Be((CacheReason.Validated, NotStoredReason.ReadOnly, before.Body));
        fixture.Origin.Otherwise = _ => ScriptedOrigin.Response(404, "gone");
        (await fixture.SendAsync(Get(There).WithCache(HttpCacheMode.ReadOnly))).Status.Should().Be(404);

        (await fixture.GetAsync(There, ("Cache-Control", "max-stale"))).Body.Should().Be(before.Body, "neither the 304 nor the 404 has changed it");
        (await fixture.SendAsync(Get(There).WithCache(HttpCacheMode.ForceCache))).Cache.Age.Should().Be(TimeSpan.FromSeconds(20));
    }

    [Fact]
    [Trait("Spec", "RUL-3")]
    public async Task ReadOnly_InvalidatesWhatAnUnsafeRequestChanges()
    {
        using var fixture = new CacheFixture();
        fixture.Origin.Always(200, ("Cache-Control", "max-age=100"));
        await fixture.GetAsync(There);

        await fixture.SendAsync(CacheFixture.Request("DELETE", There).WithCache(HttpCacheMode.ReadOnly));
        (await fixture.GetAsync(There)).Cache.Hit.Should().BeFalse();
    }

    [Fact]
    [Trait("Spec", "RUL-3")]
    public async Task ModeOfARule_TellsTheCachesOnTheWay()
    {
        using var fixture = new CacheFixture(options => options.For("https://api.example.org/*", rule => rule.WithMode(HttpCacheMode.NoCache)));
        fixture.Origin.Always(200, ("Cache-Control", "max-age=100"));

        await fixture.GetAsync(There);
        fixture.Origin.Requests[^1]["Cache-Control"].Should().Be("max-age=0", "a request that chooses the mode itself says so too");
    }

    [Theory]
    [MemberData(nameof(Stores))]
    [Trait("Spec", "RUL-4")]
    public async Task WithCacheKey_MakesUrisOneResource(string store)
    {
        using var some = new SomeStore(store);
        using var fixture = new CacheFixture(store: some.Store);
        fixture.Origin.Always(200, ("Cache-Control", "max-age=100"));

        await fixture.SendAsync(Get(There).WithCacheKey("product 1/ü"));
        (await fixture.SendAsync(Get(Alike).WithCacheKey("product 1/ü"))).Cache.Hit.Should().BeTrue();
        (await fixture.SendAsync(Get(Alike).WithCacheKey("product 2"))).Cache.Hit.Should().BeFalse();
        (await fixture.GetAsync(There)).Cache.Hit.Should().BeFalse("without the name it is another key");
        (await fixture.GetAsync("https://api.example.org/")).Cache.Hit.Should().BeFalse();
    }

    [Theory]
    [InlineData("https://other.example.org/products/1", null, null)]
    [InlineData("http://api.example.org/products/1", null, null)]
    [InlineData("https://api.example.org:8443/products/1", null, null)]
    [InlineData(There, "Bearer other", null)]
    [InlineData(There, null, "other tenant")]
    [Trait("Spec", "RUL-4")]
    public async Task WithCacheKey_NeverSharesAcrossOriginsCredentialsAndPartitions(string uri, string? credential, string? partition)
    {
        using var fixture = new CacheFixture();
        fixture.Origin.Always(200, ("Cache-Control", "max-age=100"));
        HttpRequestMessage Named(string target, string? authorization, string? tenant)
        {
            var request = CacheFixture.Request("GET", target).WithCacheKey("one");
            request.Headers.TryAddWithoutValidation("Authorization", authorization ?? "Bearer mine");
            return tenant is null ? request : request.WithCachePartition(tenant);
        }

        await fixture.SendAsync(Named(There, null, null));
        (await fixture.SendAsync(Named(There, null, null))).Cache.Hit.Should().BeTrue();
        (await fixture.SendAsync(Named(uri, credential, partition))).Cache.Hit.Should().BeFalse();
    }

    [Theory]
    [InlineData("PUT", There, null, true)]
    [InlineData("PUT", Alike, null, true)]
    [InlineData("DELETE", "https://api.example.org/by-name", "one", true)]
    [InlineData("PUT", "https://api.example.org/products/2", null, false)]
    [InlineData("PUT", There, "failed", false)]
    [Trait("Spec", "RUL-4")]
    public async Task UnsafeRequest_FindsTheKeysOfReads(string method, string uri, string? name, bool isInvalidated)
    {
        using var fixture = new CacheFixture();
        fixture.Origin.Otherwise = request => ScriptedOrigin.Response(
            request.Method == HttpMethod.Put && name == "failed" ? 400 : 200, "x", ("Cache-Control", "max-age=100"));
        await fixture.SendAsync(Get(There).WithCacheKey("one"));
        await fixture.SendAsync(Get(Alike).WithCacheKey("one"));

        var change = CacheFixture.Request(method, uri);
        await fixture.SendAsync(name == "one" ? change.WithCacheKey(name) : change);
        (await fixture.SendAsync(Get(There).WithCacheKey("one"))).Cache.Hit.Should().Be(!isInvalidated);
    }

    [Fact]
    [Trait("Spec", "RUL-4")]
    public async Task InvalidateByTools_FindsTheKeysOfReads()
    {
        using var fixture = new CacheFixture();
        fixture.Origin.Always(200, ("Cache-Control", "max-age=100"));
        await fixture.SendAsync(Get(There).WithCacheKey("one"));

        await fixture.Cache.InvalidateAsync(new Uri(There));
        (await fixture.SendAsync(Get(There).WithCacheKey("one"))).Cache.Hit.Should().BeFalse();
        (await fixture.Cache.RemoveOriginAsync(new Uri(There))).Should().Be(1);
    }

    [Fact]
    [Trait("Spec", "RUL-4")]
    public void WrongKey_IsRefusedAtTheCall()
    {
        var empty = () => Get(There).WithCacheKey(string.Empty);
        empty.Should().Throw<ArgumentException>();
        var tooLong = () => Get(There).WithCacheKey(new string('x', 513));
        tooLong.Should().Throw<ArgumentException>().WithMessage("The key has 513 characters; use at most 512, such as a hash of the long text.*");
    }

    [Fact]
    [Trait("Spec", "RUL-5")]
    public async Task Heuristic_SeesTheRequestThatTheResponseIsJudgedFor()
    {
        var key = new HttpRequestOptionsKey<int>("seconds");
        var heuristic = new ByOption(key.Key);
        using var fixture = new CacheFixture(options => options.Heuristic = heuristic);
        fixture.Origin.Always(200, ("ETag", "\"1\""));
        HttpRequestMessage For(int seconds)
        {
            var request = Get(There);
            request.Options.Set(key, seconds);
            return request;
        }

        await fixture.SendAsync(For(60));
        fixture.Pass(30);
        (await fixture.SendAsync(For(60))).Cache.Hit.Should().BeTrue();
        (await fixture.SendAsync(For(20))).Cache.Hit.Should().BeFalse("its own option decides");
        (await fixture.SendAsync(For(60))).Cache.Hit.Should().BeTrue();
        (await fixture.GetAsync(There)).Cache.Hit.Should().BeFalse("without the option the response states no lifetime");
        heuristic.Seen.Should().Be(("GET", There));
    }

    [Fact]
    [Trait("Spec", "RUL-5")]
    public async Task Heuristic_ThatDoesNotLookAtTheRequest_IsAskedOnceForAStoredResponse()
    {
        var heuristic = new Counting();
        using var fixture = new CacheFixture(options => options.Heuristic = heuristic);
        fixture.Origin.Always(200, ("ETag", "\"1\""));
        await fixture.GetAsync(There);
        await fixture.GetAsync(There);
        var asked = heuristic.Count;

        for (var i = 0; i < 10; i++)
        {
            var request = Get(There);
            request.Options.Set(new HttpRequestOptionsKey<int>("other"), i);
            (await fixture.SendAsync(request)).Cache.Hit.Should().BeTrue();
        }

        heuristic.Count.Should().Be(asked);
    }

    private static HttpRequestMessage Get(string uri) => CacheFixture.Request("GET", uri);

    private static Func<HttpRequestMessage, HttpResponseMessage> Confirming(string cacheControl) => request => request.Headers.IfNoneMatch.Count > 0
        ? ScriptedOrigin.Response(304, null, ("ETag", "\"1\""))
        : ScriptedOrigin.Response(200, "x", ("Cache-Control", cacheControl), ("ETag", "\"1\""));

    private sealed class ByOption(string name) : IFreshnessHeuristic
    {
        public (string Method, string Uri) Seen { get; private set; }

        public TimeSpan? LifetimeOf(FreshnessFacts facts)
        {
            Seen = (facts.Method, facts.TargetUri);
            return facts.Options.TryGetValue(name, out var seconds) ? TimeSpan.FromSeconds((int)seconds!) : null;
        }
    }

    private sealed class Counting : IFreshnessHeuristic
    {
        public int Count { get; private set; }

        public TimeSpan? LifetimeOf(FreshnessFacts facts)
        {
            Count++;
            return facts.StatusCode == 200 ? TimeSpan.FromMinutes(1) : null;
        }
    }
}
