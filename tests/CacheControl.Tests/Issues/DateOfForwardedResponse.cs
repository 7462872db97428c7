using HttpCaching.Tests.Control;

namespace HttpCaching.Tests.Issues;

/// <summary>A shared cache, which stands between the origin and clients, passed a response without Date on as it was (RFC 9110 §6.6.1).</summary>
public sealed class DateOfForwardedResponse
{
    [Theory]
    [InlineData(CacheKind.Shared, "GET", "max-age=60", true)]
    [InlineData(CacheKind.Shared, "GET", "no-store", true)]
    [InlineData(CacheKind.Shared, "POST", "no-store", true)]
    [InlineData(CacheKind.Private, "GET", "max-age=60", false)]
    public async Task Send_ResponseWithoutDate_GetsOneInASharedCache(CacheKind kind, string method, string control, bool expected)
    {
        using var fixture = new CacheFixture(o => o.Kind = kind);
        fixture.Origin.Otherwise = _ => ScriptedOrigin.Response(200, "one", ("Cache-Control", control));

        (await fixture.SendAsync(CacheFixture.Request(method, "http://h/")))["Date"].Should().Be(expected ? CacheFixture.Date() : null);
    }

    [Theory]
    [InlineData("Thu, 01 Jan 2026 11:00:00 GMT")]
    [InlineData("yesterday")]
    public async Task Get_ResponseWithDate_KeepsIt(string date)
    {
        using var fixture = new CacheFixture(o => o.Kind = CacheKind.Shared);
        fixture.Origin.Then(200, "one", ("Date", date));

        (await fixture.GetAsync())["Date"].Should().Be(date);
    }
}
