using HttpCaching.Tests.Control;
using HttpCaching.Tests.Http;

namespace HttpCaching.Tests.Issues;

/// <summary>`new HttpMethod("get")` goes out as GET, but was taken for an unknown method: not cached, and it removed what was stored.</summary>
[Trait("Spec", "MTH-7")]
public sealed class MethodsInOtherCase
{
    [Theory]
    [InlineData("get")]
    [InlineData("Get")]
    public async Task Send_GetInOtherCase_IsAGet(string method)
    {
        using var fixture = new CacheFixture();
        fixture.Origin.Then(200, "one", ("Cache-Control", "max-age=60"));

        await fixture.SendAsync(CacheFixture.Request(method, "http://h/"));

        (await fixture.GetAsync()).Cache.Hit.Should().BeTrue();
        (await fixture.SendAsync(CacheFixture.Request(method, "http://h/"))).Cache.Hit.Should().BeTrue();
        (await fixture.SendAsync(CacheFixture.Request("head", "http://h/"))).Cache.Hit.Should().BeTrue();
    }

    [Theory]
    [InlineData("Options", false)]
    [InlineData("trace", false)]
    [InlineData("put", true)]
    [InlineData("m-search", true)]
    public async Task Send_OtherMethodInOtherCase_ActsAsThePlatformSendsIt(string method, bool invalidates)
    {
        using var fixture = new CacheFixture();
        fixture.Origin.Otherwise = _ => ScriptedOrigin.Response(200, "one", ("Cache-Control", "max-age=60"));
        await fixture.GetAsync();

        await fixture.SendAsync(CacheFixture.Request(method, "http://h/"));

        (await fixture.GetAsync()).Cache.Hit.Should().Be(!invalidates);
    }

    [Theory]
    [InlineData("get", "GET")]
    [InlineData("hEAD", "HEAD")]
    [InlineData("query", null)]
    [InlineData("propfind", "propfind")]
    public async Task Platform_MethodInOtherCase_IsSentAsTheCacheReadsIt(string method, string? onTheWire)
    {
        await using var server = await LoopbackServer.StartAsync(_ => Task.CompletedTask);
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(new HttpMethod(method), server.Address);
        var head = new Model.RequestHead { Method = "", TargetUri = "", Fields = default };
        HttpCaching.Http.RequestReader.Read(request, "http://h/", head);

        using var response = await client.SendAsync(request);

        var sent = server.Requests.Single().Split(' ')[0];
        sent.Should().Be(onTheWire ?? sent);
        head.Method.Should().Be(sent);
    }
}
