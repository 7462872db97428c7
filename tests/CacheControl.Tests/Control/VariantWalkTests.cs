namespace HttpCaching.Tests.Control;

public sealed class VariantWalkTests
{
    private static readonly (string, string) MaxAge = ("Cache-Control", "max-age=60");

    [Fact]
    [Trait("Spec", "VRY-7")]
    public async Task Get_SecondVariant_LeavesTheFirst()
    {
        using var fixture = new CacheFixture();
        fixture.Origin.Otherwise = request => ScriptedOrigin.Response(200, string.Concat(request.Headers.GetValues("Foo")), MaxAge, ("Vary", "Foo"));

        foreach (var value in (string[])["1", "2", "3", "1", "2", "3"])
        {
            (await fixture.GetAsync(fields: ("Foo", value))).Body.Should().Be(value);
        }

        fixture.Hits().Should().Be(3);
    }

    [Fact]
    [Trait("Spec", "VRY-7")]
    public async Task Get_StaleVariantReplaced_LeavesTheOthers()
    {
        using var fixture = new CacheFixture();
        fixture.Origin
            .Then(200, "short", ("Cache-Control", "max-age=10"), ("Vary", "Foo"))
            .Then(200, "long", MaxAge, ("Vary", "Foo"))
            .Then(200, "new", MaxAge, ("Vary", "Foo"));
        await fixture.GetAsync(fields: ("Foo", "1"));
        await fixture.GetAsync(fields: ("Foo", "2"));
        fixture.Pass(20);

        (await fixture.GetAsync(fields: ("Foo", "1"))).Body.Should().Be("new");
        (await fixture.GetAsync(fields: ("Foo", "1"))).Body.Should().Be("new");
        (await fixture.GetAsync(fields: ("Foo", "2"))).Body.Should().Be("long");
    }

    [Fact]
    [Trait("Spec", "VRY-8")]
    public async Task Get_ResponsesWithDifferentVary_AreBothSelectable()
    {
        using var fixture = new CacheFixture();
        fixture.Origin.Then(200, "by A", MaxAge, ("Vary", "A")).Then(200, "by B", MaxAge, ("Vary", "B"));
        await fixture.GetAsync(fields: [("A", "1"), ("B", "1")]);
        await fixture.GetAsync(fields: [("A", "2"), ("B", "2")]);

        (await fixture.GetAsync(fields: [("A", "1"), ("B", "9")])).Body.Should().Be("by A");
        (await fixture.GetAsync(fields: [("A", "9"), ("B", "2")])).Body.Should().Be("by B");
        fixture.Hits().Should().Be(2);
    }

    [Fact]
    [Trait("Spec", "VRY-9")]
    public async Task Get_AcceptEncodingAddedBelow_IsComparedAsTheCallerSentIt()
    {
        using var fixture = new CacheFixture();
        fixture.Origin.Otherwise = request =>
        {
            request.Headers.TryAddWithoutValidation("Accept-Encoding", "gzip, deflate, br");
            return ScriptedOrigin.Response(200, "x", MaxAge, ("Vary", "Accept-Encoding"));
        };

        await fixture.GetAsync();

        (await fixture.GetAsync()).Cache.Hit.Should().BeTrue();
        (await fixture.GetAsync(fields: ("Accept-Encoding", "gzip"))).Cache.Hit.Should().BeFalse();
    }

    [Fact]
    [Trait("Spec", "VRY-10")]
    public async Task Get_OlderDateStoredLast_NewerOneIsServed()
    {
        using var fixture = new CacheFixture();
        fixture.Origin
            .Then(200, "newer", MaxAge, ("Vary", "A"), ("Date", CacheFixture.Date(-5)))
            .Then(200, "older", MaxAge, ("Vary", "B"), ("Date", CacheFixture.Date(-10)));
        await fixture.GetAsync(fields: [("A", "1"), ("B", "1")]);
        await fixture.GetAsync(fields: [("A", "2"), ("B", "2")]);

        (await fixture.GetAsync(fields: [("A", "1"), ("B", "2")])).Body.Should().Be("newer");
    }

    [Theory]
    [InlineData("VRY-2", "*")]
    [InlineData("VRY-2", "Foo, *")]
    [InlineData("VRY-12", "foo, b@d")]
    public async Task Get_VaryThatMatchesNothing_IsValidatedEachTime(string spec, string vary)
    {
        using var fixture = new CacheFixture();
        fixture.Origin.Then(200, "x", MaxAge, ("Vary", vary), ("ETag", "\"a\"")).Then(304, null, ("ETag", "\"a\"")).Then(304, null, ("ETag", "\"a\""));
        await fixture.GetAsync(fields: ("Foo", "1"));

        (await fixture.GetAsync(fields: ("Foo", "1"))).Cache.Reason.Should().Be(CacheReason.Validated, spec);
        (await fixture.GetAsync(fields: ("Foo", "1"))).Body.Should().Be("x", spec);
        fixture.Hits().Should().Be(3, spec);
    }
}
