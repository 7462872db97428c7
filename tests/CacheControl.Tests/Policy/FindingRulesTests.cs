using HttpCaching.Fields;
using HttpCaching.Policy;

namespace HttpCaching.Tests.Policy;

/// <summary>Each response came at <see cref="Given.Now"/>. The last column has all findings.</summary>
public sealed class FindingRulesTests
{
    private const string Sound = "Date: @0 | ETag: \"a\" | Cache-Control: max-age=60";

    [Theory]
    [InlineData("XPL-2", "nothing odd", "", Sound, "")]
    [InlineData("XPL-2", "no lifetime", "", "Date: @0 | ETag: \"a\"", "NoLifetime")]
    [InlineData("XPL-2", "guess", "", "Date: @0 | Last-Modified: @-1000", "NoLifetime GuessedLifetime")]
    [InlineData("XPL-2", "no validator", "", "Date: @0 | Cache-Control: max-age=60", "NoValidator")]
    [InlineData("XPL-2", "no validator, no-store", "", "Date: @0 | Cache-Control: no-store", "")]
    [InlineData("XPL-2", "old Expires", "", Sound + " | Expires: @-1000", "ExpiresBesideMaxAge")]
    [InlineData("XPL-2", "same Expires", "", Sound + " | Expires: @60", "")]
    [InlineData("XPL-2", "Expires is 0", "", "Date: @0 | ETag: \"a\" | Expires: 0", "InvalidExpires")]
    [InlineData("XPL-2", "max-age is no number", "", "Date: @0 | ETag: \"a\" | Cache-Control: max-age=x", "InvalidMaxAge")]
    [InlineData("XPL-2", "open quotes", "", "Date: @0 | ETag: \"a\" | Cache-Control: x=\"a", "MalformedDirectives")]
    [InlineData("XPL-2", "Vary: *", "", Sound + " | Vary: *", "VaryAny")]
    [InlineData("XPL-2", "Vary: User-Agent", "", Sound + " | Vary: accept, user-agent", "VaryUserAgent")]
    [InlineData("XPL-2", "Vary: Cookie", "", Sound + " | Vary: Cookie", "VaryCookie")]
    [InlineData("XPL-2", "five fields", "", Sound + " | Vary: a, b, c, d, e", "VaryMany")]
    [InlineData("XPL-2", "four fields", "", Sound + " | Vary: a, b, c, d", "")]
    [InlineData("XPL-2", "coding unsaid", "", Sound + " | Content-Encoding: gzip | Vary: Accept", "CodedWithoutVary")]
    [InlineData("XPL-2", "coding said", "", Sound + " | Content-Encoding: gzip | Vary: accept-encoding", "")]
    [InlineData("XPL-2", "private without credentials", "", Sound + ", private", "PrivateWithoutCredentials")]
    [InlineData("XPL-2", "private with credentials", "credentials", Sound + ", private", "")]
    [InlineData("XPL-2", "private beside no-store", "", "Date: @0 | Cache-Control: private, no-store", "")]
    [InlineData("XPL-2", "private beside public", "credentials", Sound + ", private, public", "PrivateBesidePublic")]
    [InlineData("XPL-2", "Pragma", "", Sound + " | Pragma: no-cache", "PragmaInResponse")]
    [InlineData("XPL-2", "no Date", "", "ETag: \"a\" | Cache-Control: max-age=60", "NoDate")]
    [InlineData("XPL-2", "Date is junk", "", "Date: now | ETag: \"a\" | Cache-Control: max-age=60", "InvalidDate")]
    [InlineData("XPL-2", "Date ahead", "", "Date: @61 | ETag: \"a\" | Cache-Control: max-age=60", "DateAhead")]
    [InlineData("XPL-2", "Date a minute ahead", "", "Date: @60 | ETag: \"a\" | Cache-Control: max-age=60", "")]
    [InlineData("XPL-2", "Date behind", "", "Date: @-61 | ETag: \"a\" | Cache-Control: max-age=99", "DateBehind")]
    [InlineData("XPL-2", "Date behind with Age", "", "Date: @-61 | Age: 61 | ETag: \"a\" | Cache-Control: max-age=99", "")]
    [InlineData("XPL-2", "stale on arrival", "", "Date: @0 | Age: 60 | ETag: \"a\" | Cache-Control: max-age=60", "StaleOnArrival")]
    [InlineData("XPL-2", "no-store and more", "", "Date: @0 | ETag: \"a\" | Cache-Control: no-store, max-age=60", "NoStoreBesideOthers")]
    [InlineData("XPL-2", "no-cache, no-store", "", "Date: @0 | Cache-Control: no-cache, no-store", "NoStoreBesideOthers")]
    [InlineData("XPL-2", "no-cache, nothing to ask by", "", "Date: @0 | Cache-Control: no-cache", "NoValidator NoCacheWithoutValidator")]
    [InlineData("XPL-2", "no-cache beside max-age", "", Sound + ", no-cache", "NoCacheBesideLifetime")]
    [InlineData("XPL-2", "stale window forbidden", "", Sound + ", must-revalidate, stale-if-error=60", "StaleWindowForbidden")]
    [InlineData("XPL-2", "stale window", "", Sound + ", stale-if-error=60", "")]
    [InlineData("XPL-2", "immutable alone", "", "Date: @0 | ETag: \"a\" | Cache-Control: immutable", "NoLifetime ImmutableWithoutLifetime")]
    [InlineData("XPL-2", "must-understand alone", "", Sound + ", must-understand", "MustUnderstandAlone")]
    [InlineData("XPL-2", "tag without quotes", "", "Date: @0 | ETag: a | Cache-Control: max-age=60", "InvalidETag")]
    [InlineData("XPL-2", "tag of Apache", "", "Date: @0 | ETag: \"a-gzip\" | Cache-Control: max-age=60", "CodingInETag")]
    [InlineData("XPL-2", "Last-Modified is junk", "", Sound + " | Last-Modified: 0", "InvalidLastModified")]
    [InlineData("XPL-2", "Last-Modified ahead", "", Sound + " | Last-Modified: @9", "LastModifiedAhead")]
    [InlineData("XPL-2", "cookie for all", "", Sound + ", public | Set-Cookie: a=b", "CookieForAll")]
    [InlineData("XPL-2", "cookie for one", "", Sound + ", private | Set-Cookie: a=b", "")]
    [InlineData("XPL-2", "error for long", "{status 500}", "Date: @0 | ETag: \"a\" | Cache-Control: max-age=301", "LongLivedError")]
    [InlineData("XPL-2", "error for a while", "{status 500}", "Date: @0 | ETag: \"a\" | Cache-Control: max-age=300", "")]
    [InlineData("XPL-2", "more than a year", "", "Date: @0 | ETag: \"a\" | Cache-Control: max-age=31536001", "LongerThanAYear")]
    [InlineData("XPL-2", "field named", "", Sound + ", no-cache=\"Set-Cookie\"", "QualifiedDirective")]
    public void Of_Response_These(string spec, string name, string asked, string response, string findings)
    {
        var status = asked == "{status 500}" ? 500 : 200;
        var fields = Given.Fields(response);

        var found = FindingRules.Of(status, fields, Given.Evaluated(status, response), AgeField.Parse(fields), asked == "credentials");

        string.Join(' ', found).Should().Be(findings, $"{spec}: {name}");
    }

    [Fact]
    public void Table_ReachesEveryFinding()
    {
        var reached = typeof(FindingRulesTests).GetMethod(nameof(Of_Response_These))!.GetCustomAttributes(typeof(InlineDataAttribute), false).Cast<InlineDataAttribute>()
            .SelectMany(row => ((string)row.GetData(null!).Single()[4]!).Split(' ', StringSplitOptions.RemoveEmptyEntries)).Distinct();

        Enum.GetNames<HeaderFinding>().Should().BeEquivalentTo(reached);
    }
}
