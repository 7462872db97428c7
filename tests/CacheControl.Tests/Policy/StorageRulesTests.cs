using HttpCaching.Model;
using HttpCaching.Policy;

namespace HttpCaching.Tests.Policy;

public sealed class StorageRulesTests
{
    private const string Hour = "Cache-Control: max-age=3600";
    private const string Slice = "{status 206} ETag: \"a\" | Content-Range: bytes 0-4/10 | Cache-Control: max-age=60";

    [Theory]
    [InlineData("STO-1", "a status that allows heuristics needs no more", "", "", "", "Stored")]
    [InlineData("STO-1", "another status without any permission", "", "", "{status 302}", "NoPermission")]
    [InlineData("STO-1", "Expires in the future", "", "", "{status 302} Expires: @60", "Stored")]
    [InlineData("STO-1", "Expires in the past is explicit too", "", "", "{status 302} Expires: @-60", "Stored")]
    [InlineData("STO-1", "max-age", "", "", "{status 302} Cache-Control: max-age=60", "Stored")]
    [InlineData("STO-1", "max-age of zero is explicit too", "", "", "{status 302} Cache-Control: max-age=0", "Stored")]
    [InlineData("STO-1", "max-age that is no number", "", "", "{status 302} Cache-Control: max-age=abc", "NoPermission")]
    [InlineData("STO-1", "public", "", "", "{status 302} Cache-Control: public", "Stored")]
    [InlineData("STO-1", "private, in a private cache", "", "", "{status 302} Cache-Control: private", "Stored")]
    [InlineData("STO-8", "s-maxage alone, in a private cache", "", "", "{status 302} Cache-Control: s-maxage=60", "NoPermission")]
    [InlineData("STO-1", "s-maxage alone, in a shared cache", "shared", "", "{status 302} Cache-Control: s-maxage=60", "Stored")]
    [InlineData("STO-1", "s-maxage that is no number, in a shared cache", "shared", "", "{status 302} Cache-Control: s-maxage=abc", "NoPermission")]
    [InlineData("STO-1", "s-maxage that is no number beside max-age, in a private cache", "", "", "{status 302} Cache-Control: s-maxage=abc, max-age=9", "Stored")]
    [InlineData("STO-1", "s-maxage that is no number beside max-age, in a shared cache", "shared", "", "{status 302} Cache-Control: s-maxage=abc, max-age=9", "NoPermission")]
    [InlineData("STO-1", "max-age of zero alone, in a shared cache", "shared", "", "{status 302} Cache-Control: max-age=0", "Stored")]
    [InlineData("STO-1", "max-age alone, in a shared cache", "shared", "", "{status 302} Cache-Control: max-age=60", "Stored")]
    [InlineData("STO-1", "directives that end within a quote", "", "", "{status 302} Cache-Control: foo=\"bar", "NoPermission")]
    [InlineData("STO-1", "a lifetime from the application's rule", "rule=60", "", "{status 302}", "Stored")]
    [InlineData("STO-1", "no lifetime from the application's rule", "rule=0", "", "{status 302}", "NoPermission")]
    [InlineData("STO-1", "Last-Modified is no permission", "", "", "{status 201} Last-Modified: @-1000", "NoPermission")]
    [InlineData("STO-1", "404", "", "", "{status 404}", "Stored")]
    [InlineData("STO-2", "100", "", "", "{status 100} Cache-Control: max-age=60", "Status")]
    [InlineData("STO-2", "103, public", "", "", "{status 103} Cache-Control: public, max-age=60", "Status")]
    [InlineData("STO-2", "199 is the last interim status", "", "", "{status 199} Expires: @60", "Status")]
    [InlineData("STA-2", "599 is the last status", "", "", "{status 599} Cache-Control: max-age=60", "Stored")]
    [InlineData("STA-2", "600", "", "", "{status 600} Cache-Control: max-age=60", "Status")]
    [InlineData("STO-3", "304", "", "", "{status 304} Cache-Control: max-age=60 | ETag: \"a\"", "Status")]
    [InlineData("STO-3", "206 that was not asked for", "", "", Slice, "Partial")]
    [InlineData("RNG-10", "206 that was asked for", "", "Range: bytes=0-4", Slice, "Stored")]
    [InlineData("RNG-10", "206 without a tag", "", "Range: bytes=0-4", "{status 206} Content-Range: bytes 0-4/10 | Cache-Control: max-age=60", "Partial")]
    [InlineData("STO-4", "no-store", "", "", "Cache-Control: no-store", "NoStore")]
    [InlineData("STO-4", "no-store in other letters, beside permissions", "", "", "Cache-Control: No-StOrE, max-age=60, public", "NoStore")]
    [InlineData("STO-4", "no-store on a second line", "", "", "Cache-Control: max-age=60 | Expires: @60 | cache-control: NO-STORE", "NoStore")]
    [InlineData("STO-6", "must-understand lifts no-store for a known status", "", "", "Cache-Control: no-store, must-understand, max-age=60", "Stored")]
    [InlineData("STO-6", "must-understand beside no-store, an unknown status", "", "", "{status 599} Cache-Control: no-store, must-understand, max-age=60", "NotUnderstood")]
    [InlineData("STO-6", "must-understand alone, an unknown status", "", "", "{status 599} Cache-Control: must-understand, max-age=60", "NotUnderstood")]
    [InlineData("STO-7", "private, in a private cache, any status", "", "", "{status 599} Cache-Control: PRIVATE", "Stored")]
    [InlineData("STO-7", "private, in a shared cache", "shared", "", "Cache-Control: private, max-age=60", "Private")]
    [InlineData("STO-7", "private with names, in a shared cache", "shared", "", "Cache-Control: private=\"set-cookie\", max-age=60", "Stored")]
    [InlineData("CCP-9", "private beside public, in a shared cache", "shared", "", "Cache-Control: public, private", "Private")]
    [InlineData("STO-8", "s-maxage beside proxy-revalidate, in a private cache", "", "", "{status 302} Cache-Control: s-maxage=60, proxy-revalidate", "NoPermission")]
    [InlineData("STO-9", "public opens an unknown status", "", "", "{status 599} Cache-Control: public", "Stored")]
    [InlineData("STO-9", "public opens 201 in a shared cache", "shared", "", "{status 201} Cache-Control: public", "Stored")]
    [InlineData("STO-10", "no-cache and a tag", "", "", "{status 302} Cache-Control: no-cache | ETag: \"a\"", "NoPermission")]
    [InlineData("STO-10", "must-revalidate and a date", "", "", "{status 302} Cache-Control: must-revalidate | Last-Modified: @-1000", "NoPermission")]
    [InlineData("STO-10", "a tag alone", "", "", "{status 302} ETag: \"a\"", "NoPermission")]
    [InlineData("STO-11", "428", "", "", "{status 428} Cache-Control: max-age=60", "Status")]
    [InlineData("STO-11", "429, public", "", "", "{status 429} Cache-Control: public, max-age=60", "Status")]
    [InlineData("STO-11", "431", "", "", "{status 431} Expires: @60", "Status")]
    [InlineData("STO-11", "511 in a shared cache", "shared", "", "{status 511} Cache-Control: s-maxage=60", "Status")]
    [InlineData("STA-4", "401", "", "", "{status 401} Cache-Control: max-age=60", "Status")]
    [InlineData("STA-4", "407", "", "", "{status 407} Cache-Control: max-age=60", "Status")]
    [InlineData("STA-4", "412", "", "", "{status 412} Cache-Control: max-age=60", "Status")]
    [InlineData("STA-4", "416", "", "", "{status 416} Cache-Control: max-age=60", "Status")]
    [InlineData("STA-4", "417", "", "", "{status 417} Cache-Control: max-age=60", "Status")]
    [InlineData("STA-4", "400 with a lifetime", "", "", "{status 400} Cache-Control: max-age=60", "Stored")]
    [InlineData("STA-4", "400, public, without a lifetime", "", "", "{status 400} Cache-Control: public", "Status")]
    [InlineData("STA-4", "413, public, without a lifetime", "", "", "{status 413} Cache-Control: public", "Status")]
    [InlineData("STA-5", "the status that the filter names", "only=404", "", "{status 404}", "Stored")]
    [InlineData("STA-5", "a status that the filter does not name", "only=404", "", "", "StatusFilter")]
    [InlineData("SRE-13", "the application's rule has failed", "rule=fails", "", Hour, "RuleFailed")]
    [InlineData("SRE-13", "the application's rule says nothing", "rule=none", "", Hour, "Stored")]
    [InlineData("AUT-4", "a cookie, in a private cache", "", "", "Set-Cookie: a=1 | Cache-Control: max-age=60", "Stored")]
    [InlineData("AUT-4", "a cookie in a redirect: 299 is none", "", "", "{status 299} Set-Cookie: a=1 | Cache-Control: max-age=60", "Stored")]
    [InlineData("AUT-4", "a cookie in a redirect: 300 is the first", "", "", "{status 300} Set-Cookie: a=1 | Cache-Control: max-age=60", "SetCookieInRedirect")]
    [InlineData("AUT-4", "a cookie in a redirect: 399 is the last", "", "", "{status 399} Set-Cookie: a=1 | Cache-Control: max-age=60", "SetCookieInRedirect")]
    [InlineData("AUT-4", "a cookie in a redirect: 400 is none", "", "", "{status 400} Set-Cookie: a=1 | Cache-Control: max-age=60", "Stored")]
    [InlineData("AUT-4", "a redirect whose cookie is not kept", "", "", "{status 308} Set-Cookie: a=1 | Cache-Control: max-age=60, no-cache=\"set-cookie\"", "Stored")]
    [InlineData("AUT-4", "a redirect without a cookie", "", "", "{status 308} Cache-Control: max-age=60", "Stored")]
    [InlineData("AUT-4", "a redirect with a cookie, public, in a shared cache", "shared", "", "{status 301} Set-Cookie: a=1 | Cache-Control: max-age=60, public", "Stored")]
    [InlineData("AUT-5", "a cookie, in a shared cache", "shared", "", "Set-Cookie: a=1 | Cache-Control: max-age=60", "SetCookie")]
    [InlineData("AUT-5", "a cookie, public", "shared", "", "Set-Cookie: a=1 | Cache-Control: max-age=60, public", "Stored")]
    [InlineData("AUT-5", "a cookie, s-maxage", "shared", "", "Set-Cookie: a=1 | Cache-Control: s-maxage=60", "Stored")]
    [InlineData("AUT-5", "a cookie, by option", "shared set-cookie", "", "Set-Cookie: a=1 | Cache-Control: max-age=60", "Stored")]
    [InlineData("AUT-1", "Authorization, max-age alone", "shared", "Authorization: x", Hour, "Authorization")]
    [InlineData("AUT-1", "Authorization, proxy-revalidate", "shared", "Authorization: x", "Cache-Control: max-age=60, proxy-revalidate", "Authorization")]
    [InlineData("AUT-1", "Authorization, no-cache", "shared", "Authorization: x", "Cache-Control: max-age=60, no-cache", "Authorization")]
    [InlineData("AUT-1", "Authorization, public", "shared", "Authorization: x", "Cache-Control: max-age=60, public", "Stored")]
    [InlineData("AUT-1", "Authorization, must-revalidate", "shared", "Authorization: x", "Cache-Control: max-age=60, must-revalidate", "Stored")]
    [InlineData("AUT-1", "Authorization, s-maxage", "shared", "Authorization: x", "Cache-Control: s-maxage=60", "Stored")]
    [InlineData("AUT-1", "Authorization, in a private cache", "", "Authorization: x", Hour, "Stored")]
    [InlineData("AUT-2", "credentials that were added below", "shared", "", "{credentials} " + Hour, "Authorization")]
    [InlineData("VRY-2", "a star in Vary", "", "", "Vary: * | Cache-Control: max-age=60", "VaryAny")]
    [InlineData("VRY-2", "a star in Vary, with a tag to be validated by", "", "", "Vary: * | Cache-Control: max-age=60 | ETag: \"a\"", "Stored")]
    [InlineData("AUT-6", "Vary names a field that was changed below", "", "", "{below A} Vary: a | Cache-Control: max-age=60", "VaryAny")]
    [InlineData("FRS-5", "no-cache", "", "", "Cache-Control: no-cache", "Stored")]
    [InlineData("FRS-5", "no-cache with a lifetime", "", "", "Cache-Control: no-cache, max-age=60", "Stored")]
    [InlineData("SRE-8", "an event stream", "", "", Hour + " | Content-Type: Text/Event-Stream; charset=utf-8", "Endless")]
    [InlineData("SRE-8", "pictures of a camera", "", "", Hour + " | Content-Type: multipart/X-mixed-replace; boundary=b", "Endless")]
    [InlineData("SRE-8", "another type", "", "", Hour + " | Content-Type: text/html", "Stored")]
    [InlineData("SEC-2", "a name that is no token", "", "", Hour + " | A@: 1", "InvalidFields")]
    [InlineData("SEC-2", "a value with a NUL", "", "", Hour + " | A: 1\0", "InvalidFields")]
    [InlineData("SRE-6", "fields as long as the limit", "field-length=25", "", Hour, "Stored")]
    [InlineData("SRE-6", "fields one character longer than the limit", "field-length=24", "", Hour, "FieldsTooLong")]
    [InlineData("SRE-6", "a URI as long as the limit", "uri-length=10", "", Hour, "Stored")]
    [InlineData("SRE-6", "a URI one character longer than the limit", "uri-length=9", "", Hour, "FieldsTooLong")]
    [InlineData("MTH-1", "PUT", "", "{method PUT}", Hour, "Method")]
    [InlineData("MTH-1", "OPTIONS", "", "{method OPTIONS}", Hour, "Method")]
    [InlineData("MTH-1", "PROPFIND", "", "{method PROPFIND}", Hour, "Method")]
    [InlineData("MTH-1", "HEAD", "", "{method HEAD}", Hour, "Stored")]
    [InlineData("MTH-1", "QUERY that is not enabled", "", "{method QUERY}", Hour, "Method")]
    [InlineData("MTH-1", "QUERY that is enabled", "query", "{method QUERY}", Hour, "Stored")]
    [InlineData("PST-1", "POST that is not enabled", "", "{method POST}", "{content-location https://h/} " + Hour, "Method")]
    [InlineData("PST-1", "POST to its own location", "post", "{method POST}", "{content-location https://h/} " + Hour, "Stored")]
    [InlineData("PST-1", "POST without a location", "post", "{method POST}", Hour, "PostWithoutLocation")]
    [InlineData("PST-1", "POST to another location", "post", "{method POST}", "{content-location https://h/x} " + Hour, "PostWithoutLocation")]
    [InlineData("PST-1", "POST without a lifetime", "post", "{method POST}", "{content-location https://h/}", "PostWithoutLocation")]
    [InlineData("PST-1", "POST with a lifetime of zero", "post", "{method POST}", "{content-location https://h/} Cache-Control: max-age=0", "PostWithoutLocation")]
    [InlineData("PST-1", "POST, 200 is the first status", "post", "{method POST}", "{status 199} {content-location https://h/} " + Hour, "PostWithoutLocation")]
    [InlineData("PST-1", "POST, 299 is the last status", "post", "{method POST}", "{status 299} {content-location https://h/} " + Hour, "Stored")]
    [InlineData("PST-1", "POST, 300", "post", "{method POST}", "{status 300} {content-location https://h/} " + Hour, "PostWithoutLocation")]
    [InlineData("MTH-1", "PUT beside POST that is enabled", "post", "{method PUT}", "{content-location https://h/} " + Hour, "Method")]
    [InlineData("HTC-4", "redirected to another URI below", "", "", "{final https://h/other} " + Hour, "Redirected")]
    [InlineData("HTC-4", "redirected to another method below", "", "{method HEAD}", "{final-method GET} " + Hour, "Redirected")]
    [InlineData("STO-5", "no-store in the request", "", "Cache-Control: no-store", Hour, "RequestNoStore")]
    [InlineData("INC-10", "two framings", "", "", "{framing} " + Hour, "ContradictoryFraming")]
    [InlineData("AUT-4", "a cookie in the request", "", "Cookie: a=1", Hour, "Stored")]
    [InlineData("STO-1", "order: the method before the redirect", "", "{method PUT}", "{final https://h/other} " + Hour, "Method")]
    [InlineData("STO-1", "order: the redirect before the request's no-store", "", "Cache-Control: no-store", "{final https://h/other}", "Redirected")]
    [InlineData("STO-1", "order: the request's no-store before the framing", "", "Cache-Control: no-store", "{framing}", "RequestNoStore")]
    [InlineData("STO-1", "order: the framing before the status", "", "", "{framing} {status 304}", "ContradictoryFraming")]
    [InlineData("STO-1", "order: the status before the filter", "only=200", "", "{status 304}", "Status")]
    [InlineData("STO-1", "order: the filter before the rule", "only=404 rule=fails", "", "", "StatusFilter")]
    [InlineData("STO-1", "order: the rule before must-understand", "rule=fails", "", "{status 599} Cache-Control: must-understand", "RuleFailed")]
    public void MayStore_RequestAndResponse_Verdict(string spec, string name, string settings, string request, string response, string verdict) =>
        MayStore(settings, request, response).Should().Be(verdict, $"{spec}: {name}");

    private static string MayStore(string settingsCell, string requestCell, string responseCell)
    {
        var (settings, asked) = (Row.Settings(settingsCell), Row.Request(requestCell));
        var response = Row.Received(responseCell, asked.Head.Method);
        return StorageRules.AgainstStoring(asked.Facts(settings), response, Row.Conclusions(response, asked, settings))?.ToString() ?? "Stored";
    }

    /// <summary>What a 304 or a HEAD has updated; an empty cell means that it may stay.</summary>
    [Theory]
    [InlineData("VLD-10", "nothing is said", "", Hour, "")]
    [InlineData("VLD-10", "no-store", "", "Cache-Control: no-store", "NoStore")]
    [InlineData("STO-6", "no-store beside must-understand", "", "Cache-Control: no-store, must-understand", "")]
    [InlineData("VLD-10", "private, in a shared cache", "shared", "Cache-Control: private", "Private")]
    [InlineData("VLD-10", "private, in a private cache", "", "Cache-Control: private", "")]
    [InlineData("VLD-10", "asked for with credentials", "shared", "{credentials} " + Hour, "Authorization")]
    [InlineData("VLD-10", "asked for with credentials, public", "shared", "{credentials} Cache-Control: public", "")]
    [InlineData("AUT-5", "a cookie, in a shared cache", "shared", "Set-Cookie: a=1", "SetCookie")]
    [InlineData("AUT-4", "a cookie in a redirect", "", "{status 301} Set-Cookie: a=1", "SetCookieInRedirect")]
    [InlineData("AUT-4", "a cookie", "", "Set-Cookie: a=1", "")]
    public void AgainstKeeping_Updated_Verdict(string spec, string name, string settings, string updated, string verdict) =>
        $"{StorageRules.AgainstKeeping(Row.Stored(updated, Row.Settings(settings)), Row.Settings(settings))}".Should().Be(verdict, $"{spec}: {name}");

    [Theory]
    [InlineData("SRE-9", "fresh, without a validator: for its lifetime", "retention=100", "Cache-Control: max-age=60", 10, 50)]
    [InlineData("SRE-9", "a second before its end", "retention=100", "Cache-Control: max-age=60", 59, 1)]
    [InlineData("SRE-9", "at its end", "retention=100", "Cache-Control: max-age=60", 60, 0)]
    [InlineData("SRE-9", "fresh, with a tag: for the retention longer", "retention=100", "Cache-Control: max-age=60 | ETag: \"a\"", 10, 150)]
    [InlineData("SRE-9", "a date is a validator too", "retention=100", "Cache-Control: max-age=60 | Last-Modified: @-9", 10, 150)]
    [InlineData("SRE-9", "stale, with a tag: for the retention from now on", "retention=100", "Cache-Control: max-age=60 | ETag: \"a\"", 70, 100)]
    [InlineData("SRE-9", "of use when disconnected", "retention=100 disconnected", "Cache-Control: max-age=60", 10, 150)]
    [InlineData("STL-5", "its stale-if-error is longer than the retention", "retention=100", "Cache-Control: max-age=60, stale-if-error=200 | ETag: \"a\"", 10, 250)]
    [InlineData("STL-5", "its stale-if-error is shorter than the retention", "retention=100", "Cache-Control: max-age=60, stale-if-error=50 | ETag: \"a\"", 10, 150)]
    [InlineData("STL-8", "its stale-while-revalidate", "retention=100", "Cache-Control: max-age=60, stale-while-revalidate=50", 10, 100)]
    [InlineData("STL-5", "the option's stale-if-error", "retention=100 sie=70 swr=50", "Cache-Control: max-age=60", 10, 120)]
    [InlineData("STL-8", "the option's stale-while-revalidate", "retention=100 sie=50 swr=70", "Cache-Control: max-age=60", 10, 120)]
    [InlineData("CCP-7", "never above 2^31 seconds", "retention=100", "Cache-Control: max-age=2147483648 | ETag: \"a\"", 0, 2147483648)]
    public void Retention_Stored_Seconds(string spec, string name, string settings, string stored, int at, long seconds) =>
        Retention(settings, stored, at).Should().Be(TimeSpan.FromSeconds(seconds), $"{spec}: {name}");

    private static TimeSpan Retention(string settingsCell, string stored, int at)
    {
        var settings = Row.Settings(settingsCell);
        return StorageRules.Retention(Row.Stored(stored, settings), Given.Now.AddSeconds(at), settings);
    }

    [Theory]
    [InlineData("RNG-12", "a second before the end of the retention", "retention=100", 159, true)]
    [InlineData("RNG-12", "at the end of the retention", "retention=100", 160, false)]
    public void IsRetained_LifetimeOfAMinute_UntilTheEnd(string spec, string name, string settings, int age, bool expected) =>
        StorageRules.IsRetained(Given.Evaluated(200, "Cache-Control: max-age=60 | ETag: \"a\"", Row.Settings(settings)), TimeSpan.FromSeconds(age), Row.Settings(settings))
            .Should().Be(expected, $"{spec}: {name}");

    [Theory]
    [InlineData("GRP-1", "own tags and groups", "", "Cache-Groups: \"g\"", "own|group https://h g")]
    [InlineData("GRP-1", "groups are off", "no-groups", "Cache-Groups: \"g\"", "own")]
    [InlineData("GRP-1", "no groups", "", "A: 1", "own")]
    public void TagsOf_Response_OwnAndGroups(string spec, string name, string settings, string fields, string expected) =>
        string.Join('|', StorageRules.TagsOf(Given.Uri, Given.Fields(fields), ["own"], Row.Settings(settings))).Should().Be(expected, $"{spec}: {name}");

    [Theory]
    [InlineData("AUT-1", "none", "", "", false)]
    [InlineData("AUT-1", "Authorization", "Authorization: x", "", true)]
    [InlineData("AUT-2", "added below", "", "{credentials}", true)]
    public void HeadOf_Credentials_AreNoted(string spec, string name, string request, string response, bool expected) =>
        HeadOf("", request, response).HadCredentials.Should().Be(expected, $"{spec}: {name}");

    [Theory]
    [InlineData("PST-1", "POST is stored for GET", "post", "{method POST}", "GET")]
    [InlineData("QRY-1", "QUERY is stored for QUERY", "query", "{method QUERY}", "QUERY")]
    [InlineData("HED-2", "HEAD is stored for HEAD", "", "{method HEAD}", "HEAD")]
    public void HeadOf_Method_AnswersThis(string spec, string name, string settings, string request, string expected)
    {
        var head = HeadOf(settings, request, Hour);

        (head.Method, head.Variant).Should().Be((expected, expected), $"{spec}: {name}");
        (head.Generation, head.BodyId, head.Part, head.Rank).Should().Be((1, 2, null, Given.Now.UtcTicks));
    }

    private static StoredResponse HeadOf(string settings, string requestCell, string response)
    {
        var (asked, policy) = (Row.Request(requestCell), Row.Settings(settings));
        var head = Row.Received(response, asked.Head.Method);
        return StorageRules.HeadOf(
            Given.Facts(asked.Head, policy), head, ResponseConclusions.Of(asked.Head, head, new ExchangeTimes(Given.Now, Given.Now), policy), null, [], (1, 2));
    }

    [Theory]
    [InlineData("FLD-1", "private", "X-B: 2 | X-A: 1 | X-B:  3 | Date: @0", "X-B: 2 | X-A: 1 | X-B:  3 | Date: @0")]
    [InlineData("FLD-2", "private", "Connection: X-A, close | X-A: 1 | X-B: 2 | Connection: x-c | X-C: 3 | Date: @0", "X-B: 2 | Date: @0")]
    [InlineData("FLD-3", "private", "Keep-Alive: 5 | Proxy-Connection: x | TE: x | Transfer-Encoding: chunked | Upgrade: x | Date: @0", "Date: @0")]
    [InlineData("FLD-3", "private", "Proxy-Authenticate: Basic | Proxy-Authentication-Info: x | Proxy-Authorization: x | Date: @0", "Date: @0")]
    [InlineData("FLD-4", "private", "Set-Cookie: a=1; Expires=Thu, 01 Jan 2026 | Set-Cookie: b=2 | Date: @0", "Set-Cookie: a=1; Expires=Thu, 01 Jan 2026 | Set-Cookie: b=2 | Date: @0")]
    [InlineData("FLD-5", "private", "Trailer: ETag | Date: @0", "Date: @0")]
    [InlineData("FLD-6", "private", "Cache-Control: no-cache=\"x-a, X-B\" | X-A: 1 | x-b: 2 | X-C: 3 | Date: @0", "Cache-Control: no-cache=\"x-a, X-B\" | X-C: 3 | Date: @0")]
    [InlineData("FLD-6", "private", "Cache-Control: no-cache=x-a | X-A: 1 | Date: @0", "Cache-Control: no-cache=x-a | Date: @0")]
    [InlineData("FLD-6", "private", "Cache-Control: private=\"x-a\" | X-A: 1 | Date: @0", "Cache-Control: private=\"x-a\" | X-A: 1 | Date: @0")]
    [InlineData("FLD-6", "shared", "Cache-Control: private=\"x-a\" | X-A: 1 | Date: @0", "Cache-Control: private=\"x-a\" | Date: @0")]
    [InlineData("FLD-7", "private", "Expires: 0 | Cache-Control: max-age=60", "Expires: 0 | Cache-Control: max-age=60 | Date: @0")]
    [InlineData("FLD-7", "private", "Date: yesterday | Expires: @9", "Date: yesterday | Expires: @9")]
    [InlineData("FLD-8", "private", "Age: 500 | Date: @0", "Date: @0")]
    public void FieldsToStore_ReceivedLines_WhatIsKept(string spec, string kind, string received, string kept)
    {
        var (fields, settings) = (Given.Fields(received), Given.Settings(kind));

        StorageRules.FieldsToStore(fields, TargetedRules.DirectivesFor(fields, settings).Directives, Given.Now, settings).ToArray()
            .Should().Equal(Given.Fields(kept).ToArray(), spec);
    }

    [Fact]
    [Trait("Spec", "FLD-8")]
    public void HeadOf_Age_BecomesInitialAge()
    {
        var stored = Given.Stored("Age: 500 | Cache-Control: max-age=600");

        stored.AgeValue.Should().Be(TimeSpan.FromSeconds(500));
        stored.Fields.Contains("Age").Should().BeFalse();
        ResponseConclusions.Of(stored, Given.Private).CurrentAge(Given.Now.AddSeconds(7)).Should().Be(TimeSpan.FromSeconds(507));
    }
}
