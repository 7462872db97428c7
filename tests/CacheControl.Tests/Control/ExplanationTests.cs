using HttpCaching.Tests.Storage;

namespace HttpCaching.Tests.Control;

/// <summary>What the cache says of a request before it is sent.</summary>
public sealed class ExplanationTests : IDisposable
{
    private readonly CacheFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Fact]
    [Trait("Spec", "XPL-1")]
    public async Task Explain_NothingStored_SaysForwardAndAsksNobody()
    {
        var explained = await ExplainAsync();

        explained.Action.Should().Be(CacheAction.Forward);
        explained.Reason.Should().Be(CacheReason.Miss);
        explained.Section.Should().Be("RFC 9111 §4, §4.1");
        explained.Candidates.Should().BeEmpty();
        explained.Lifetime.Should().BeNull();
        explained.Remedy.Should().Contain("stored");
        _fixture.Hits().Should().Be(0);
    }

    [Fact]
    public async Task Explain_FreshResponse_HasLifetimeAndAgeWithTheirParts()
    {
        _fixture.Origin.Always(200, ("Cache-Control", "max-age=60"), ("ETag", "\"a\""), ("Date", CacheFixture.Date(-3)), ("Age", "5"));
        await _fixture.GetAsync();
        _fixture.Pass(2);

        var explained = await ExplainAsync();

        explained.Action.Should().Be(CacheAction.Serve);
        explained.Remedy.Should().BeNull();
        explained.Lifetime.Should().Be(new LifetimeExplanation(TimeSpan.FromSeconds(60), FreshnessSource.MaxAge, "max-age=60"));
        explained.Age.Should().Be(new AgeExplanation
        {
            AgeValue = TimeSpan.FromSeconds(5),
            ApparentAge = TimeSpan.FromSeconds(3),
            ResponseDelay = TimeSpan.Zero,
            CorrectedInitialAge = TimeSpan.FromSeconds(5),
            ResidentTime = TimeSpan.FromSeconds(2),
            CurrentAge = TimeSpan.FromSeconds(7),
        });
        explained.ToString().Should().Be("""
            GET http://h/
            hit: fresh for 53 s more (max-age=60), age 7 s
            rule: Fresh. The stored response is fresh (RFC 9111 §4.2).
            lifetime: 60 s (max-age=60)
            age: 7 s (5 s on receipt: Date gives 3 s, Age 5 s, delay 0 s; 2 s since receipt)
            stored: GET 200, 1 bytes, received 2026-01-01 12:00:00Z: selected
            """.ReplaceLineEndings("\n"));
    }

    [Theory]
    [InlineData("Cache-Control", "max-age=0", FreshnessSource.MaxAge, "max-age=0")]
    [InlineData("Expires", "Thu, 01 Jan 2026 12:00:00 GMT", FreshnessSource.Expires, "Expires - Date = 0 s; a date that can't be read is past")]
    [InlineData("Cache-Control", "max-age=\"60", FreshnessSource.Malformed, "a directive can't be read, so it is stale from the beginning")]
    [InlineData("Last-Modified", "Thu, 01 Jan 2026 11:00:00 GMT", FreshnessSource.Heuristic, "10 % of Date - Last-Modified (3600 s), 86400 s at most")]
    public async Task Explain_Lifetime_SaysHowItComesAbout(string name, string value, FreshnessSource source, string arithmetic)
    {
        _fixture.Origin.Always(200, (name, value), ("ETag", "\"a\""));
        await _fixture.GetAsync();

        var lifetime = (await ExplainAsync()).Lifetime!;

        lifetime.Source.Should().Be(source);
        lifetime.Arithmetic.Should().Be(arithmetic);
    }

    [Fact]
    public async Task Explain_OtherVariant_NamesTheFieldThatDiffersOfEachStoredResponse()
    {
        _fixture.Origin.Always(200, ("Cache-Control", "max-age=60"), ("Vary", "Accept, Accept-Language"));
        await _fixture.GetAsync(fields: [("Accept", "text/html"), ("Accept-Language", "de")]);
        await _fixture.GetAsync(fields: [("Accept", "text/plain"), ("Accept-Language", "en")]);

        var explained = await ExplainAsync(("Accept", "text/html"), ("Accept-Language", "en"));

        explained.Expected.VariedField.Should().NotBeNull();
        explained.Expected.Forward.Should().Be(ForwardReason.VaryMiss);
        explained.Candidates.Select(candidate => (candidate.Mismatch, candidate.MismatchedField)).Should().BeEquivalentTo(
            [(CandidateMismatch.Vary, "Accept"), (CandidateMismatch.Vary, "Accept-Language")]);
        explained.ToString().Should().Contain("Accept-Language differs");
    }

    [Fact]
    public async Task Explain_Expired_SaysWhatLifetimeWouldHaveSufficed()
    {
        _fixture.Origin.Always(200, ("Cache-Control", "max-age=60"), ("ETag", "\"a\""));
        await _fixture.GetAsync();
        _fixture.Pass(90);

        var explained = await ExplainAsync();

        explained.Action.Should().Be(CacheAction.Validate);
        explained.Remedy.Should().Contain("Its age is 90 s");
    }

    [Theory]
    [InlineData("Authorization", "Bearer very-secret")]
    [InlineData("Authorization", "Basic dXNlcjpwYXNz")]
    public async Task Explain_Credentials_LabelsThePartitionAndRevealsNothing(string name, string value)
    {
        var explained = await ExplainAsync((name, value));

        explained.Partition.Should().MatchRegex("^[0-9a-f]{12}$");
        explained.ToString().Should().NotContain(value.Split(' ')[1]);
        (await ExplainAsync((name, value))).Partition.Should().Be(explained.Partition);
        (await ExplainAsync((name, value + "x"))).Partition.Should().NotBe(explained.Partition);
        (await ExplainAsync()).Partition.Should().BeNull();
    }

    [Fact]
    public async Task Explain_OriginThatAskedToWait_IsRefused()
    {
        using var fixture = new CacheFixture(options => options.HonorRetryAfter = true);
        fixture.Origin.Always(503, ("Retry-After", "60"));
        await fixture.GetAsync();

        var explained = await fixture.Cache.ExplainAsync(CacheFixture.Request("GET", Walks.Uri));

        explained.Action.Should().Be(CacheAction.Refuse);
        explained.Reason.Should().Be(CacheReason.RetryAfter);
        (await fixture.GetAsync()).Cache.Reason.Should().Be(CacheReason.RetryAfter);
    }

    [Theory]
    [InlineData("GET", 200, "max-age=60", null)]
    [InlineData("GET", 200, "no-store", NotStoredReason.NoStore)]
    [InlineData("GET", 200, "x", NotStoredReason.NoLifetimeNorValidator)]
    [InlineData("GET", 304, "max-age=60", NotStoredReason.Status)]
    [InlineData("DELETE", 200, "max-age=60", NotStoredReason.Method)]
    public async Task Explain_Exchange_IsAsTheWalkJudges(string method, int status, string cacheControl, NotStoredReason? reason)
    {
        var answer = ScriptedOrigin.Response(status, "a", ("Cache-Control", cacheControl));

        var explained = _fixture.Cache.Explain(CacheFixture.Request(method, Walks.Uri), answer);

        explained.NotStored.Should().Be(reason);
        explained.ToString().Should().StartWith(reason is null ? "stored\nlifetime: 60 s (max-age=60)" : "not stored: ");
        explained.Findings.Should().Contain(finding => finding.Id == HeaderFinding.NoDate);
        _fixture.Origin.Then(_ => answer);
        (await _fixture.SendAsync(CacheFixture.Request(method, Walks.Uri))).Cache.NotStored.Should().Be(reason);
    }

    [Theory]
    [InlineData("GET", true)]
    [InlineData("POST", false)]
    public void Explain_ResponseWithoutLifetimeAndValidator_LacksThemIfItsMethodIsStored(string method, bool lacks)
    {
        var explained = _fixture.Cache.Explain(CacheFixture.Request(method, Walks.Uri), ScriptedOrigin.Response(200, "a"));

        explained.Findings.Select(finding => finding.Id).Should().BeEquivalentTo(
            lacks ? [HeaderFinding.NoLifetime, HeaderFinding.NoDate, HeaderFinding.NoValidator] : new[] { HeaderFinding.NoDate });
    }

    [Fact]
    public async Task Explain_UriThatIsNotHttp_Throws()
    {
        var explain = () => _fixture.Cache.ExplainAsync(new HttpRequestMessage(HttpMethod.Get, "ftp://h/"));

        await explain.Should().ThrowAsync<ArgumentException>();
    }

    [Theory]
    [MemberData(nameof(SomeStore.AllKinds), MemberType = typeof(SomeStore))]
    public async Task Explain_EachStore_OnlyLooks(string kind)
    {
        using var some = new SomeStore(kind);
        var store = new LookedAtStore(some.Store);
        using var fixture = new CacheFixture(store: store);
        fixture.Origin.Always(200, ("Cache-Control", "max-age=60"));
        await fixture.GetAsync();
        store.Calls.Clear();

        var explained = await fixture.Cache.ExplainAsync(CacheFixture.Request("GET", Walks.Uri));

        explained.Action.Should().Be(CacheAction.Serve);
        store.Calls.Should().Equal("peek");
        fixture.Pass(60);
        (await fixture.Cache.ExplainAsync(CacheFixture.Request("GET", Walks.Uri))).Reason.Should().Be(CacheReason.Expired);
        fixture.Hits().Should().Be(1);
    }

    [Fact]
    public async Task Peek_Memory_LetsAResponseGoThatWasOnlyLookedAt()
    {
        using var store = new MemoryHttpCacheStore(new MemoryHttpCacheStoreOptions { MaximumBytes = 1_000_000 });
        using var fixture = new CacheFixture(store: store);
        var body = new string('x', 10_000);
        fixture.Origin.Otherwise = _ => ScriptedOrigin.Response(200, body, ("Cache-Control", "max-age=60"));
        await fixture.GetAsync("http://h/used");
        await fixture.GetAsync("http://h/looked-at");
        for (var i = 0; i < 150; i++)
        {
            await fixture.GetAsync("http://h/used");
            await fixture.Cache.ExplainAsync(CacheFixture.Request("GET", "http://h/looked-at"));
            await fixture.GetAsync("http://h/" + i);
        }

        (await fixture.Cache.ExplainAsync(CacheFixture.Request("GET", "http://h/used"))).Action.Should().Be(CacheAction.Serve);
        (await fixture.Cache.ExplainAsync(CacheFixture.Request("GET", "http://h/looked-at"))).Action.Should().Be(CacheAction.Forward);
    }

    [Fact]
    public async Task Tools_OpenAndMark_CountNoUse()
    {
        using var store = new MemoryHttpCacheStore();
        var seen = new ListedStore(store);
        using var fixture = new CacheFixture(store: seen);
        fixture.Origin.Otherwise = _ => ScriptedOrigin.Response(200, "x", ("Cache-Control", "max-age=60"));
        await fixture.GetAsync("http://h/");
        var inside = await fixture.Cache.FindAsync(new Uri("http://h/"));
        seen.Calls.Clear();

        (await inside[0].OpenBodyAsync())!.Dispose();
        await fixture.Cache.MarkStaleAsync(new CachedResponseFilter());

        seen.Calls.Should().Equal("peek", "peek");
    }

    private class LookedAtStore(IHttpCacheStore inner) : PassingStore(inner)
    {
        public List<string> Calls { get; } = [];

        public override ValueTask<HttpCacheSnapshot> ReadAsync(CacheKey key, CancellationToken cancellationToken)
        {
            Calls.Add("read");
            return base.ReadAsync(key, cancellationToken);
        }

        public override ValueTask<HttpCacheSnapshot> PeekAsync(CacheKey key, CancellationToken cancellationToken)
        {
            Calls.Add("peek");
            return base.PeekAsync(key, cancellationToken);
        }
    }

    private sealed class ListedStore(MemoryHttpCacheStore inner) : LookedAtStore(inner), IHttpCacheStoreMaintenance
    {
        public ValueTask<long> RemoveByTagAsync(string tag, CancellationToken cancellationToken) => inner.RemoveByTagAsync(tag, cancellationToken);

        public ValueTask<long> RemoveByPrefixAsync(string uriPrefix, CancellationToken cancellationToken) => inner.RemoveByPrefixAsync(uriPrefix, cancellationToken);

        public ValueTask ClearAsync(CancellationToken cancellationToken) => inner.ClearAsync(cancellationToken);

        public IAsyncEnumerable<ListedResponse> EnumerateAsync(CancellationToken cancellationToken) => inner.EnumerateAsync(cancellationToken);
    }

    private Task<CacheExplanation> ExplainAsync(params (string Name, string Value)[] fields) =>
        _fixture.Cache.ExplainAsync(CacheFixture.Request("GET", Walks.Uri, fields));
}
