using HttpCaching.Fields;
using HttpCaching.Policy;
using HttpCaching.Tests.Control;
using HttpCaching.Tests.Policy;

namespace HttpCaching.Tests.Issues;

/// <summary>A directive that permits counted although it was malformed or had an argument, and one that restricts was lost in a malformed member.</summary>
public sealed class DirectivesOutOfShape
{
    [Theory]
    [InlineData("AUT-1", "must-revalidate", true)]
    [InlineData("AUT-1", "must-revalidate;x", false)]
    [InlineData("AUT-1", "must-revalidate max-age=60", false)]
    [InlineData("AUT-1", "must-revalidate=no", false)]
    [InlineData("AUT-1", "must-revalidate=\"\"", false)]
    [InlineData("AUT-1", "public=0", false)]
    [InlineData("AUT-1", "public;x", false)]
    [InlineData("AUT-1", "s-maxage=60", true)]
    [InlineData("AUT-1", "s-maxage=\"60\"", true)]
    [InlineData("AUT-1", "s-maxage=60, s-maxage=30", true)]
    [InlineData("AUT-1", "s-maxage=abc", false)]
    [InlineData("AUT-1", "s-maxage", false)]
    [InlineData("AUT-1", "s-maxage=-1", false)]
    [InlineData("AUT-1", "s-maxage=60;x", false)]
    [InlineData("AUT-1", "s-maxage=60, s-maxage=abc", false)]
    [InlineData("AUT-1", "s-maxage=60, s-maxage", false)]
    [InlineData("AUT-1", "\"public\"", false)]
    [Trait("Spec", "AUT-1")]
    public void MayStore_AuthorizedInSharedCache_OnlyByAWellFormedPermission(string spec, string permission, bool isStored) =>
        Given.Verdict(200, "Cache-Control: max-age=60, " + permission, Given.Shared, Given.Request("Authorization: Bearer a"))
            .Should().Be(isStored ? null : (NotStoredReason?)NotStoredReason.Authorization, spec);

    [Theory]
    [InlineData("s-maxage=abc")]
    [InlineData("public=1")]
    [InlineData("s-maxage")]
    public void MayStore_CookieInSharedCache_OnlyByAWellFormedPermission(string permission) =>
        Given.Verdict(200, "Set-Cookie: a=1 | Cache-Control: max-age=60, " + permission, Given.Shared).Should().Be(NotStoredReason.SetCookie);

    [Theory]
    [InlineData("no-store, must-understand=false")]
    [InlineData("no-store, must-understand=true")]
    [InlineData("no-store, must-understand;x")]
    public void MayStore_NoStoreBesideMustUnderstandWithArgument_IsNotStored(string control) =>
        Given.Verdict(200, "Cache-Control: max-age=60, " + control).Should().Be(NotStoredReason.NoStore);

    [Theory]
    [InlineData("302", "public=0", NotStoredReason.NoPermission)]
    [InlineData("302", "public", null)]
    [InlineData("302", "max-age=abc", NotStoredReason.NoPermission)]
    [InlineData("302", "max-age", NotStoredReason.NoPermission)]
    [InlineData("302", "max-age=0", null)]
    internal void MayStore_StatusThatNeedsAPermission_OnlyByAWellFormedOne(string status, string control, NotStoredReason? expected) =>
        Given.Verdict(int.Parse(status, System.Globalization.CultureInfo.InvariantCulture), "Location: /b | Cache-Control: " + control).Should().Be(expected);

    [Theory]
    [InlineData("max-age=60, \"no-store\"", NotStoredReason.NoStore)]
    [InlineData("max-age=60 no-store", NotStoredReason.NoStore)]
    [InlineData("max-age=60; no-store", NotStoredReason.NoStore)]
    [InlineData("\"max-age=60, no-store\"", NotStoredReason.NoStore)]
    [InlineData("max-age=60, public No-Store", NotStoredReason.NoStore)]
    [InlineData("max-age=60, =no-store", NotStoredReason.NoStore)]
    [InlineData("max-age=60, (no-store)", NotStoredReason.NoStore)]
    [InlineData("max-age=60, x=\"no-store", NotStoredReason.NoStore)]
    [InlineData("max-age=60, x=\"no-store\"", null)]
    [InlineData("max-age=60, x-no-store y", null)]
    [InlineData("max-age=60, x=no-store", null)]
    [InlineData("max-age=60 private", NotStoredReason.Private)]
    [InlineData("max-age=60, \"private\"", NotStoredReason.Private)]
    internal void MayStore_RestrictionInAMalformedMember_Restricts(string control, NotStoredReason? expected) =>
        Given.Verdict(200, "Cache-Control: " + control, Given.Shared).Should().Be(expected);

    [Theory]
    [InlineData("max-age=60, \"no-cache\"", CacheReason.ResponseNoCache)]
    [InlineData("max-age=60, public no-cache", CacheReason.ResponseNoCache)]
    [InlineData("max-age=60, public;no-cache=\"x-a\"", CacheReason.ResponseNoCache)]
    [InlineData("max-age=60, public max-age=9", CacheReason.Expired)]
    [InlineData("max-age=60", CacheReason.Fresh)]
    public void Decide_NoCacheOrLifetimeInAMalformedMember_IsValidated(string control, CacheReason expected) =>
        Given.Decide(Given.Stored("ETag: \"a\" | Cache-Control: " + control), 10).Reason.Should().Be(expected);

    [Theory]
    [InlineData("max-age=60, \"must-revalidate\"", true)]
    [InlineData("max-age=60, public;must-revalidate", true)]
    [InlineData("max-age=60, public;proxy-revalidate", true)]
    [InlineData("max-age=60, s-maxage=abc", true)]
    [InlineData("max-age=60, must-revalidate=no", true)]
    [InlineData("max-age=60", false)]
    public void ForbidsStale_MalformedRestriction_Forbids(string control, bool expected) =>
        Given.Evaluated(200, "Cache-Control: " + control, Given.Shared).ForbidsStale.Should().Be(expected);

    [Theory]
    [InlineData("immutable", true)]
    [InlineData("immutable=0", false)]
    public void Immutable_WithArgument_PermitsNothing(string directive, bool expected) =>
        Given.Evaluated(200, "Cache-Control: max-age=60, " + directive).Directives.Immutable.Should().Be(expected);

    [Theory]
    [InlineData("Cache-Control: max-age=60 no-cache", false)]
    [InlineData("Cache-Control: \"no-cache\"", false)]
    [InlineData("Cache-Control: max-age=60;no-store", true)]
    [InlineData("Pragma: \"no-cache\"", false)]
    public void Request_RestrictionInAMalformedMember_Restricts(string line, bool isNoStore)
    {
        var directives = RequestDirectives.Parse(Given.Fields(line));

        (directives.NoStore, directives.NoCache).Should().Be((isNoStore, !isNoStore));
    }

    [Fact]
    public async Task Get_AnotherUserAfterMalformedPermission_IsAnsweredByTheOrigin()
    {
        using var fixture = new CacheFixture(o => o.Kind = CacheKind.Shared);
        fixture.Origin
            .Then(200, "of a", ("Cache-Control", "max-age=60, must-revalidate;x"))
            .Then(200, "of b");

        await fixture.GetAsync("http://h/", ("Authorization", "Bearer a"));

        (await fixture.GetAsync("http://h/", ("Authorization", "Bearer b"))).Body.Should().Be("of b");
    }
}
