using System.Security.Cryptography;
using System.Text;
using HttpCaching.Tests.Control;

namespace HttpCaching.Tests.Issues;

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

    [Fact]
    [Trait("Spec", "FLD-6")]
    public async Task Get_CompletedPart_FieldThatMayNotBeKeptReachesThatCallerOnly()
    {
        const string Control = "max-age=60, no-cache=\"x-mine\"";
        using var fixture = new CacheFixture();
        fixture.Origin
            .Then(206, "01234", ("Cache-Control", Control), ("ETag", "\"1\""), ("Content-Range", "bytes 0-4/10"), ("X-Mine", "1"))
            .Then(206, "56789", ("Cache-Control", Control), ("ETag", "\"1\""), ("Content-Range", "bytes 5-9/10"), ("X-Mine", "2"));
        await fixture.GetAsync("http://h/", ("Range", "bytes=0-4"));

        var whole = await fixture.GetAsync();
        var next = await fixture.GetAsync();

        (whole["X-Mine"], whole.Body, next.Cache.Hit, next["X-Mine"], next.Body).Should().Be(("2", "0123456789", true, null, "0123456789"));
    }

    [Theory]
    [InlineData("0123456789", true)]
    [InlineData("another", false)]
    [Trait("Spec", "INC-7")]
    public async Task Get_CompletedPart_IsStoredOnlyIfItHasTheDigestOfTheWhole(string digested, bool isStored)
    {
        using var fixture = new CacheFixture(o => o.Extensions.VerifyDigests = true);
        var digest = $"sha-256=:{Convert.ToBase64String(SHA256.HashData(Encoding.ASCII.GetBytes(digested)))}:";
        (string, string)[] fields = [("Cache-Control", "max-age=60"), ("ETag", "\"1\""), ("Repr-Digest", digest)];
        fixture.Origin
            .Then(206, "01234", [.. fields, ("Content-Range", "bytes 0-4/10")])
            .Then(206, "56789", [.. fields, ("Content-Range", "bytes 5-9/10")])
            .Then(200, "0123456789", fields);
        await fixture.GetAsync("http://h/", ("Range", "bytes=0-4"));

        (await fixture.GetAsync()).Body.Should().Be("0123456789");

        (await fixture.GetAsync()).Cache.Hit.Should().Be(isStored);
    }
}
