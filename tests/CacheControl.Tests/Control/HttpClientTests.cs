using System.Net;
using Microsoft.Extensions.DependencyInjection;

namespace HttpCaching.Tests.Control;

/// <summary>How the cache behaves as a part of HttpClient.</summary>
public sealed class HttpClientTests
{
    [Fact]
    [Trait("Spec", "HTC-1")]
    public async Task Send_Sync_UsesTheCacheAndInvalidates()
    {
        using var fixture = new CacheFixture();
        fixture.Origin.Otherwise = r => ScriptedOrigin.Response(200, "x", ("Cache-Control", "max-age=60"));

        SendSync("GET").Should().Be("x");
        SendSync("GET").Should().Be("x");
        fixture.Origin.Requests.Should().HaveCount(1);
        (await fixture.GetAsync()).Cache.Hit.Should().BeTrue();
        SendSync("PUT");
        SendSync("GET");
        fixture.Origin.Requests.Select(r => r.Method).Should().Equal("GET", "PUT", "GET");

        string SendSync(string method)
        {
            using var request = CacheFixture.Request(method, "http://h/");
            using var response = fixture.Client.Send(request);
            using var reader = new StreamReader(response.Content.ReadAsStream());
            return reader.ReadToEnd();
        }
    }

    [Fact]
    [Trait("Spec", "HTC-2")]
    public async Task Get_RequestRewrittenBelow_IsStoredUnderWhatWasAsked()
    {
        using var fixture = new CacheFixture();
        fixture.Origin.Otherwise = request =>
        {
            // What the platform's own handlers do below: the same message changes under the cache.
            request.Headers.Remove("Accept-Language");
            request.Headers.TryAddWithoutValidation("Accept-Language", "xx");
            request.Headers.TryAddWithoutValidation("Accept-Encoding", "gzip");
            return ScriptedOrigin.Response(200, "x", ("Cache-Control", "max-age=60"), ("Vary", "Accept-Encoding"), ("Content-Length", "1"));
        };
        await fixture.GetAsync("http://h/", ("Accept-Language", "de"));

        (await fixture.GetAsync("http://h/", ("Accept-Language", "de"))).Cache.Hit.Should().BeTrue();
    }

    [Fact]
    [Trait("Spec", "HTC-3")]
    public async Task Get_TwoMaxAges_BothAreSeen()
    {
        using var fixture = new CacheFixture();
        fixture.Origin.Otherwise = _ => ScriptedOrigin.Response(200, "x", ("Cache-Control", "max-age=5"), ("Cache-Control", "max-age=700"));
        await fixture.GetAsync();
        fixture.Time.Advance(TimeSpan.FromSeconds(6));

        (await fixture.GetAsync()).Cache.Hit.Should().BeFalse();
    }

    [Fact]
    [Trait("Spec", "HTC-4")]
    public async Task Get_RedirectedBelow_IsNotBoundToTheFirstUri()
    {
        using var fixture = new CacheFixture();
        fixture.Origin.Otherwise = request =>
        {
            request.RequestUri = new Uri("http://h/b");
            return ScriptedOrigin.Response(200, "b", ("Cache-Control", "max-age=60"));
        };
        await fixture.GetAsync("http://h/a");
        await fixture.GetAsync("http://h/a");
        fixture.Origin.Requests.Should().HaveCount(2);
    }

    [Fact]
    [Trait("Spec", "HTC-7")]
    [Trait("Spec", "HTC-6")]
    public async Task Get_HitDisposedUnread_CanBeReadAgainByOthers()
    {
        using var fixture = new CacheFixture();
        fixture.Origin.Then(200, "hello", ("Cache-Control", "max-age=60"));
        await fixture.GetAsync();
        var unread = await fixture.Client.GetAsync("http://h/", HttpCompletionOption.ResponseHeadersRead);
        unread.Dispose();

        using var hit = await fixture.Client.GetAsync("http://h/", HttpCompletionOption.ResponseHeadersRead);

        hit.Content.Headers.ContentLength.Should().Be(5);
        using (var copy = new MemoryStream())
        {
            await hit.Content.CopyToAsync(copy);
            copy.Length.Should().Be(5);
        }
    }

    [Theory]
    [InlineData("HTC-8", "304")]
    [InlineData("HTC-8", "stale")]
    [InlineData("HTC-8", "resend")]
    public async Task Get_ResponseThatIsNotHandedOn_IsDisposed(string id, string kind)
    {
        using var fixture = new CacheFixture();
        var dropped = new Http.ScriptedContent();
        fixture.Origin.Then(200, "x", ("Cache-Control", "max-age=1, stale-if-error=100"), ("ETag", "\"a\""));
        fixture.Origin.Then(_ => new HttpResponseMessage(kind == "stale" ? HttpStatusCode.ServiceUnavailable : HttpStatusCode.NotModified)
        {
            Content = dropped,
            Headers = { { "ETag", kind == "resend" ? "\"b\"" : "\"a\"" } },
        });
        fixture.Origin.Then(200, "y");
        await fixture.GetAsync();
        fixture.Time.Advance(TimeSpan.FromSeconds(2));

        (await fixture.GetAsync()).Body.Should().Be(kind == "resend" ? "y" : "x", id);
        dropped.IsDisposed.Should().BeTrue();
    }

    [Theory]
    [InlineData("HTC-10", false)]
    [InlineData("HTC-10", true)]
    public async Task Get_Validation_LeavesTheCallersMessageAlone(string id, bool fails)
    {
        using var fixture = new CacheFixture();
        fixture.Origin.Then(200, "x", ("Cache-Control", "max-age=1"), ("ETag", "\"a\""));
        _ = fails ? fixture.Origin.ThenFails() : fixture.Origin.Then(304, null, ("ETag", "\"a\""));
        await fixture.GetAsync();
        fixture.Time.Advance(TimeSpan.FromSeconds(2));
        using var request = CacheFixture.Request("GET", "http://h/", ("X-A", "1"));
        try
        {
            using var response = await fixture.Client.SendAsync(request);
            response.RequestMessage.Should().BeSameAs(request);
        }
        catch (HttpRequestException) when (fails)
        {
            // The origin is down and nothing may stand in.
        }

        fixture.Origin.Requests[1]["If-None-Match"].Should().Be("\"a\"");
        request.Headers.NonValidated.Select(h => h.Key).Should().Equal(["X-A"], id);
        (request.Method, request.RequestUri).Should().Be((HttpMethod.Get, new Uri("http://h/")));
    }

    [Fact]
    [Trait("Spec", "HTC-10")]
    public async Task Retry_AboveTheCache_ResendsWithoutOurConditions()
    {
        using var fixture = new CacheFixture();
        fixture.Origin.Then(200, "x", ("Cache-Control", "max-age=1"), ("ETag", "\"a\"")).Then(503, "down").Then(200, "y");
        await fixture.GetAsync();
        fixture.Time.Advance(TimeSpan.FromSeconds(2));
        using var invoker = new HttpMessageInvoker(new CachingHandler(fixture.Cache) { InnerHandler = fixture.Origin }, disposeHandler: false);
        using var request = CacheFixture.Request("GET", "http://h/");

        using var first = await invoker.SendAsync(request, CancellationToken.None);
        await fixture.Cache.ClearAsync();
        using var second = await invoker.SendAsync(request, CancellationToken.None);

        first.StatusCode.Should().Be(HttpStatusCode.ServiceUnavailable);
        (await second.Content.ReadAsStringAsync()).Should().Be("y");
        fixture.Origin.Requests[2]["If-None-Match"].Should().BeNull();
    }

    [Theory]
    [InlineData("HTC-11", false)]
    [InlineData("HTC-11", true)]
    public async Task Get_ValidationOrBackground_KeepsVersionPolicyAndOptions(string id, bool inBackground)
    {
        using var fixture = new CacheFixture();
        var seen = new List<(Version, HttpVersionPolicy, string?, string?)>();
        var key = new HttpRequestOptionsKey<string>("own");
        fixture.Origin.Otherwise = request =>
        {
            seen.Add((request.Version, request.VersionPolicy, request.Options.TryGetValue(key, out var o) ? o : null, request.Headers.NonValidated["X-Raw"].ToString()));
            return ScriptedOrigin.Response(200, "x", ("Cache-Control", inBackground ? "max-age=1, stale-while-revalidate=60" : "max-age=1"), ("ETag", "\"a\""));
        };
        for (var i = 0; i < 2; i++)
        {
            using var request = CacheFixture.Request("GET", "http://h/", ("X-Raw", "a,,b ;"));
            (request.Version, request.VersionPolicy) = (HttpVersion.Version20, HttpVersionPolicy.RequestVersionExact);
            request.Options.Set(key, "mine");
            await fixture.SendAsync(request);
            fixture.Time.Advance(TimeSpan.FromSeconds(2));
        }

        await fixture.Cache.Controller.Background.WhenIdleAsync();

        seen.Should().HaveCount(2, id).And.AllBeEquivalentTo((HttpVersion.Version20, HttpVersionPolicy.RequestVersionExact, "mine", "a,,b ;"));
    }

    /// <summary>A response with max-age=60 and a tag is stored; this many seconds later a request in this mode comes while the origin has another one.</summary>
    [Theory]
    [InlineData("HTC-12", HttpCacheMode.Default, 10, "stored", 0, "stored")]
    [InlineData("HTC-12", HttpCacheMode.Default, 70, "new", 1, "new")]
    [InlineData("HTC-12", HttpCacheMode.NoStore, 10, "new", 1, "stored")]
    [InlineData("HTC-12", HttpCacheMode.Reload, 10, "new", 1, "new")]
    [InlineData("HTC-12", HttpCacheMode.NoCache, 10, "new", 1, "new")]
    [InlineData("HTC-12", HttpCacheMode.ForceCache, 70, "stored", 0, "new")]
    [InlineData("HTC-12", HttpCacheMode.OnlyIfCached, 70, "stored", 0, "new")]
    public async Task Get_Mode_DecidesOfTheStore(string id, HttpCacheMode mode, int seconds, string body, int requests, string afterwards)
    {
        using var fixture = new CacheFixture();
        fixture.Origin.Then(200, "stored", ("Cache-Control", "max-age=60"), ("ETag", "\"a\""));
        fixture.Origin.Otherwise = _ => ScriptedOrigin.Response(200, "new", ("Cache-Control", "max-age=60"), ("ETag", "\"b\""));
        await fixture.GetAsync();
        fixture.Time.Advance(TimeSpan.FromSeconds(seconds));

        var seen = await fixture.SendAsync(CacheFixture.Request("GET", "http://h/").WithCache(mode));

        seen.Body.Should().Be(body, id);
        fixture.Origin.Requests.Should().HaveCount(1 + requests);
        if (requests == 1)
        {
            fixture.Origin.Requests[1]["If-None-Match"].Should().Be(mode is HttpCacheMode.NoCache or HttpCacheMode.Default ? "\"a\"" : null);
        }

        (await fixture.GetAsync()).Body.Should().Be(afterwards);
    }

    [Fact]
    [Trait("Spec", "HTC-12")]
    public async Task Get_StaleWindowsOfTheRequest_Count()
    {
        using var fixture = new CacheFixture();
        fixture.Origin.Then(200, "stored", ("Cache-Control", "max-age=60"));
        fixture.Origin.Otherwise = _ => ScriptedOrigin.Response(503, "down");
        await fixture.GetAsync();
        fixture.Time.Advance(TimeSpan.FromSeconds(70));

        (await fixture.GetAsync()).Status.Should().Be(503);
        var onError = await fixture.SendAsync(CacheFixture.Request("GET", "http://h/").WithStaleIfError(TimeSpan.FromSeconds(20)));
        var meanwhile = await fixture.SendAsync(CacheFixture.Request("GET", "http://h/").WithStaleWhileRevalidate(TimeSpan.FromSeconds(20)));

        (onError.Body, onError.Cache.Reason).Should().Be(("stored", CacheReason.StaleIfError));
        (meanwhile.Body, meanwhile.Cache.Reason).Should().Be(("stored", CacheReason.StaleWhileRevalidate));
        await fixture.Cache.Controller.Background.WhenIdleAsync();
    }

    [Fact]
    [Trait("Spec", "HTC-15")]
    public async Task Get_NoContentLengthOnTheWire_NoneIsInvented()
    {
        using var fixture = new CacheFixture();
        fixture.Origin.Then(_ =>
        {
            var response = ScriptedOrigin.Response(200, null, ("Cache-Control", "max-age=60"), ("Transfer-Encoding", "chunked"));
            response.Content = new Http.ScriptedContent("hel"u8.ToArray(), "lo"u8.ToArray());
            return response;
        });
        await fixture.GetAsync();

        using var hit = await fixture.Client.GetAsync("http://h/", HttpCompletionOption.ResponseHeadersRead);

        hit.Content.Headers.NonValidated.Contains("Content-Length").Should().BeFalse();
        (await hit.Content.ReadAsStringAsync()).Should().Be("hello");
    }

    [Fact]
    [Trait("Spec", "HTC-16")]
    public async Task Factory_HandlersRotatedAndOtherClient_ShareByName()
    {
        var origins = new List<ScriptedOrigin>();
        var services = new ServiceCollection();
        foreach (var name in new[] { "one", "two" })
        {
            services.AddHttpClient(name)
                .ConfigurePrimaryHttpMessageHandler(() =>
                {
                    var origin = new ScriptedOrigin { Otherwise = _ => ScriptedOrigin.Response(200, name, ("Cache-Control", "max-age=60")) };
                    origins.Add(origin);
                    return origin;
                })
                .AddHttpCaching();
        }

        await using var provider = services.BuildServiceProvider();
        var handlers = provider.GetRequiredService<IHttpMessageHandlerFactory>();
        var factory = provider.GetRequiredService<IHttpClientFactory>();
        await factory.CreateClient("one").GetStringAsync("http://h/");

        // What rotation comes to: the chain of the first client is disposed and another one is made over the same cache.
        handlers.CreateHandler("one").Dispose();
        using var rotated = new CachingHandler(provider.GetRequiredKeyedService<HttpCache>("one")) { InnerHandler = new ScriptedOrigin() };
        using var client = new HttpClient(rotated);

        (await client.GetStringAsync("http://h/")).Should().Be("one");
        (await factory.CreateClient("two").GetStringAsync("http://h/")).Should().Be("two");
        origins.Sum(o => o.Requests.Count).Should().Be(2);
    }

    [Fact]
    [Trait("Spec", "HTC-17")]
    public async Task Background_ChainDisposedMeanwhile_CountsAsFailed()
    {
        using var fixture = new CacheFixture();
        fixture.Origin.Then(200, "x", ("Cache-Control", "max-age=1, stale-while-revalidate=60")).ThenFails(new ObjectDisposedException("handler"));
        await fixture.GetAsync();
        fixture.Time.Advance(TimeSpan.FromSeconds(2));

        (await fixture.GetAsync()).Body.Should().Be("x");
        await fixture.Cache.Controller.Background.WhenIdleAsync();

        (await fixture.GetAsync()).Body.Should().Be("x");
        fixture.Origin.Requests.Should().HaveCount(2);
    }

    [Fact]
    [Trait("Spec", "HTC-19")]
    public async Task Get_TokenCancelledAfterTheHead_EntryStillCommits()
    {
        using var fixture = new CacheFixture();
        fixture.Origin.Then(200, "hello", ("Cache-Control", "max-age=60"));
        using var source = new CancellationTokenSource();
        using var response = await fixture.Client.GetAsync("http://h/", HttpCompletionOption.ResponseHeadersRead, source.Token);
        await source.CancelAsync();

        (await response.Content.ReadAsStringAsync(CancellationToken.None)).Should().Be("hello");
        (await fixture.GetAsync()).Cache.Hit.Should().BeTrue();
    }
}
