using HttpCaching.Tests.Control;

namespace HttpCaching.Tests.Issues;

/// <summary>
/// The exclusions of the head before a 304 counted, not those of the head that it makes: lines went on being kept, or were lost for good. The caller whose
/// request was validated lost fields that the 304 itself had.
/// </summary>
[Trait("Spec", "VLD-6")]
public sealed class WithheldFieldsOfValidation
{
    [Theory]
    [InlineData(CacheKind.Shared, "max-age=60, public, private=\"set-cookie\"")]
    [InlineData(CacheKind.Shared, "max-age=60, public, no-cache=\"set-cookie\"")]
    [InlineData(CacheKind.Private, "max-age=60, no-cache=\"set-cookie\"")]
    public async Task Hit_After304ThatExcludesAStoredField_DoesNotHaveIt(CacheKind kind, string control)
    {
        using var fixture = new CacheFixture(o => o.Kind = kind);
        fixture.Origin
            .Then(200, "one", ("Cache-Control", "max-age=0, public"), ("ETag", "\"a\""), ("Set-Cookie", "s=1"))
            .Then(304, null, ("Cache-Control", control), ("ETag", "\"a\""));
        await fixture.GetAsync();

        var validated = await fixture.GetAsync();
        var hit = await fixture.GetAsync();

        (validated["Set-Cookie"], validated.Body).Should().Be((null, "one"));
        (hit.Cache.Hit, hit["Set-Cookie"]).Should().Be((true, null));
    }

    [Fact]
    public async Task Hit_After304WithoutTheQualification_HasTheFieldOfThe304()
    {
        using var fixture = new CacheFixture();
        fixture.Origin
            .Then(200, "one", ("Cache-Control", "max-age=0, no-cache=\"x-a\""), ("ETag", "\"a\""), ("X-A", "1"))
            .Then(304, null, ("Cache-Control", "max-age=60"), ("ETag", "\"a\""), ("X-A", "2"));
        await fixture.GetAsync();

        (await fixture.GetAsync())["X-A"].Should().Be("2");
        (await fixture.GetAsync())["X-A"].Should().Be("2");
    }

    [Fact]
    public async Task Get_304WithAWithheldField_ReachesThatCallerOnly()
    {
        using var fixture = new CacheFixture();
        fixture.Origin
            .Then(200, "one", ("Cache-Control", "max-age=5, no-cache=\"set-cookie\""), ("ETag", "\"a\""), ("Set-Cookie", "s=1"))
            .Then(304, null, ("Cache-Control", "max-age=5, no-cache=\"set-cookie\""), ("ETag", "\"a\""), ("Set-Cookie", "s=2"))
            .Then(304, null, ("ETag", "\"a\""), ("Set-Cookie", "s=3"));
        (await fixture.GetAsync())["Set-Cookie"].Should().Be("s=1");
        (await fixture.GetAsync())["Set-Cookie"].Should().BeNull();
        fixture.Time.Advance(TimeSpan.FromSeconds(6));

        var validated = await fixture.GetAsync();
        var hit = await fixture.GetAsync();
        fixture.Time.Advance(TimeSpan.FromSeconds(6));
        var again = await fixture.GetAsync();

        (validated.Body, validated["Set-Cookie"]).Should().Be(("one", "s=2"));
        (hit.Cache.Hit, hit["Set-Cookie"]).Should().Be((true, null));
        again["Set-Cookie"].Should().Be("s=3", "the qualification of the stored head goes on where the 304 has no Cache-Control");
    }

    [Theory]
    [InlineData("If-None-Match", "\"a\"", "GET")]
    [InlineData("X-Other", "1", "HEAD")]
    public async Task Get_304WithAWithheldFieldToAConditionOrHead_ReachesThatCaller(string name, string value, string method)
    {
        using var fixture = new CacheFixture();
        fixture.Origin
            .Then(200, "one", ("Cache-Control", "max-age=0, no-cache=\"set-cookie\""), ("ETag", "\"a\""))
            .Then(304, null, ("Cache-Control", "max-age=60, no-cache=\"set-cookie\""), ("ETag", "\"a\""), ("Set-Cookie", "s=2"));
        await fixture.GetAsync();

        (await fixture.SendAsync(CacheFixture.Request(method, "http://h/", (name, value))))["Set-Cookie"].Should().Be("s=2");
        (await fixture.GetAsync())["Set-Cookie"].Should().BeNull();
    }
}
