using HttpCaching.Tests.Control;
using HttpCaching.Tests.Storage;
using Microsoft.Extensions.Options;

namespace HttpCaching.Tests.Issues;

/// <summary>Rules that say which requests are for one response: the fields of Vary, the query, the key, and cookies.</summary>
public sealed class RulesForKeysAndVariants
{
    private const string All = "https://h.example.org/*";
    private const string There = "https://h.example.org/a";
    private const string Minute = "max-age=60";

    public static TheoryData<string> Stores => SomeStore.AllKinds;

    public static TheoryData<Action<CacheRule>, string> Wrong => new()
    {
        { rule => rule.IgnoreVary("Cookie"), "ignores Cookie in Vary, which would give one user's response to another; remove it, or set SingleUser if the cache has one user." },
        { rule => rule.IgnoreVary("authorization"), "ignores authorization in Vary, which would give one user's response to another; remove it, or set SingleUser if the cache has one user." },
        { rule => rule.IgnoreVary("*"), "names the field '*' of Vary, which is none; use names of request fields." },
        { rule => rule.AddVary("a b"), "names the field 'a b' of Vary, which is none; use names of request fields." },
        { rule => rule.AddVary("Accept").IgnoreVary("accept"), "has accept in IgnoreVary and in AddVary; remove it from one." },
        { rule => rule.IgnoreQuery("a*b"), "ignores the parameter 'a*b'; write a name, with a star at its end for any text." },
        { rule => rule.IgnoreQuery(""), "ignores the parameter ''; write a name, with a star at its end for any text." },
        { rule => rule.IgnoreQuery("access_token"), "ignores the parameter access_token, which would give one user's response to another; remove it." },
        { rule => rule.IgnoreQuery("access%5Ftoken"), "ignores the parameter access%5Ftoken, which would give one user's response to another; remove it." },
        { rule => rule.SetCookie((HttpCacheSetCookie)9), "has SetCookie 9; use one of the values that have names." },
        { rule => rule.Bypass().IgnoreQueryOrder(), "has Bypass next to settings that need the cache; remove Bypass or the others." },
    };

    [Theory]
    [MemberData(nameof(Stores))]
    [Trait("Spec", "RUL-6")]
    public async Task IgnoreVary_TakesRequestsAsTheSame(string store)
    {
        using var some = new SomeStore(store);
        using var fixture = With(rule => rule.IgnoreVary("User-Agent"), store: some.Store);
        fixture.Origin.Always(200, ("Cache-Control", Minute), ("Vary", "Accept-Language, User-Agent"));

        await fixture.GetAsync(There, ("Accept-Language", "de"), ("User-Agent", "one"));
        (await fixture.GetAsync(There, ("Accept-Language", "de"), ("User-Agent", "two"))).Cache.Hit.Should().BeTrue();
        (await fixture.GetAsync(There, ("Accept-Language", "en"), ("User-Agent", "one"))).Cache.Hit.Should().BeFalse("only User-Agent is named");

        using var plain = new CacheFixture(store: some.Store);
        plain.Origin.Always(200, ("Cache-Control", Minute), ("Vary", "Accept-Language, User-Agent"));
        (await plain.GetAsync(There, ("Accept-Language", "de"), ("User-Agent", "two"))).Cache.Hit.Should().BeFalse("each cache judges by its own rules");
        (await plain.GetAsync(There, ("Accept-Language", "de"), ("User-Agent", "one"))).Cache.Hit.Should().BeTrue();
    }

    [Fact]
    [Trait("Spec", "RUL-6")]
    public async Task IgnoreVary_OfCodings_ServesNoneThatTheRequestDoesNotAccept()
    {
        using var fixture = With(rule => rule.IgnoreVary("Accept-Encoding"));
        fixture.Origin.Otherwise = request => request.Headers.AcceptEncoding.Count > 0
            ? ScriptedOrigin.Response(200, "coded", ("Cache-Control", Minute), ("Vary", "Accept-Encoding"), ("Content-Encoding", "gzip"))
            : ScriptedOrigin.Response(200, "plain", ("Cache-Control", Minute), ("Vary", "Accept-Encoding"));

        await fixture.GetAsync(There, ("Accept-Encoding", "gzip"));
        (await fixture.GetAsync(There)).Body.Should().Be("plain");
    }

    [Theory]
    [MemberData(nameof(Stores))]
    [Trait("Spec", "RUL-6")]
    public async Task AddVary_TellsRequestsApart(string store)
    {
        using var some = new SomeStore(store);
        using var plain = new CacheFixture(store: some.Store);
        plain.Origin.Always(200, ("Cache-Control", Minute));
        await plain.GetAsync(There, ("X-Api-Version", "1"));

        using var fixture = With(rule => rule.AddVary("X-Api-Version"), store: some.Store);
        fixture.Origin.Always(200, ("Cache-Control", Minute));
        (await fixture.GetAsync(There, ("X-Api-Version", "1"))).Cache.Hit.Should().BeFalse("it is not noted for which version the stored response is");
        (await fixture.GetAsync(There, ("X-Api-Version", "2"))).Cache.Hit.Should().BeFalse();
        (await fixture.GetAsync(There, ("X-Api-Version", "1"))).Cache.Hit.Should().BeTrue();
        (await fixture.GetAsync(There, ("X-Api-Version", "2"))).Cache.Hit.Should().BeTrue();
        (await fixture.GetAsync(There)).Cache.Hit.Should().BeFalse();
    }

    [Fact]
    [Trait("Spec", "RUL-6")]
    public async Task AddVary_OfAResponseThatWasStoredBefore_HoldsOnceTheOriginHasConfirmedIt()
    {
        var store = new MemoryHttpCacheStore();
        using var plain = new CacheFixture(store: store);
        plain.Origin.Always(200, ("Cache-Control", Minute), ("ETag", "\"1\""));
        await plain.GetAsync(There, ("X-Api-Version", "1"));

        using var fixture = With(rule => rule.AddVary("X-Api-Version"), store: store);
        fixture.Origin.Otherwise = _ => ScriptedOrigin.Response(304, null, ("ETag", "\"1\""));
        (await fixture.GetAsync(There, ("X-Api-Version", "2"))).Cache.Reason.Should().Be(CacheReason.Validated);
        (await fixture.GetAsync(There, ("X-Api-Version", "2"))).Cache.Hit.Should().BeTrue();
        (await fixture.GetAsync(There, ("X-Api-Version", "1"))).Cache.Hit.Should().BeFalse("it was confirmed for the other version alone");
    }

    [Theory]
    [MemberData(nameof(Stores))]
    [Trait("Spec", "RUL-7")]
    public async Task IgnoredQuery_IsOneKeyForReadsAndChanges(string store)
    {
        using var some = new SomeStore(store);
        using var fixture = With(rule => rule.ForMethods("GET").IgnoreQuery("utm_*", "gclid").IgnoreQueryOrder(), store: some.Store);
        fixture.Origin.Always(200, ("Cache-Control", Minute));

        await fixture.GetAsync(There + "?utm_source=x&b=2&a=1&utm_medium=y");
        fixture.Origin.Requests[^1].Uri.Should().Be(There + "?utm_source=x&b=2&a=1&utm_medium=y", "the origin gets the URI as it is");
        foreach (var same in new[] { "?a=1&b=2", "?b=2&a=1&gclid=7", "?gclid=&b=2&utm_=&a=1" })
        {
            (await fixture.GetAsync(There + same)).Cache.Hit.Should().BeTrue(same);
        }

        foreach (var other in new[] { "?a=1&b=3", "?a=1", "", "?a=1&b=2&gclids=1", "?A=1&b=2", "?a=1&b=2&" })
        {
            (await fixture.GetAsync(There + other)).Cache.Hit.Should().BeFalse(other);
        }

        (await fixture.SendAsync("PUT", There + "?b=2&utm_source=z&a=1")).Status.Should().Be(200);
        (await fixture.GetAsync(There + "?a=1&b=2")).Cache.Hit.Should().BeFalse("the change is for the same resource");
        await fixture.Cache.InvalidateAsync(new Uri(There + "?b=2&a=1&gclid=9"));
        (await fixture.GetAsync(There + "?a=1&b=2")).Cache.Hit.Should().BeFalse();
    }

    [Theory]
    [MemberData(nameof(Stores))]
    [Trait("Spec", "RUL-7")]
    public async Task KeyOf_IsOneKeyForReadsAndChanges(string store)
    {
        using var some = new SomeStore(store);
        using var fixture = With(rule => rule.KeyOf(uri => uri.AbsolutePath.StartsWith("/product/", StringComparison.Ordinal) ? uri.AbsolutePath.Replace("/product/", "/p/") : null), store: some.Store);
        fixture.Origin.Always(200, ("Cache-Control", Minute));
        const string Root = "https://h.example.org";

        await fixture.GetAsync(Root + "/product/5?session=1");
        (await fixture.GetAsync(Root + "/product/5?session=2")).Cache.Hit.Should().BeTrue();
        (await fixture.GetAsync(Root + "/p/5")).Cache.Hit.Should().BeTrue();
        (await fixture.GetAsync(Root + "/product/6")).Cache.Hit.Should().BeFalse();
        (await fixture.GetAsync("https://h.example.org:8443/product/5")).Cache.Hit.Should().BeFalse();
        if (store != "distributed")
        {
            (await fixture.Cache.FindAsync(new Uri(Root + "/product/5?session=3"))).Should().ContainSingle();
        }

        await fixture.SendAsync("DELETE", Root + "/product/5");
        (await fixture.GetAsync(Root + "/p/5")).Cache.Hit.Should().BeFalse();
    }

    [Theory]
    [InlineData("https://other.example.org/a")]
    [InlineData("http://h.example.org/a")]
    [InlineData("//other.example.org/a")]
    [InlineData("https://h.example.org:444/a")]
    [InlineData("file:///etc/passwd")]
    [InlineData("throw")]
    [InlineData("long")]
    [Trait("Spec", "RUL-7")]
    public async Task KeyOf_ThatLeavesTheOriginOrThrows_BypassesAndIsLoggedOnce(string result)
    {
        using var fixture = With(rule => rule.KeyOf(_ => result switch
        {
            "throw" => throw new InvalidOperationException("boom"),
            "long" => "/" + new string('x', 9000),
            _ => result,
        }));
        fixture.Origin.Always(200, ("Cache-Control", Minute));

        (await fixture.GetAsync(There)).Cache.Reason.Should().Be(CacheReason.KeyUnavailable);
        (await fixture.GetAsync(There)).Cache.Reason.Should().Be(CacheReason.KeyUnavailable);
        (await fixture.SendAsync("PUT", There)).Status.Should().Be(200);
        fixture.Log.Messages.Should().ContainSingle(message => message.Contains("KeyOf", StringComparison.Ordinal));
    }

    [Fact]
    [Trait("Spec", "RUL-7")]
    public async Task KeyOf_NeverSharesAcrossCredentialsAndPartitions()
    {
        using var fixture = With(rule => rule.KeyOf(_ => "/one"));
        fixture.Origin.Always(200, ("Cache-Control", Minute));
        await fixture.GetAsync(There, ("Authorization", "Bearer alice"));

        (await fixture.GetAsync(There, ("Authorization", "Bearer alice"))).Cache.Hit.Should().BeTrue();
        (await fixture.GetAsync(There, ("Authorization", "Bearer bob"))).Cache.Hit.Should().BeFalse();
        (await fixture.GetAsync(There)).Cache.Hit.Should().BeFalse();
        (await fixture.SendAsync(CacheFixture.Request("GET", There).WithCachePartition("carol"))).Cache.Hit.Should().BeFalse();
    }

    [Fact]
    [Trait("Spec", "RUL-7")]
    public async Task IgnoredQuery_NeverCoversAnAccessTokenByAStar()
    {
        using var fixture = With(rule => rule.IgnoreQuery("*"));
        fixture.Origin.Always(200, ("Cache-Control", Minute));
        await fixture.GetAsync(There + "?v=1&access_token=alice");

        (await fixture.GetAsync(There + "?v=2&access_token=alice")).Cache.Hit.Should().BeTrue();
        (await fixture.GetAsync(There + "?access_token=bob")).Cache.Hit.Should().BeFalse();
    }

    [Theory]
    [InlineData("page[size]", "?page[size]=1", "?page%5Bsize%5D=1")]
    [InlineData("page%5bsize%5D", "?page[size]=1", "?page%5Bsize%5D=1")]
    [InlineData("größe*", "?größe=1", "?gr%c3%b6%C3%9Fe_x")]
    [Trait("Spec", "RUL-7")]
    public async Task IgnoreQuery_NameInEitherSpelling_IsTheSame(string name, string one, string other)
    {
        using var fixture = With(rule => rule.IgnoreQuery(name));
        fixture.Origin.Always(200, ("Cache-Control", Minute));

        await fixture.GetAsync(There);
        (await fixture.GetAsync(There + one)).Cache.Hit.Should().BeTrue();
        (await fixture.GetAsync(There + other)).Cache.Hit.Should().BeTrue();
    }

    [Fact]
    [Trait("Spec", "RUL-7")]
    public async Task RequestsOwnKeyRule_IsFoundByChangesToItsUri()
    {
        using var fixture = new CacheFixture();
        fixture.Origin.Always(200, ("Cache-Control", Minute));
        HttpRequestMessage Ruled(string query) => CacheFixture.Request("GET", There + query).WithCacheRule(rule => rule.IgnoreQuery("v"));
        await fixture.SendAsync(Ruled("?v=1"));
        (await fixture.SendAsync(Ruled("?v=2"))).Cache.Hit.Should().BeTrue();

        await fixture.SendAsync("PUT", There + "?v=2");
        (await fixture.SendAsync(Ruled("?v=1"))).Cache.Hit.Should().BeFalse();
    }

    [Fact]
    [Trait("Spec", "RUL-7")]
    public async Task ConcurrentRequestsOfOneKey_ShareOneExchange()
    {
        using var fixture = With(rule => rule.IgnoreQuery("v"));
        var gate = new TaskCompletionSource<HttpResponseMessage>();
        fixture.Origin.ThenAsync((_, _) => gate.Task);
        var first = fixture.GetAsync(There + "?v=1");
        var second = fixture.GetAsync(There + "?v=2");

        gate.SetResult(ScriptedOrigin.Response(200, "x", ("Cache-Control", Minute)));
        await Task.WhenAll(first, second);
        fixture.Origin.Requests.Should().HaveCount(1);
    }

    [Theory]
    [InlineData(CacheKind.Private, HttpCacheSetCookie.Default, "", true, true)]
    [InlineData(CacheKind.Private, HttpCacheSetCookie.Keep, "", true, true)]
    [InlineData(CacheKind.Private, HttpCacheSetCookie.Remove, "", true, false)]
    [InlineData(CacheKind.Private, HttpCacheSetCookie.DoNotStore, "", false, false)]
    [InlineData(CacheKind.Shared, HttpCacheSetCookie.Default, "", false, false)]
    [InlineData(CacheKind.Shared, HttpCacheSetCookie.Remove, "", true, false)]
    [InlineData(CacheKind.Shared, HttpCacheSetCookie.Remove, "Cookie", false, false)]
    [InlineData(CacheKind.Shared, HttpCacheSetCookie.Remove, "Authorization", false, false)]
    [InlineData(CacheKind.Shared, HttpCacheSetCookie.DoNotStore, "", false, false)]
    [Trait("Spec", "RUL-8")]
    public async Task SetCookie_IsHandledAsTheRuleSays(CacheKind kind, HttpCacheSetCookie handling, string credentials, bool isStored, bool hasCookie)
    {
        using var fixture = With(rule => (handling == HttpCacheSetCookie.Default ? rule.WithTags("x") : rule).SetCookie(handling), options => options.Kind = kind);
        fixture.Origin.Always(200, ("Cache-Control", Minute), ("Set-Cookie", "a=1"));

        var first = await fixture.GetAsync(There, credentials.Length == 0 ? [] : [(credentials, "alice")]);
        first["Set-Cookie"].Should().Be("a=1", "the caller gets what the origin has sent");
        var second = await fixture.GetAsync(There, credentials.Length == 0 ? [] : [(credentials, "alice")]);
        (second.Cache.Hit, second["Set-Cookie"] is not null).Should().Be((isStored, !isStored || hasCookie));
    }

    [Theory]
    [InlineData(HttpCacheSetCookie.Default, false)]
    [InlineData(HttpCacheSetCookie.Keep, true)]
    [InlineData(HttpCacheSetCookie.Remove, true)]
    [Trait("Spec", "RUL-8")]
    public async Task RedirectThatSetsACookie_IsStoredOnlyIfTheRuleSaysWhatToDo(HttpCacheSetCookie handling, bool isStored)
    {
        using var fixture = With(rule => rule.WithTags("x").SetCookie(handling));
        fixture.Origin.Always(301, ("Cache-Control", Minute), ("Set-Cookie", "a=1"), ("Location", "/b"));

        await fixture.GetAsync(There);
        (await fixture.GetAsync(There)).Cache.Hit.Should().Be(isStored);
    }

    [Fact]
    [Trait("Spec", "RUL-8")]
    public async Task CookieOfA304_ReachesItsCallerAlone()
    {
        using var fixture = With(rule => rule.SetCookie(HttpCacheSetCookie.Remove));
        fixture.Origin.Then(200, "x", ("Cache-Control", "max-age=1"), ("ETag", "\"1\"")).Then(304, null, ("Set-Cookie", "a=1"), ("ETag", "\"1\""), ("Cache-Control", Minute));
        await fixture.GetAsync(There);
        fixture.Pass(5);

        (await fixture.GetAsync(There))["Set-Cookie"].Should().Be("a=1");
        var hit = await fixture.GetAsync(There);
        (hit.Cache.Hit, hit["Set-Cookie"]).Should().Be((true, null));
    }

    [Theory]
    [MemberData(nameof(Wrong))]
    [Trait("Spec", "RUL-6")]
    public void RuleThatWouldShareOrMeansNothing_IsRefused(Action<CacheRule> rule, string error)
    {
        var options = new HttpCacheOptions().For(All, rule);
        var start = () => new HttpCache(options: options);
        start.Should().Throw<OptionsValidationException>().Which.Failures.Should().Equal($"Rules[0] ('{All}') {error}");

        var call = () => CacheFixture.Request("GET", There).WithCacheRule(rule);
        call.Should().Throw<ArgumentException>().Which.Message.Should().Contain(error[..20]);
    }

    [Fact]
    [Trait("Spec", "RUL-6")]
    public void RuleThatWouldShare_InASharedCache_IsRefusedAndForOneUserIsNot()
    {
        var shared = () => new HttpCache(options: new HttpCacheOptions { Kind = CacheKind.Shared }.For(All, rule => rule.IgnoreVary("Origin").SetCookie(HttpCacheSetCookie.Keep)));
        shared.Should().Throw<OptionsValidationException>().Which.Failures.Should().Equal(
            $"Rules[0] ('{All}') ignores Origin in Vary, which would give one user's response to another; remove it.",
            $"Rules[0] ('{All}') has SetCookie Keep in a shared cache, which would give one user's cookie to others; use Remove or DoNotStore.");

        using var alone = new HttpCache(options: new HttpCacheOptions { SingleUser = true }.For(All, rule => rule.IgnoreVary("Cookie", "Authorization", "Origin").IgnoreQuery("access_token")));
    }

    [Fact]
    [Trait("Spec", "RUL-6")]
    public async Task RequestsRuleThatWouldShare_IsNotHeededInASharedCache()
    {
        using var fixture = new CacheFixture(options => options.Kind = CacheKind.Shared);
        fixture.Origin.Always(200, ("Cache-Control", Minute), ("Vary", "Origin"), ("Set-Cookie", "a=1"));
        HttpRequestMessage Ruled(string origin)
        {
            var request = CacheFixture.Request("GET", There, ("Origin", origin));
            return request.WithCacheRule(rule => rule.IgnoreVary("Origin").SetCookie(HttpCacheSetCookie.Keep));
        }

        (await fixture.SendAsync(Ruled("https://a"))).Cache.NotStored.Should().Be(NotStoredReason.SetCookie);
        fixture.Origin.Always(200, ("Cache-Control", Minute), ("Vary", "Origin"));
        await fixture.SendAsync(Ruled("https://a"));
        (await fixture.SendAsync(Ruled("https://b"))).Cache.Hit.Should().BeFalse();
    }

    private static CacheFixture With(Action<CacheRule> rule, Action<HttpCacheOptions>? configure = null, IHttpCacheStore? store = null) => new(
        options =>
        {
            configure?.Invoke(options);
            options.For(All, rule);
        },
        store);
}
