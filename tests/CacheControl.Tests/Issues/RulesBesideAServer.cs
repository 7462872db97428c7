using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using HttpCaching.Tests.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace HttpCaching.Tests.Issues;

/// <summary>Rules beside a server that is none of ours: what a caller gets is what a plain client gets, and the server is asked less often.</summary>
public sealed class RulesBesideAServer : IAsyncLifetime
{
    private readonly ConcurrentQueue<string> _asked = new();
    private LoopbackServer _server = null!;

    public async Task InitializeAsync() => _server = await LoopbackServer.StartAsync(AnswerAsync);

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    [Trait("Spec", "RUL-7")]
    public async Task KeysAndVariantsAndCookies_AskTheServerOnce()
    {
        using var client = Client(rule => rule.FreshFor(TimeSpan.FromMinutes(5)).IgnoreQuery("utm_*").IgnoreVary("User-Agent").SetCookie(HttpCacheSetCookie.Remove));
        foreach (var (query, agent) in new[] { ("?id=1&utm_source=a", "one/1"), ("?id=1", "two/2"), ("?utm_medium=b&id=1", "three/3") })
        {
            using var plain = new HttpClient();
            using var expected = await plain.SendAsync(Get(query, agent));
            using var actual = await client.SendAsync(Get(query, agent));

            (await actual.Content.ReadAsStringAsync()).Should().Be(await expected.Content.ReadAsStringAsync());
            actual.Headers.ETag.Should().Be(expected.Headers.ETag);
        }

        _asked.Should().HaveCount(4, "each plain request, and the first of the cache");
        (await client.PutAsync(Uri("?id=1&utm_campaign=c"), null)).StatusCode.Should().Be(HttpStatusCode.OK);
        using var again = await client.SendAsync(Get("?id=1", "one/1"));
        again.GetCacheStatus()!.Hit.Should().BeFalse("the change was for the same resource");
    }

    [Fact]
    [Trait("Spec", "RUL-3")]
    public async Task ReadOnly_ValidatesWithTheServerAndKeepsWhatIsStored()
    {
        using var client = Client(rule => rule.FreshFor(TimeSpan.Zero));
        using var stored = await client.SendAsync(Get("?id=2", "one/1"));
        await stored.Content.ReadAsStringAsync();

        using var looked = await client.SendAsync(Get("?id=2", "one/1").WithCache(HttpCacheMode.ReadOnly));
        var status = looked.GetCacheStatus()!;
        (status.Reason, status.ForwardStatus, status.NotStored).Should().Be((CacheReason.Validated, 304, NotStoredReason.ReadOnly));
        (await looked.Content.ReadAsStringAsync()).Should().Be("GET 2");
    }

    [Fact]
    [Trait("Spec", "RUL-12")]
    public async Task PostUnderACondition_GetsNoAnswerFromTheServer_SoNoneGoesOut()
    {
        using var plain = new HttpClient();
        using var conditional = new HttpRequestMessage(HttpMethod.Post, Uri("?id=3")) { Content = JsonContent.Create(new { a = 1 }), Headers = { { "If-None-Match", "\"3\"" } } };
        using var refused = await plain.SendAsync(conditional);
        refused.StatusCode.Should().BeOneOf([HttpStatusCode.PreconditionFailed, HttpStatusCode.NotModified], "RFC 9110 asks for 412, and this server sends 304");

        using var client = Client(rule => rule.CacheContentOf("POST", "application/json").FreshFor(TimeSpan.Zero));
        for (var i = 0; i < 2; i++)
        {
            using var response = await client.PostAsJsonAsync(Uri("?id=3"), new { a = 1 });
            (response.StatusCode, await response.Content.ReadAsStringAsync()).Should().Be((HttpStatusCode.OK, "POST 3"));
        }
    }

    private HttpClient Client(Action<CacheRule> rule) => new(new CachingHandler(new HttpCacheOptions().For(new Uri(_server.Address, "/*").ToString(), rule)));

    private Uri Uri(string query) => new(_server.Address, "/item" + query);

    private HttpRequestMessage Get(string query, string agent) => new(HttpMethod.Get, Uri(query)) { Headers = { { "User-Agent", agent } } };

    /// <summary>Answers as ASP.NET Core does with a tag, conditions judged by it.</summary>
    private Task AnswerAsync(HttpContext context)
    {
        _asked.Enqueue(context.Request.Method);
        var id = context.Request.Query["id"].ToString();
        context.Response.Headers.Vary = "User-Agent";
        context.Response.Headers.SetCookie = "visit=1";
        var body = System.Text.Encoding.UTF8.GetBytes($"{context.Request.Method} {id}");
        return Results.Bytes(body, "text/plain", entityTag: new EntityTagHeaderValue($"\"{id}\"")).ExecuteAsync(context);
    }
}
