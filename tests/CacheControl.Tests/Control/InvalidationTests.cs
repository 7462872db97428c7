using HttpCaching.StoreContract;

namespace HttpCaching.Tests.Control;

/// <summary>What requests that may have changed something do to what is stored (RFC 9111 §4.4).</summary>
public sealed class InvalidationTests
{
    [Theory]
    [InlineData("INV-1", "PUT", 200, true)]
    [InlineData("INV-1", "POST", 201, true)]
    [InlineData("INV-1", "DELETE", 204, true)]
    [InlineData("INV-1", "PATCH", 303, true)]
    [InlineData("INV-1", "M-SEARCH", 200, true)]
    [InlineData("INV-1", "POST", 404, false)]
    [InlineData("INV-1", "POST", 500, false)]
    [InlineData("INV-1", "OPTIONS", 200, false)]
    [InlineData("INV-1", "PROPFIND", 207, false)]
    public async Task Send_Method_InvalidatesAllOfTheUriOrNothing(string id, string method, int status, bool invalidates)
    {
        using var fixture = new CacheFixture(o => o.Extensions.CacheQuery = true);
        fixture.Origin.Otherwise = r => r.Method.Method == method
            ? ScriptedOrigin.Response(status, null)
            : ScriptedOrigin.Response(200, "x", ("Cache-Control", "max-age=60"), ("Vary", "X-V"));
        HttpRequestMessage[] All() =>
        [
            CacheFixture.Request("GET", "http://h/", ("X-V", "1")),
            CacheFixture.Request("GET", "http://h/", ("X-V", "2")),
            Query("http://h/", "q"),
        ];
        foreach (var request in All())
        {
            await fixture.SendAsync(request);
        }

        await fixture.SendAsync(CacheFixture.Request(method, "http://h/"));

        foreach (var request in All())
        {
            (await fixture.SendAsync(request)).Cache.Hit.Should().Be(!invalidates, id);
        }
    }

    [Theory]
    [InlineData("INV-2", "Location", "/b", "http://h/b", true)]
    [InlineData("INV-2", "Content-Location", "b", "http://h/b", true)]
    [InlineData("INV-2", "Location", "http://h:80/b", "http://h/b", true)]
    [InlineData("INV-2", "Location", "http://h:8080/b", "http://h:8080/b", false)]
    [InlineData("INV-2", "Location", "https://h/b", "https://h/b", false)]
    [InlineData("INV-2", "Content-Location", "http://other/b", "http://other/b", false)]
    public async Task Post_NamesAnotherUri_InvalidatesItWithinTheOrigin(string id, string field, string value, string uri, bool invalidates)
    {
        using var fixture = new CacheFixture();
        fixture.Origin
            .Then(200, "b", ("Cache-Control", "max-age=60"))
            .Then(201, null, (field, value))
            .Then(200, "b again", ("Cache-Control", "max-age=60"));
        await fixture.GetAsync(uri);

        await fixture.SendAsync(CacheFixture.Request("POST", "http://h/a"));

        (await fixture.GetAsync(uri)).Cache.Hit.Should().Be(!invalidates, id);
    }

    [Fact]
    [Trait("Spec", "INV-3")]
    public async Task Get_InvalidatedWithMaxStale_IsForwarded()
    {
        using var fixture = new CacheFixture();
        fixture.Origin.Then(200, "old", ("Cache-Control", "max-age=60, stale-if-error=600")).Then(204, null).Then(503, "down");
        await fixture.GetAsync();
        await fixture.SendAsync(CacheFixture.Request("PUT", "http://h/"));

        (await fixture.GetAsync("http://h/", ("Cache-Control", "max-stale"))).Status.Should().Be(503);
    }

    [Theory]
    [InlineData("INV-4", false)]
    [InlineData("INV-4", true)]
    public async Task Get_BegunBeforeAPut_IsNotStoredAfterIt(string id, bool wasStored)
    {
        using var fixture = new CacheFixture();
        var release = new TaskCompletionSource();
        var asked = new TaskCompletionSource();
        if (wasStored)
        {
            fixture.Origin.Then(200, "old", ("Cache-Control", "max-age=1"), ("ETag", "\"a\""));
            await fixture.GetAsync();
            fixture.Time.Advance(TimeSpan.FromSeconds(2));
        }

        fixture.Origin
            .ThenAsync(async (_, _) =>
            {
                asked.SetResult();
                await release.Task;
                return wasStored
                    ? ScriptedOrigin.Response(304, null, ("ETag", "\"a\""), ("Cache-Control", "max-age=60"))
                    : ScriptedOrigin.Response(200, "old", ("Cache-Control", "max-age=60"));
            })
            .Then(204, null)
            .Then(200, "new", ("Cache-Control", "max-age=60"));
        var slow = fixture.GetAsync();
        await asked.Task;
        await fixture.SendAsync(CacheFixture.Request("PUT", "http://h/"));
        release.SetResult();

        (await slow).Body.Should().Be("old");
        (await fixture.GetAsync()).Body.Should().Be("new", id);
    }

    [Theory]
    [InlineData("INV-5", "redirect")]
    [InlineData("INV-5", "timeout")]
    [InlineData("INV-5", "reset")]
    public async Task Unsafe_WhoseOutcomeIsUnknown_Invalidates(string id, string end)
    {
        using var fixture = new CacheFixture();
        fixture.Origin.Then(200, "old", ("Cache-Control", "max-age=60"));
        _ = end switch
        {
            "redirect" => fixture.Origin.Then(request =>
            {
                request.Method = HttpMethod.Get;
                request.RequestUri = new Uri("http://h/b");
                return ScriptedOrigin.Response(404, "b");
            }),
            "timeout" => fixture.Origin.ThenFails(new TaskCanceledException("timeout", new TimeoutException())),
            _ => fixture.Origin.ThenFails(),
        };
        fixture.Origin.Then(200, "new");
        await fixture.GetAsync("http://h/a");
        try
        {
            await fixture.SendAsync(CacheFixture.Request("POST", "http://h/a"));
        }
        catch (Exception exception) when (exception is HttpRequestException or TaskCanceledException)
        {
            // Expected for two of the three.
        }

        (await fixture.GetAsync("http://h/a")).Body.Should().Be("new", id);
    }

    [Fact]
    [Trait("Spec", "INV-6")]
    public async Task Put_StoreCannotInvalidate_NothingOfTheUriIsUsed()
    {
        using var store = new FaultyStore(new MemoryHttpCacheStore());
        using var fixture = new CacheFixture(store: store);
        fixture.Origin.Then(200, "old", ("Cache-Control", "max-age=60"));
        await fixture.GetAsync();
        store.Inject(StoreCall.Invalidate, StoreFault.Throw);
        fixture.Origin.Otherwise = r => ScriptedOrigin.Response(200, "new", ("Cache-Control", "max-age=60"));
        await fixture.SendAsync(CacheFixture.Request("PUT", "http://h/"));

        var while_ = await fixture.GetAsync();
        store.Heal(StoreCall.Invalidate);
        await fixture.GetAsync();
        var after = await fixture.GetAsync();

        while_.Body.Should().Be("new");
        (after.Cache.Hit, after.Body).Should().Be((true, "new"));
    }

    [Fact]
    [Trait("Spec", "INV-7")]
    public async Task Put_ByOneUser_InvalidatesForAll()
    {
        using var fixture = new CacheFixture();
        fixture.Origin.Otherwise = _ => ScriptedOrigin.Response(200, "x", ("Cache-Control", "max-age=60"));
        await fixture.GetAsync("http://h/", ("Authorization", "Bearer b"));
        (await fixture.GetAsync("http://h/", ("Authorization", "Bearer b"))).Cache.Hit.Should().BeTrue();

        await fixture.SendAsync(CacheFixture.Request("PUT", "http://h/", ("Authorization", "Bearer a")));

        (await fixture.GetAsync("http://h/", ("Authorization", "Bearer b"))).Cache.Hit.Should().BeFalse();
    }

    [Theory]
    [InlineData("INV-8", "uri", "b c")]
    [InlineData("INV-8", "origin", "c")]
    [InlineData("INV-8", "tag", "b")]
    [InlineData("INV-8", "all", "")]
    public async Task Cache_Removal_RemovesWhatItNames(string id, string what, string left)
    {
        using var fixture = new CacheFixture();
        fixture.Origin.Otherwise = _ => ScriptedOrigin.Response(200, "x", ("Cache-Control", "max-age=60"));
        HttpRequestMessage Of(string name) => name switch
        {
            "a" => CacheFixture.Request("GET", "http://h/a").WithCacheTags("t"),
            "b" => CacheFixture.Request("GET", "http://h/b"),
            _ => CacheFixture.Request("GET", "http://h.other/c").WithCacheTags("t"),
        };
        foreach (var name in new[] { "a", "b", "c" })
        {
            await fixture.SendAsync(Of(name));
        }

        switch (what)
        {
            case "uri":
                await fixture.Cache.InvalidateAsync(new Uri("http://h/a#x"));
                break;
            case "origin":
                (await fixture.Cache.RemoveOriginAsync(new Uri("http://h/z"))).Should().Be(2);
                break;
            case "tag":
                (await fixture.Cache.RemoveByTagAsync("t")).Should().Be(2);
                break;
            default:
                await fixture.Cache.ClearAsync();
                break;
        }

        var hits = new List<string>();
        foreach (var name in new[] { "a", "b", "c" })
        {
            if ((await fixture.SendAsync(Of(name).WithCache(HttpCacheMode.OnlyIfCached))).Status == 200)
            {
                hits.Add(name);
            }
        }

        string.Join(' ', hits).Should().Be(left, id);
    }

    private static HttpRequestMessage Query(string uri, string content) =>
        new(new HttpMethod("QUERY"), uri) { Content = new StringContent(content), Headers = { { "X-V", "1" } } };
}
