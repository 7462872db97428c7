using CacheControl.Model;
using CacheControl.Tests.Control;

namespace CacheControl.Tests.Issues;

/// <summary>A part was completed and stored as a whole, whatever the piece that came last said about storing.</summary>
public sealed class CompletedPartTests
{
    [Theory]
    [InlineData(CacheKind.Shared, "max-age=60", true)]
    [InlineData(CacheKind.Shared, "max-age=60, private", false)]
    [InlineData(CacheKind.Private, "max-age=60, private", true)]
    [InlineData(CacheKind.Private, "max-age=60, no-store", false)]
    [Trait("Spec", "RNG-11")]
    public async Task Get_CompletedPart_IsStoredOnlyIfTheLastPieceAllowsIt(CacheKind kind, string directives, bool isStored)
    {
        using var fixture = new CacheFixture(o => o.Kind = kind);
        fixture.Origin
            .Then(206, "01234", ("Cache-Control", "max-age=60"), ("ETag", "\"1\""), ("Content-Range", "bytes 0-4/10"))
            .Then(206, "56789", ("Cache-Control", directives), ("ETag", "\"1\""), ("Content-Range", "bytes 5-9/10"))
            .Then(200, "0123456789", ("Cache-Control", "max-age=60"), ("ETag", "\"1\""));
        await fixture.GetAsync("http://h/", ("Range", "bytes=0-4"));

        var whole = await fixture.GetAsync();
        var next = await fixture.GetAsync();

        whole.Status.Should().Be(200);
        whole.Body.Should().Be("0123456789");
        whole.Cache.Stored.Should().Be(isStored);
        next.Body.Should().Be("0123456789");
        next.Cache.Hit.Should().Be(isStored);
        fixture.Origin.Requests.Should().HaveCount(isStored ? 2 : 3);
        fixture.Origin.Requests[^1]["Range"].Should().Be(isStored ? "bytes=5-" : null);
    }
}
