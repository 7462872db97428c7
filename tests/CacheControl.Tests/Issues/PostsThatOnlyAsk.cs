using System.Net.Http.Json;
using System.Text;
using HttpCaching.Tests.Control;
using HttpCaching.Tests.Storage;
using Microsoft.Extensions.Options;

namespace HttpCaching.Tests.Issues;

/// <summary>A POST whose caller or rule says that it only asks is answered from the store by its content, as a QUERY is; a mutation never is.</summary>
public sealed class PostsThatOnlyAsk
{
    private const string Uri = "https://api.example.org/graphql";
    private const string Minute = "max-age=60";

    public static TheoryData<string> Stores => SomeStore.AllKinds;

    [Theory]
    [MemberData(nameof(Stores))]
    [Trait("Spec", "RUL-10")]
    public async Task SameContent_IsAnsweredFromTheStore(string store)
    {
        using var some = new SomeStore(store);
        using var fixture = new CacheFixture(store: some.Store);
        Answer(fixture);

        (await AskAsync(fixture, "{a}")).Cache.Hit.Should().BeFalse();
        var hit = await AskAsync(fixture, "{a}");
        (hit.Cache.Hit, hit.Body).Should().Be((true, "to {\"query\":\"{a}\"}"));
        (await AskAsync(fixture, "{b}")).Cache.Hit.Should().BeFalse();
        (await fixture.GetAsync(Uri)).Cache.Hit.Should().BeFalse("a GET is another request");
        (await AskAsync(fixture, "{a}")).Cache.Hit.Should().BeTrue();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    [Trait("Spec", "RUL-10")]
    public async Task Rule_SaysSoForItsTypesAlone_AndWithoutItNothingIsStored(bool isRuled)
    {
        using var fixture = new CacheFixture(options =>
        {
            if (isRuled)
            {
                options.For(Uri, rule => rule.CacheContentOf("POST", "application/json").FreshFor(TimeSpan.FromMinutes(5)));
            }
        });
        Answer(fixture);

        await fixture.SendAsync(Post("{a}"));
        (await fixture.SendAsync(Post("{a}"))).Cache.Hit.Should().Be(isRuled);
        (await fixture.SendAsync(Post("{a}", "text/plain"))).Cache.Hit.Should().BeFalse();
        (await fixture.SendAsync(Post("{a}", "text/plain"))).Cache.Hit.Should().BeFalse();
    }

    [Fact]
    [Trait("Spec", "RUL-10")]
    public async Task OtherContent_IsNoOtherPartition()
    {
        using var fixture = new CacheFixture();
        Answer(fixture);
        var asOne = ("Authorization", "one");
        await AskAsync(fixture, "{a}", asOne);

        (await AskAsync(fixture, "{b}", asOne)).Cache.ToString().Should().Be("forwarded: nothing stored; stored");
        (await AskAsync(fixture, "{b}")).Cache.IsInOtherPartition.Should().BeTrue();
        (await AskAsync(fixture, "{a}")).Cache.IsInOtherPartition.Should().BeFalse();

        (await fixture.Cache.ExplainAsync(Post("{c}").WithCacheableContent())).Partition.Should().BeNull();
        var labels = (await fixture.Cache.ListAsync().ToListAsync()).Select(response => response.Partition).ToList();
        labels.Should().HaveCount(4);
        labels.Distinct().Should().HaveCount(2, "two have no credentials, and two have the same");
    }

    [Theory]
    [InlineData("mutation{change}")]
    [InlineData("query A{a} mutation B{b}")]
    [InlineData("subscription{a}")]
    [Trait("Spec", "RUL-11")]
    public async Task Mutation_IsSentEachTimeAndInvalidates(string document)
    {
        using var fixture = new CacheFixture(options => options.For(Uri, rule => rule.CacheContentOf("POST", "application/json")));
        Answer(fixture);
        await AskAsync(fixture, "{a}");
        (await AskAsync(fixture, "{a}")).Cache.Hit.Should().BeTrue();

        var first = await AskAsync(fixture, document);
        (first.Cache.Hit, first.Cache.Forward, first.Cache.Reason).Should().Be((false, ForwardReason.Method, CacheReason.Method));
        (await AskAsync(fixture, document)).Cache.Hit.Should().BeFalse();
        (await AskAsync(fixture, "{a}")).Cache.Hit.Should().BeFalse("the mutation may have changed the answer");
        (await AskAsync(fixture, document, ("Cache-Control", "only-if-cached"))).Status.Should().Be(200, "what may change something is sent all the same");
    }

    [Fact]
    [Trait("Spec", "RUL-10")]
    public async Task Asking_InvalidatesNothing()
    {
        using var fixture = new CacheFixture();
        Answer(fixture);
        await fixture.GetAsync(Uri);

        await AskAsync(fixture, "{a}");
        (await fixture.GetAsync(Uri)).Cache.Hit.Should().BeTrue();
        await fixture.SendAsync(Post("{a}"));
        (await fixture.GetAsync(Uri)).Cache.Hit.Should().BeFalse("a POST may change something unless its caller or a rule says that it asks");
    }

    [Fact]
    [Trait("Spec", "RUL-12")]
    public async Task Stale_IsAskedForWholeWithoutConditions()
    {
        using var fixture = new CacheFixture();
        var bodies = new List<string>();
        fixture.Origin.Otherwise = request =>
        {
            bodies.Add(Read(request));
            return ScriptedOrigin.Response(200, "x", ("Cache-Control", Minute), ("ETag", "\"1\""), ("Last-Modified", CacheFixture.Date(-1000)));
        };
        await AskAsync(fixture, "{a}");
        fixture.Pass(61);

        var again = await AskAsync(fixture, "{a}");
        (again.Cache.Forward, again.Cache.Reason, again.Cache.Stored).Should().Be((ForwardReason.Stale, CacheReason.Expired, true));
        fixture.Origin.Requests[^1].Fields.Keys.Should().NotContain(name => name.StartsWith("If-", StringComparison.Ordinal), "a POST under If-None-Match is answered with 412");
        bodies.Should().Equal("{\"query\":\"{a}\"}", "{\"query\":\"{a}\"}");
        (await AskAsync(fixture, "{a}")).Cache.Hit.Should().BeTrue();
    }

    [Fact]
    [Trait("Spec", "RUL-12")]
    public async Task Stale_IsServedWhileItIsAskedForInTheBackground_AndOnErrors()
    {
        using var fixture = new CacheFixture();
        Answer(fixture, Minute + ", stale-while-revalidate=100, stale-if-error=1000");
        await AskAsync(fixture, "{a}");
        fixture.Pass(100);

        (await AskAsync(fixture, "{a}")).Cache.Reason.Should().Be(CacheReason.StaleWhileRevalidate);
        await fixture.Cache.Controller.Background.WhenIdleAsync();
        (await AskAsync(fixture, "{a}")).Cache.Reason.Should().Be(CacheReason.Fresh);
        fixture.Origin.Requests.Should().HaveCount(2);

        fixture.Pass(500);
        fixture.Origin.ThenFails();
        (await AskAsync(fixture, "{a}")).Cache.Reason.Should().Be(CacheReason.StaleIfError);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    [Trait("Spec", "RUL-12")]
    public async Task ConcurrentRequests_ShareOneExchange_IfTheirContentIsTheSame(bool isSame)
    {
        using var fixture = new CacheFixture();
        var gate = new TaskCompletionSource();
        async Task<HttpResponseMessage> AnswerLater(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            await gate.Task.WaitAsync(cancellationToken);
            return ScriptedOrigin.Response(200, Read(request), ("Cache-Control", Minute));
        }

        fixture.Origin.ThenAsync(AnswerLater).ThenAsync(AnswerLater);
        var first = AskAsync(fixture, "{a}");
        var second = AskAsync(fixture, isSame ? "{a}" : "{b}");

        gate.SetResult();
        (await Task.WhenAll(first, second))[1].Body.Should().Contain(isSame ? "{a}" : "{b}");
        fixture.Origin.Requests.Should().HaveCount(isSame ? 1 : 2);
    }

    [Theory]
    [InlineData(10, true)]
    [InlineData(1000, false)]
    [Trait("Spec", "RUL-10")]
    public async Task JsonOfAnObject_IsReadAlthoughItStatesNoLength(int length, bool isStored)
    {
        using var fixture = new CacheFixture(options => options.Limits.MaximumQueryContent = 100);
        Answer(fixture);
        HttpRequestMessage Request() => new HttpRequestMessage(HttpMethod.Post, Uri) { Content = JsonContent.Create(new { query = "{a}", x = new string('x', length) }) }.WithCacheableContent();

        var first = await fixture.SendAsync(Request());
        first.Body.Should().EndWith("\"}", "the content was sent whole");
        (await fixture.SendAsync(Request())).Cache.Hit.Should().Be(isStored);
    }

    [Fact]
    [Trait("Spec", "RUL-10")]
    public async Task ContentThatCannotBeJudged_IsSentAsAnyPost()
    {
        using var fixture = new CacheFixture(options => options.Limits.MaximumQueryContent = 100);
        Answer(fixture);
        await AskAsync(fixture, "{a}");
        var contents = new Func<HttpContent>[]
        {
            () => new StringContent(new string(' ', 101) + "{}", Encoding.UTF8, "application/json"), () => new ByteArrayContent("{}"u8.ToArray()), () => new PushContent(),
            () => new MultipartFormDataContent { { new StringContent("{}"), "operations" } },
        };
        foreach (var content in contents.SelectMany(content => new[] { content(), content() }))
        {
            (await fixture.SendAsync(new HttpRequestMessage(HttpMethod.Post, Uri) { Content = content }.WithCacheableContent())).Cache.Forward.Should().Be(ForwardReason.Method);
        }

        (await AskAsync(fixture, "{a}")).Cache.Hit.Should().BeFalse("each may have changed something");
    }

    [Fact]
    [Trait("Spec", "RUL-10")]
    public async Task Users_AreKeptApart_AndDirectivesAndModesAreHeeded()
    {
        using var fixture = new CacheFixture();
        Answer(fixture);
        await AskAsync(fixture, "{a}", ("Authorization", "Bearer alice"));

        (await AskAsync(fixture, "{a}", ("Authorization", "Bearer alice"))).Cache.Hit.Should().BeTrue();
        (await AskAsync(fixture, "{a}", ("Authorization", "Bearer bob"))).Cache.Hit.Should().BeFalse();
        (await AskAsync(fixture, "{c}", ("Cache-Control", "only-if-cached"))).Status.Should().Be(504);
        (await AskAsync(fixture, "{a}", ("Authorization", "Bearer alice"), ("Cache-Control", "no-cache"))).Cache.Hit.Should().BeFalse();
        (await fixture.SendAsync(Post("{a}").WithCacheableContent().WithCache(HttpCacheMode.NoStore))).Cache.NotStored.Should().Be(NotStoredReason.RequestNoStore);
        Answer(fixture, "no-store");
        (await AskAsync(fixture, "{d}")).Cache.NotStored.Should().Be(NotStoredReason.NoStore);
    }

    [Fact]
    [Trait("Spec", "RUL-13")]
    public async Task Normaliser_MakesSpellingsOfOneQueryTheSame()
    {
        using var fixture = new CacheFixture(options => options.Extensions.QueryNormalizers["application/json"] = QueryNormalization.GraphQL);
        Answer(fixture);
        await AskAsync(fixture, "query Q { a(b: \"x  y\") { c, d } }");

        (await AskAsync(fixture, "query  Q{\n  # the fields\n  a(b:\"x  y\"){c d}\n}")).Cache.Hit.Should().BeTrue();
        (await AskAsync(fixture, "query Q { a(b: \"x y\") { c, d } }")).Cache.Hit.Should().BeFalse("white space in a string means something");
        (await AskAsync(fixture, "query Q { a(b: \"x  y\") { cd } }")).Cache.Hit.Should().BeFalse();
    }

    [Theory]
    [InlineData(" { \"query\" : \"query  A { b , c }\" , \"variables\" : { \"query\" : \"{ x }\" } } ", "{\"query\":\"query A{b c}\",\"variables\":{\"query\":\"{ x }\"}}")]
    [InlineData("[ {\"query\":\"{ a }\"}, {\"query\":\"{ b(c: \\\"d  e\\\") }\"} ]", "[{\"query\":\"{a}\"},{\"query\":\"{b(c:\\u0022d  e\\u0022)}\"}]")]
    [InlineData("{\"query\":\"red  shoes\"}", "{\"query\":\"red  shoes\"}")]
    [InlineData("query A { a(b: [1 2, \"c\" \"d\"]) ... on T { e } }", "query A{a(b:[1 2 \"c\" \"d\"])...on T{e}}")]
    [InlineData("mutation { a }", "mutation { a }")]
    [InlineData("{ \"query\": ", "{ \"query\": ")]
    [Trait("Spec", "RUL-13")]
    public void GraphQL_LeavesOutWhatMeansNothing(string content, string expected) =>
        Encoding.UTF8.GetString(QueryNormalization.GraphQL(Encoding.UTF8.GetBytes(content)).Span).Should().Be(expected);

    [Fact]
    [Trait("Spec", "RUL-10")]
    public void WrongRules_AreRefused()
    {
        var options = new HttpCacheOptions()
            .For("https://a/*", rule => rule.CacheContentOf("PUT", "application/json"))
            .For("https://b/*", rule => rule.CacheContentOf("POST"))
            .For("https://c/*", rule => rule.CacheContentOf("POST", "json", "multipart/form-data", "application/*"))
            .For("https://d/*", rule => rule.ForMethods("GET").CacheContentOf("POST", "application/json"));

        var act = () => new HttpCache(options: options);

        act.Should().Throw<OptionsValidationException>().Which.Failures.Should().BeEquivalentTo(
            "Rules[0] ('https://a/*') has CacheContentOf PUT application/json; write POST, which alone can be a request that only asks, and at least one media type.",
            "Rules[1] ('https://b/*') has CacheContentOf POST; write POST, which alone can be a request that only asks, and at least one media type.",
            "Rules[2] ('https://c/*') has the media type 'json' in CacheContentOf; write one type without parameters, such as application/json, and none in parts.",
            "Rules[2] ('https://c/*') has the media type 'multipart/form-data' in CacheContentOf; write one type without parameters, such as application/json, and none in parts.",
            "Rules[2] ('https://c/*') has the media type 'application/*' in CacheContentOf; write one type without parameters, such as application/json, and none in parts.",
            "Rules[3] ('https://d/*') has CacheContentOf, and is for GET only; add POST to its methods.");
    }

    private static void Answer(CacheFixture fixture, string cacheControl = Minute) =>
        fixture.Origin.Otherwise = request => ScriptedOrigin.Response(200, "to " + Read(request), ("Cache-Control", cacheControl));

    private static string Read(HttpRequestMessage request) => request.Content?.ReadAsStringAsync().GetAwaiter().GetResult() ?? string.Empty;

    private static HttpRequestMessage Post(string document, string mediaType = "application/json") => new(HttpMethod.Post, Uri)
    {
        Content = new StringContent(System.Text.Json.JsonSerializer.Serialize(new { query = document }), Encoding.UTF8, mediaType),
    };

    private static Task<Seen> AskAsync(CacheFixture fixture, string document, params (string Name, string Value)[] fields)
    {
        var request = Post(document).WithCacheableContent();
        foreach (var (name, value) in fields)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return fixture.SendAsync(request);
    }

    /// <summary>Content of unknown length.</summary>
    private sealed class PushContent : HttpContent
    {
        public PushContent() => Headers.TryAddWithoutValidation("Content-Type", "application/json");

        protected override Task SerializeToStreamAsync(Stream stream, System.Net.TransportContext? context) => stream.WriteAsync("{}"u8.ToArray()).AsTask();

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
