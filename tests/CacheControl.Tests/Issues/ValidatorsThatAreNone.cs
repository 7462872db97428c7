using HttpCaching.Fields;
using HttpCaching.Policy;
using HttpCaching.Tests.Control;
using HttpCaching.Tests.Policy;

namespace HttpCaching.Tests.Issues;

/// <summary>A Last-Modified that is no date took the place of the caller's condition, and a tag with an open quote spoilt the caller's list.</summary>
public sealed class ValidatorsThatAreNone
{
    [Theory]
    [InlineData("0")]
    [InlineData("")]
    [InlineData("yesterday")]
    [Trait("Spec", "VAL-2")]
    public async Task Get_StoredLastModifiedThatIsNoDate_KeepsTheCallersCondition(string modified)
    {
        using var fixture = new CacheFixture();
        fixture.Origin
            .Then(200, "one", ("Cache-Control", "max-age=0"), ("Last-Modified", modified))
            .Then(304, null);
        await fixture.GetAsync();

        var seen = await fixture.GetAsync("http://h/", ("If-Modified-Since", CacheFixture.Date(-10)));

        fixture.Origin.Requests[1]["If-Modified-Since"].Should().Be(CacheFixture.Date(-10));
        seen.Status.Should().Be(304);
    }

    [Theory]
    [InlineData("0", false)]
    [InlineData("", false)]
    [InlineData("@-10", true)]
    public void HasValidator_LastModified_OnlyIfItIsADate(string modified, bool expected) =>
        Given.Evaluated(200, "Last-Modified: " + modified).HasValidator.Should().Be(expected);

    [Theory]
    [InlineData("\"a\"", true)]
    [InlineData("W/\"a\"", true)]
    [InlineData("\"a b\"", true)]
    [InlineData("\"\"", true)]
    [InlineData("abc", true)]
    [InlineData("\"a", false)]
    [InlineData("a\"", false)]
    [InlineData("W/\"a", false)]
    [InlineData("\"a\"b\"", false)]
    [InlineData("\"", false)]
    [InlineData("*", false)]
    [InlineData("a,b", false)]
    [Trait("Spec", "VAL-5")]
    public void IsSendable_TagWithOpenQuote_IsNot(string text, bool expected) => EntityTag.Parse(text).IsSendable.Should().Be(expected);

    [Theory]
    [InlineData("\"a")]
    [InlineData("abc")]
    [Trait("Spec", "VAL-7")]
    public async Task Get_StoredTagThatIsNone_DoesNotSpoilTheCallersList(string tag)
    {
        using var fixture = new CacheFixture();
        fixture.Origin
            .Then(200, "one", ("Cache-Control", "max-age=0"), ("ETag", tag))
            .Then(304, null, ("ETag", "\"x\""));
        await fixture.GetAsync();

        var seen = await fixture.GetAsync("http://h/", ("If-None-Match", "\"x\""));

        fixture.Origin.Requests[1]["If-None-Match"].Should().Be("\"x\"");
        seen.Status.Should().Be(304);
    }

    [Fact]
    [Trait("Spec", "VAL-6")]
    public void Conditions_MalformedTag_GoesAloneOnly()
    {
        var malformed = Given.Stored("Vary: A | ETag: abc", Given.Request("A: 1"));
        var other = Given.Stored("Vary: A | ETag: \"b\"", Given.Request("A: 2"));

        ValidationRules.Conditions(Given.Request(), [malformed], Given.Private).First("If-None-Match").Should().Be("abc");
        ValidationRules.Conditions(Given.Request(), [malformed, other], Given.Private).First("If-None-Match").Should().Be("\"b\"");
    }

    [Fact]
    [Trait("Spec", "VLD-4")]
    public async Task Get_StrongTagAnd304WithoutValidator_IsConfirmed()
    {
        using var fixture = new CacheFixture();
        fixture.Origin
            .Then(200, "one", ("Cache-Control", "max-age=0"), ("ETag", "\"a\""))
            .Then(304, null, ("Cache-Control", "max-age=60"));
        await fixture.GetAsync();

        (await fixture.GetAsync()).Body.Should().Be("one");
        (await fixture.GetAsync()).Cache.Hit.Should().BeTrue();
    }
}
