using System.Text;

namespace HttpCaching.Tests.Control;

/// <summary>POST responses that are stored for GET (RFC 9110 §9.3.3), and QUERY (RFC 10008).</summary>
public sealed class PostAndQueryTests
{
    [Theory]
    [InlineData("PST-1", 200, "max-age=60", "http://h/a", true)]
    [InlineData("PST-1", 201, "max-age=60", "/a", true)]
    [InlineData("PST-1", 200, "max-age=60", "/b", false)]
    [InlineData("PST-1", 200, "max-age=60", null, false)]
    [InlineData("PST-1", 200, "public", "/a", false)]
    [InlineData("PST-1", 200, "max-age=0", "/a", false)]
    [InlineData("PST-1", 200, "no-store, max-age=60", "/a", false)]
    [InlineData("PST-1", 303, "max-age=60", "/a", false)]
    public async Task Post_Response_IsStoredForGetIfItSaysSo(string id, int status, string cacheControl, string? contentLocation, bool isStored)
    {
        using var fixture = new CacheFixture(o => o.Store.Post = true);
        fixture.Origin.Then(200, "old", ("Cache-Control", "max-age=60"));
        fixture.Origin.Then(
            status, "posted", contentLocation is null ? [("Cache-Control", cacheControl)] : [("Cache-Control", cacheControl), ("Content-Location", contentLocation)]);
        fixture.Origin.Otherwise = _ => ScriptedOrigin.Response(200, "fetched");
        await fixture.GetAsync("http://h/a");

        var post = await fixture.SendAsync(Post("http://h/a"));
        var get = await fixture.GetAsync("http://h/a");
        var head = await fixture.SendAsync(CacheFixture.Request("HEAD", "http://h/a"));
        var again = await fixture.SendAsync(Post("http://h/a"));

        post.Body.Should().Be("posted");
        get.Body.Should().Be(isStored ? "posted" : "fetched", id);
        get.Cache.Hit.Should().Be(isStored, id);
        if (isStored)
        {
            head.Cache.Hit.Should().BeTrue();
        }

        again.Body.Should().Be("fetched", "a POST is never answered from the store");
    }

    [Theory]
    [InlineData("PST-1", "X-HTTP-Method-Override", "PATCH")]
    [InlineData("PST-1", "Cache-Control", "no-store")]
    public async Task Post_RequestThatRulesItOut_IsNotStored(string id, string name, string value)
    {
        using var fixture = new CacheFixture(o => o.Store.Post = true);
        fixture.Origin.Then(200, "posted", ("Cache-Control", "max-age=60"), ("Content-Location", "/a")).Then(200, "fetched");
        var post = Post("http://h/a");
        post.Headers.TryAddWithoutValidation(name, value);
        await fixture.SendAsync(post);

        (await fixture.GetAsync("http://h/a")).Body.Should().Be("fetched", id);
    }

    [Fact]
    [Trait("Spec", "PST-1")]
    public async Task Post_NotEnabled_IsNotStored()
    {
        using var fixture = new CacheFixture();
        fixture.Origin.Then(200, "posted", ("Cache-Control", "max-age=60"), ("Content-Location", "/a")).Then(200, "fetched");
        await fixture.SendAsync(Post("http://h/a"));

        (await fixture.GetAsync("http://h/a")).Body.Should().Be("fetched");
    }

    [Theory]
    [InlineData("QRY-1", "{\"a\":1}", "application/json", null, null, true)]
    [InlineData("QRY-1", "{\"a\":2}", "application/json", null, null, false)]
    [InlineData("QRY-1", "{\"a\":1}", "text/json", null, null, false)]
    [InlineData("QRY-1", "{\"a\":1}", "application/json", "gzip", null, false)]
    [InlineData("QRY-1", "{\"a\":1}", "application/json", null, "de", false)]
    [InlineData("QRY-2", "{ \"a\" : 1 }", "application/json", null, null, false)]
    public async Task Query_Again_IsAHitForTheSameContentAlone(string id, string content, string type, string? encoding, string? language, bool isHit)
    {
        using var fixture = new CacheFixture(o => o.Extensions.CacheQuery = true);
        fixture.Origin.Otherwise = _ => ScriptedOrigin.Response(200, "x", ("Cache-Control", "max-age=60"));
        await fixture.SendAsync(Query("{\"a\":1}", "application/json"));
        var query = Query(content, type);
        query.Content!.Headers.TryAddWithoutValidation("Content-Encoding", encoding is null ? [] : [encoding]);
        query.Content!.Headers.TryAddWithoutValidation("Content-Language", language is null ? [] : [language]);

        (await fixture.SendAsync(query)).Cache.Hit.Should().Be(isHit, id);
    }

    [Theory]
    [InlineData("QRY-2", "{ \"a b\" :\n[1, 2] }", "application/json; charset=utf-8", null, true)]
    [InlineData("QRY-2", "{\"ab\":[1,2]}", "application/json; charset=utf-8", null, false)]
    [InlineData("QRY-2", "{\"a b\":[12]}", "application/json; charset=utf-8", null, false)]
    [InlineData("QRY-2", "{ \"a b\" :\n[1, 2] }", "application/other", null, false)]
    [InlineData("REQ-8", "{ \"a b\" :\n[1, 2] }", "application/json; charset=utf-8", "no-transform", false)]
    public async Task Query_Normalised_IsAHitAndSentAsItIs(string id, string content, string type, string? cacheControl, bool isHit)
    {
        using var fixture = new CacheFixture(o =>
        {
            o.Extensions.CacheQuery = true;
            o.Extensions.QueryNormalizers["application/json"] = QueryNormalization.Json;
        });
        var sent = new List<string>();
        fixture.Origin.Otherwise = request =>
        {
            sent.Add(request.Content!.ReadAsStringAsync().Result);
            return ScriptedOrigin.Response(200, "x", ("Cache-Control", "max-age=60"));
        };
        await fixture.SendAsync(Query("{\"a b\":[1,2]}", type));
        var query = Query(content, type);
        if (cacheControl is not null)
        {
            query.Headers.TryAddWithoutValidation("Cache-Control", cacheControl);
        }

        (await fixture.SendAsync(query)).Cache.Hit.Should().Be(isHit, id);
        sent.Should().Equal(isHit ? ["{\"a b\":[1,2]}"] : ["{\"a b\":[1,2]}", content]);
    }

    [Theory]
    [InlineData("QRY-2", "1 2")]
    [InlineData("QRY-2", "{\"a\": ")]
    public void Json_NotJson_IsLeftAlone(string id, string content) =>
        Encoding.UTF8.GetString(QueryNormalization.Json(Encoding.UTF8.GetBytes(content)).Span).Should().Be(content, id);

    [Theory]
    [InlineData("QRY-3", "one-shot")]
    [InlineData("QRY-3", "large")]
    [InlineData("QRY-3", "untyped")]
    public async Task Query_ContentThatIsNotRead_IsForwardedIntact(string id, string kind)
    {
        using var fixture = new CacheFixture(o =>
        {
            o.Extensions.CacheQuery = true;
            o.Limits.MaximumQueryContent = 100;
        });
        var sent = new List<int>();
        fixture.Origin.Otherwise = request =>
        {
            sent.Add(request.Content!.ReadAsByteArrayAsync().Result.Length);
            return ScriptedOrigin.Response(200, "x", ("Cache-Control", "max-age=60"));
        };
        HttpRequestMessage Make()
        {
            HttpContent content = kind == "one-shot" ? new Http.ScriptedContent(new byte[500]) : new ByteArrayContent(new byte[kind == "large" ? 500 : 50]);
            if (kind != "untyped")
            {
                content.Headers.TryAddWithoutValidation("Content-Type", "text/plain");
            }

            return new HttpRequestMessage(new HttpMethod("QUERY"), "http://h/") { Content = content };
        }

        await fixture.SendAsync(Make());
        var second = await fixture.SendAsync(Make());

        second.Cache.Should().BeEquivalentTo(new { Hit = false, Forward = ForwardReason.Bypass });
        sent.Should().Equal([kind == "untyped" ? 50 : 500, kind == "untyped" ? 50 : 500], id);
    }

    [Theory]
    [InlineData("QRY-4", "\"a\"", 304)]
    [InlineData("QRY-4", "\"b\"", 200)]
    public async Task Query_IfNoneMatchOnFresh_IsAnswered(string id, string tag, int status)
    {
        using var fixture = new CacheFixture(o => o.Extensions.CacheQuery = true);
        fixture.Origin.Then(200, "x", ("Cache-Control", "max-age=60"), ("ETag", "\"a\""));
        await fixture.SendAsync(Query("q", "text/plain"));
        var query = Query("q", "text/plain");
        query.Headers.TryAddWithoutValidation("If-None-Match", tag);

        (await fixture.SendAsync(query)).Status.Should().Be(status, id);
    }

    [Fact]
    [Trait("Spec", "QRY-4")]
    public async Task Query_IsSafe_InvalidatesNothing()
    {
        using var fixture = new CacheFixture(o => o.Extensions.CacheQuery = true);
        fixture.Origin.Otherwise = _ => ScriptedOrigin.Response(200, "x", ("Cache-Control", "max-age=60"));
        await fixture.GetAsync();
        await fixture.SendAsync(Query("q", "text/plain"));

        (await fixture.GetAsync()).Cache.Hit.Should().BeTrue();
    }

    [Fact]
    [Trait("Spec", "QRY-1")]
    public async Task Query_StaleWhileRevalidate_IsValidatedAsTheSameQuery()
    {
        using var fixture = new CacheFixture(o => o.Extensions.CacheQuery = true);
        var contents = new List<string?>();
        var count = 0;
        fixture.Origin.Otherwise = request =>
        {
            contents.Add(request.Content?.ReadAsStringAsync().Result);
            return ScriptedOrigin.Response(200, $"{++count}", ("Cache-Control", "max-age=10, stale-while-revalidate=60"));
        };
        await fixture.SendAsync(Query("q", "text/plain"));
        fixture.Time.Advance(TimeSpan.FromSeconds(20));

        using (var query = Query("q", "text/plain"))
        {
            (await fixture.SendAsync(query)).Body.Should().Be("1");
        }

        await fixture.Cache.Controller.Background.WhenIdleAsync();
        var refreshed = await fixture.SendAsync(Query("q", "text/plain"));

        fixture.Origin.Requests.Select(r => r.Method).Should().Equal("QUERY", "QUERY");
        contents.Should().Equal("q", "q");
        (refreshed.Cache.Hit, refreshed.Body).Should().Be((true, "2"));
    }

    [Fact]
    [Trait("Spec", "QRY-1")]
    public async Task Query_Reload_StoresWhatItFetches()
    {
        using var fixture = new CacheFixture(o => o.Extensions.CacheQuery = true);
        var count = 0;
        fixture.Origin.Otherwise = _ => ScriptedOrigin.Response(200, $"{++count}", ("Cache-Control", "max-age=60"));
        await fixture.SendAsync(Query("q", "text/plain"));
        await fixture.SendAsync(Query("q", "text/plain").WithCache(HttpCacheMode.Reload));

        var hit = await fixture.SendAsync(Query("q", "text/plain"));

        (hit.Cache.Hit, hit.Body).Should().Be((true, "2"));
    }

    private static HttpRequestMessage Post(string uri) => new(HttpMethod.Post, uri) { Content = new StringContent("form") };

    private static HttpRequestMessage Query(string content, string type)
    {
        var query = new HttpRequestMessage(new HttpMethod("QUERY"), "http://h/") { Content = new ByteArrayContent(Encoding.UTF8.GetBytes(content)) };
        query.Content.Headers.TryAddWithoutValidation("Content-Type", type);
        return query;
    }
}
