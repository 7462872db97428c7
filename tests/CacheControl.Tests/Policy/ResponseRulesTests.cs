using System.Collections.Immutable;
using HttpCaching.Fields;
using HttpCaching.Model;
using HttpCaching.Policy;

namespace HttpCaching.Tests.Policy;

/// <summary>
/// Columns: id, case, what is stored, the request, seconds after receipt, the response, the outcome. The decision before is the one that the rules of admission
/// and reuse come to. "1" is the first stored response: kept, dropped, marked, or refreshed.
/// </summary>
public sealed class ResponseRulesTests
{
    private const string Minute = "Cache-Control: max-age=60 | ETag: \"a\"";
    private const string Stale = "Cache-Control: max-age=0 | ETag: \"a\"";
    private const string Beginning = "{part 0/10} Cache-Control: max-age=60 | ETag: \"a\"";
    private const string Rest = "{status 206} ETag: \"a\" | Content-Range: bytes 5-9/10";

    [Theory]
    [InlineData("BLD-1", "nothing is stored", "", "", 0, Minute, "store")]
    [InlineData("STO-1", "nothing is stored, and it can't be stored", "", "", 0, "Cache-Control: no-store", "pass NoStore")]
    [InlineData("REQ-5", "a request that bypasses", Minute, "Cache-Control: no-store", 0, Minute, "pass RequestNoStore")]
    [InlineData("CND-5", "a request that bypasses by a condition", Minute, "If-Match: \"a\"", 0, Minute, "pass Bypassed")]
    [InlineData("HED-3", "HEAD that agrees, and is of no use itself", Stale, "{method HEAD}", 1, "A: 1", "pass NoLifetimeNorValidator, refresh 1")]
    [InlineData("VRY-7", "of no use, beside another variant", "{for A: 1} Vary: A | " + Stale, "A: 2", 1, "Vary: A | B: 1", "pass NoLifetimeNorValidator")]
    [InlineData("MTH-6", "an unsafe method", Minute, "{method PUT}", 0, Minute, "pass Method")]
    [InlineData("VLD-12", "a full response to a validation", Stale, "", 1, Minute, "store")]
    [InlineData("VLD-12", "a full response in place of another variant", "{for A: 1} Vary: A | " + Stale, "A: 1", 1, Minute, "store, drop 1")]
    [InlineData("VRY-7", "a full response beside another variant", "{for A: 1} Vary: A | " + Stale, "A: 2", 1, "Vary: A | " + Minute, "store")]
    [InlineData("RNG-9", "a full response in place of a part", "{part 1/10} " + Stale, "", 0, Minute, "store, drop 1")]
    [InlineData("RNG-9", "a full response in place of the part of its variant", Minute + " || " + Beginning, "{mode NoCache}", 0, Minute, "store, drop 2")]
    [InlineData("RNG-9", "a full response beside the part of another variant", "{for A: 1} Vary: A | " + Stale + " || {for A: 2} {part 0/10} Vary: A | " + Stale, "A: 1", 1, "Vary: A | " + Minute, "store")]
    [InlineData("VLD-10", "a full response in place of one that was filed for this request", "{for A: 1} {also A: 2} Vary: A | " + Stale + " || " + Minute, "A: 2", 1, "Vary: B | " + Minute, "store, drop 1")]
    [InlineData("VLD-10", "a full response beside one that was filed for another request", "{for A: 1} {also A: 2} Vary: A | " + Stale, "A: 3", 1, "Vary: A | " + Minute, "store")]
    [InlineData("HED-2", "a HEAD in place of no GET", "{for A: 1} Vary: A | Cache-Control: max-age=0", "{method HEAD} A: 1", 1, "Cache-Control: max-age=60", "store, refresh 1")]
    [InlineData("STO-12", "200 that can't be stored", Stale, "", 1, "Cache-Control: no-store", "pass NoStore, drop 1")]
    [InlineData("STO-12", "299 that can't be stored", Stale, "", 1, "{status 299} Cache-Control: no-store", "pass NoStore, drop 1")]
    [InlineData("STO-12", "300 that can't be stored", Stale, "", 1, "{status 300} Cache-Control: no-store", "pass NoStore")]
    [InlineData("STO-12", "206 that can't be stored", Stale, "", 1, "{status 206} Cache-Control: no-store", "pass NoStore")]
    [InlineData("STO-12", "404 that can't be stored", Stale, "", 1, "{status 404} Cache-Control: no-store", "pass NoStore, drop 1")]
    [InlineData("STO-12", "410 that can't be stored", Stale, "", 1, "{status 410} Cache-Control: no-store", "pass NoStore, drop 1")]
    [InlineData("STO-12", "403 that can't be stored", Stale, "", 1, "{status 403} Cache-Control: no-store", "pass NoStore")]
    [InlineData("STO-12", "of another URI", Stale, "", 1, "{final https://h/other} Cache-Control: no-store", "pass Redirected")]
    [InlineData("STO-12", "a HEAD supersedes no GET", Stale, "{method HEAD}", 1, "{status 404} Cache-Control: no-store", "pass NoStore")]
    [InlineData("STO-12", "nothing was selected", "{for A: 1} Vary: A | " + Stale, "A: 2", 1, "Cache-Control: no-store", "pass NoStore")]
    [InlineData("STO-12", "the mode Reload selects all", Minute + " || {for A: 1} Vary: A | " + Minute, "{mode Reload}", 0, "Cache-Control: no-store", "pass NoStore, drop 1 2")]
    [InlineData("STO-12", "a request that bypasses drops nothing", Minute, "Cache-Control: no-store", 0, "{status 404}", "pass RequestNoStore")]
    [InlineData("STL-7", "404 is of no use, and takes its place", Stale, "", 1, "{status 404}", "pass NoLifetimeNorValidator, drop 1")]
    [InlineData("STO-13", "neither lifetime nor validator", "", "", 0, "", "pass NoLifetimeNorValidator")]
    [InlineData("STO-13", "a lifetime of zero", "", "", 0, "Cache-Control: max-age=0", "pass NoLifetimeNorValidator")]
    [InlineData("STO-13", "a lifetime of a second", "", "", 0, "Cache-Control: max-age=1", "store")]
    [InlineData("STO-13", "a validator", "", "", 0, "ETag: \"a\"", "store")]
    [InlineData("STO-13", "a date as validator", "", "", 0, "Last-Modified: @-10", "store")]
    [InlineData("STO-13", "neither, and the request's stale-if-error", "", "{sie 60}", 0, "", "store")]
    [InlineData("STO-13", "neither, and the request's window", "", "{swr 60}", 0, "", "store")]
    [InlineData("STO-13", "neither, and the response's stale-if-error", "", "", 0, "Cache-Control: stale-if-error=60", "store")]
    [InlineData("STO-13", "neither, and stale while disconnected", "", "{disconnected}", 0, "", "store")]
    [InlineData("STO-13", "neither, and max-stale", "", "Cache-Control: max-stale", 0, "", "store")]
    [InlineData("STO-13", "neither, in the mode ForceCache", "", "{mode ForceCache}", 0, "", "store")]
    [InlineData("STL-5", "503 within the request's stale-if-error", Stale, "{sie 60}", 60, "{status 503}", "stale StaleIfError 1")]
    [InlineData("STL-5", "503 a second beyond it", Stale, "{sie 60}", 61, "{status 503}", "pass NoPermission")]
    [InlineData("STL-7", "501 within it", Stale, "{sie 60}", 60, "{status 501}", "store")]
    [InlineData("STL-5", "503 while disconnected counts for nothing", Stale, "{disconnected}", 60, "{status 503}", "pass NoPermission")]
    [InlineData("INV-3", "503, and what is stored is marked", "{marked} " + Minute, "{sie 60}", 0, "{status 503}", "pass NoPermission")]
    [InlineData("STL-2", "503, and must-revalidate", "Cache-Control: max-age=0, must-revalidate", "{sie 60}", 1, "{status 503}", "pass NoPermission")]
    [InlineData("STL-5", "503, and a part is stored", "{part 1/10} " + Stale, "{sie 60}", 1, "{status 503}", "pass NoPermission")]
    [InlineData("STL-5", "503, and another variant is stored", "{for A: 1} Vary: A | " + Stale, "A: 2 | Cache-Control: stale-if-error=60", 1, "{status 503}", "pass NoPermission")]
    [InlineData("VLD-5", "304 to a validation", Stale, "", 1, "{status 304} A: 1", "freshen 1, refresh 1")]
    [InlineData("VLD-3", "304 that speaks of two", "{for A: 1} Vary: A | " + Stale + " || {for A: 2} Vary: A | " + Stale, "A: 3", 1, "{status 304} ETag: \"a\"", "freshen 1, refresh 1 2")]
    [InlineData("VLD-3", "304, and what is stored is an error", "{status 404} " + Stale, "", 1, "{status 304} ETag: \"a\"", "freshen 1, refresh 1")]
    [InlineData("VLD-3", "304 that speaks of the second", "{for A: 1} Vary: A | " + Stale + " || {for A: 2} Vary: A | ETag: \"b\"", "A: 3", 1, "{status 304} ETag: \"b\"", "freshen 2, refresh 2")]
    [InlineData("VLD-10", "304 that forbids storing", Stale, "", 1, "{status 304} Cache-Control: no-store", "freshen 1, drop 1")]
    [InlineData("VLD-2", "304 to a request without any condition", Stale, "", 1, "{theirs} {status 304} A: 1", "pass Status")]
    [InlineData("CND-6", "304 to the caller's condition, nothing was nominated", "", "If-None-Match: \"a\"", 0, "{status 304} ETag: \"a\"", "pass Status")]
    [InlineData("VLD-2", "304 that came to a request of ours without a nominee", "", "", 0, "{ours} {status 304} ETag: \"a\"", "resend")]
    [InlineData("VLD-2", "304 of ours without a nominee, and the caller asked", "", "If-Modified-Since: @0", 0, "{ours} {status 304} ETag: \"a\"", "pass Status")]
    [InlineData("VLD-2", "304 that fits nothing", Stale, "", 1, "{status 304} ETag: \"b\"", "resend after \"b\"")]
    [InlineData("VLD-13", "304 of another URI", Stale, "", 1, "{final https://h/other} {status 304} ETag: \"a\"", "resend")]
    [InlineData("VLD-2", "304 that fits nothing of ours, and the caller's tag", Stale, "If-None-Match: \"b\"", 1, "{status 304} ETag: \"b\"", "pass Status")]
    [InlineData("VLD-2", "304 that fits neither ours nor the caller's tag", Stale, "If-None-Match: \"b\"", 1, "{status 304} ETag: \"c\"", "resend after \"c\"")]
    [InlineData("VLD-14", "304 without validators to a joined list", Stale, "If-None-Match: \"b\"", 1, "{status 304} A: 1", "resend after -")]
    [InlineData("VLD-2", "304 that fits nothing, and the caller's malformed list", Stale, "If-None-Match: \"b\", c", 1, "{status 304} ETag: \"c\"", "pass Status")]
    [InlineData("VLD-2", "304 that fits nothing, and the caller's date", Stale, "If-Modified-Since: @0", 1, "{status 304} ETag: \"c\"", "resend after \"c\"")]
    [InlineData("VLD-2", "304 that fits nothing, and the caller's star", Stale, "If-None-Match: *", 1, "{status 304} ETag: \"c\"", "pass Status")]
    [InlineData("VLD-2", "304 to a star, and what is stored is there", Stale, "If-None-Match: *", 1, "{status 304} ETag: \"a\"", "freshen 1, refresh 1")]
    [InlineData("VLD-2", "304 to a star, and what is stored is gone", "{status 404} " + Stale, "If-None-Match: *", 1, "{status 304} ETag: \"a\"", "pass Status")]
    [InlineData("VLD-2", "304 to a star, and what is stored is the last success", "{status 299} " + Stale, "If-None-Match: *", 1, "{status 304} ETag: \"a\"", "freshen 1, refresh 1")]
    [InlineData("VLD-2", "304 to a star, and what is stored has moved", "{status 300} " + Stale, "If-None-Match: *", 1, "{status 304} ETag: \"a\"", "pass Status")]
    [InlineData("CND-7", "304 with the caller's tag, of another coding than ours", "Content-Encoding: gzip | Cache-Control: max-age=0 | ETag: \"a-gzip\"", "Accept-Encoding: gzip | If-None-Match: \"a\"", 1, "{status 304} ETag: \"a\"", "pass Status, refresh 1")]
    [InlineData("CND-7", "304 with a tag of another coding, which the caller does not have", "Content-Encoding: gzip | Cache-Control: max-age=0 | ETag: \"a-gzip\"", "Accept-Encoding: gzip | If-None-Match: \"b\"", 1, "{status 304} ETag: \"a\"", "freshen 1, refresh 1")]
    [InlineData("CND-7", "304 with the tag that both have", Stale, "If-None-Match: \"a\"", 1, "{status 304} ETag: \"a\"", "freshen 1, refresh 1")]
    [InlineData("VLD-3", "sent again, and the whole has another tag than the 304", Stale, "", 1, "{unmatched \"b\"} ETag: \"a\"", "store, unreliable tag")]
    [InlineData("VLD-3", "sent again, and the whole has the tag of the 304", Stale, "", 1, "{unmatched \"b\"} ETag: \"b\"", "store")]
    [InlineData("VLD-3", "sent again, and the whole has it weakly", Stale, "", 1, "{unmatched \"b\"} ETag: W/\"b\"", "store")]
    [InlineData("VLD-3", "sent again, and the 304 had no tag", Stale, "", 1, "{unmatched} ETag: \"b\"", "store")]
    [InlineData("VLD-3", "sent again, and the whole has no tag", Stale, "", 1, "{unmatched \"b\"} A: 1", "pass NoLifetimeNorValidator, drop 1")]
    [InlineData("VLD-3", "the same tag was unreliable before", "{unreliable} " + Stale, "", 1, "ETag: \"a\"", "store, unreliable tag")]
    [InlineData("VLD-3", "another tag was unreliable before", "{unreliable} " + Stale, "", 1, "ETag: \"b\"", "store")]
    [InlineData("RNG-12", "the rest of a part", Beginning, "", 0, Rest, "complete 1, drop 1")]
    [InlineData("RNG-12", "the rest of a part that must not be kept", Beginning, "", 0, Rest + " | Cache-Control: no-store", "complete 1 for once, drop 1")]
    [InlineData("RNG-12", "the rest of a part of an unknown total", "{part 0/-1} ETag: \"a\"", "", 0, Rest, "complete 1, drop 1")]
    [InlineData("RNG-11", "a rest that begins a byte early", Beginning, "", 0, "{status 206} ETag: \"a\" | Content-Range: bytes 4-9/10", "resend, drop 1")]
    [InlineData("RNG-11", "a rest that begins a byte late", Beginning, "", 0, "{status 206} ETag: \"a\" | Content-Range: bytes 6-9/10", "resend, drop 1")]
    [InlineData("RNG-11", "a rest that ends a byte early", Beginning, "", 0, "{status 206} ETag: \"a\" | Content-Range: bytes 5-8/10", "resend, drop 1")]
    [InlineData("RNG-11", "a rest of another version", Beginning, "", 0, "{status 206} ETag: \"b\" | Content-Range: bytes 5-9/10", "resend, drop 1")]
    [InlineData("RNG-11", "a rest of another URI", Beginning, "", 0, "{final https://h/other} " + Rest, "resend, drop 1")]
    [InlineData("RNG-11", "a rest that is not described", Beginning, "", 0, "{status 206} ETag: \"a\"", "resend, drop 1")]
    [InlineData("RNG-12", "416 to our range", Beginning, "", 0, "{status 416}", "resend, drop 1")]
    [InlineData("RNG-12", "503 to our range", Beginning, "", 0, "{status 503}", "resend, drop 1")]
    [InlineData("RNG-12", "304 to our range", Beginning, "", 0, "{status 304} ETag: \"a\"", "resend, drop 1")]
    [InlineData("RNG-12", "503 to the request sent without our range", Beginning, "", 0, "{theirs} {status 503}", "pass NoPermission")]
    [InlineData("RNG-12", "the whole to our range", Beginning, "", 0, Minute, "store, drop 1")]
    [InlineData("RNG-12", "404 to our range", Beginning, "", 0, "{status 404}", "pass NoLifetimeNorValidator, drop 1")]
    [InlineData("RNG-10", "a slice, and nothing is stored", "", "Range: bytes=5-9", 0, Rest, "store")]
    [InlineData("RNG-11", "a slice after the part that is stored", Beginning, "Range: bytes=5-9", 0, Rest, "store after 5 of 1")]
    [InlineData("RNG-11", "a slice that begins within the part that is stored", Beginning, "Range: bytes=3-9", 0, "{status 206} ETag: \"a\" | Content-Range: bytes 3-9/10", "store after 3 of 1")]
    [InlineData("RNG-11", "a slice before the part that is stored", "{part 5/10} " + Minute, "Range: bytes=0-4", 0, "{status 206} ETag: \"a\" | Content-Range: bytes 0-4/10", "store before 1")]
    [InlineData("RNG-11", "a slice within the part that is stored, which is stale", "{part 2/10} " + Stale, "Range: bytes=4-5", 1, "{status 206} ETag: \"a\" | Content-Range: bytes 4-5/10", "store after 2 of 1, before 1")]
    [InlineData("RNG-11", "a shorter slice elsewhere leaves the part as it is", "{part 0/99} " + Minute, "Range: bytes=90-92", 0, "{status 206} ETag: \"a\" | Content-Range: bytes 90-92/99", "pass Partial")]
    [InlineData("RNG-11", "a shorter slice that goes on where the part ends", "{part 0/99} " + Minute, "Range: bytes=5-6", 0, "{status 206} ETag: \"a\" | Content-Range: bytes 5-6/99", "store after 5 of 1")]
    [InlineData("RNG-11", "a shorter slice that ends where the part begins", "{part 5/99} " + Minute, "Range: bytes=3-4", 0, "{status 206} ETag: \"a\" | Content-Range: bytes 3-4/99", "store before 1")]
    [InlineData("RNG-11", "a slice as long elsewhere takes the part's place", "{part 0/99} " + Minute, "Range: bytes=90-94", 0, "{status 206} ETag: \"a\" | Content-Range: bytes 90-94/99", "store")]
    [InlineData("RNG-11", "a slice of another version takes the part's place", Beginning, "Range: bytes=5-9", 0, "{status 206} ETag: \"b\" | Content-Range: bytes 5-9/10", "store")]
    [InlineData("RNG-9", "a slice of the whole that is stored", "{length 10} " + Stale, "{mode NoCache} Range: bytes=5-9", 1, Rest, "pass Partial")]
    [InlineData("RNG-9", "a slice of another version than the whole that is stored", "{length 10} " + Stale, "{mode NoCache} Range: bytes=5-9", 1, "{status 206} ETag: \"b\" | Content-Range: bytes 5-9/10", "store")]
    [InlineData("HED-3", "HEAD that agrees", Stale, "{method HEAD}", 1, "Cache-Control: max-age=60 | ETag: \"a\"", "store, refresh 1")]
    [InlineData("HED-3", "HEAD that does not agree", Stale, "{method HEAD}", 1, "Cache-Control: max-age=60 | ETag: \"b\"", "store, mark 1")]
    [InlineData("HED-3", "HEAD that agrees, and can't be stored", Stale, "{method HEAD}", 1, "Cache-Control: no-store | ETag: \"a\"", "pass NoStore")]
    [InlineData("HED-3", "HEAD that does not agree, and can't be stored", Stale, "{method HEAD}", 1, "Cache-Control: no-store | ETag: \"b\"", "pass NoStore, mark 1")]
    [InlineData("HED-3", "HEAD of another variant", "{for A: 1} Vary: A | " + Stale, "{method HEAD} A: 2", 1, "Cache-Control: max-age=60 | ETag: \"b\"", "store")]
    [InlineData("HED-3", "HEAD with another status", Stale, "{method HEAD}", 1, "{status 203} ETag: \"b\"", "store")]
    [InlineData("HED-3", "HEAD of another URI", Stale, "{method HEAD}", 1, "{final https://h/other} ETag: \"b\"", "pass Redirected")]
    [InlineData("HED-3", "HEAD beside a stored 404", "{status 404} " + Stale, "{method HEAD}", 1, "ETag: \"b\"", "store")]
    [InlineData("HED-3", "HEAD beside a stored HEAD", "{method HEAD} " + Stale, "{method HEAD}", 1, "ETag: \"b\"", "store")]
    [InlineData("HED-3", "HEAD that bypasses", Stale, "{method HEAD} Cache-Control: no-store", 1, "ETag: \"b\"", "pass RequestNoStore")]
    [InlineData("HED-3", "GET marks nothing", "{for A: 1} Vary: A | " + Stale, "A: 1", 1, "Vary: A | ETag: \"b\"", "store")]
    public void Decide_DecisionAndResponse_Outcome(string spec, string name, string stored, string request, int at, string response, string expected) =>
        Decide("", stored, request, at, response).Should().Be(expected, $"{spec}: {name}");

    [Theory]
    [InlineData("RNG-9", "a slice, and parts are off", "no-parts", "", "Range: bytes=5-9", 0, Rest, "pass Partial")]
    [InlineData("PST-1", "a POST that is stored for GET", "post", "", "{method POST}", 0, "{content-location https://h/} " + Minute, "store")]
    [InlineData("PST-1", "a POST in place of another variant that it is not a validation of", "post", "{for A: 1} Vary: A | " + Minute, "{method POST}", 0, "{content-location https://h/} " + Minute, "store")]
    [InlineData("MTH-6", "a POST that can't be stored drops nothing", "post", Minute, "{method POST}", 0, "Cache-Control: no-store", "pass PostWithoutLocation")]
    [InlineData("VLD-10", "304 in a shared cache that takes back the permission", "shared", "{credentials} Cache-Control: public, max-age=0 | ETag: \"a\"", "", 1, "{status 304} Cache-Control: max-age=60", "freshen 1, drop 1")]
    [InlineData("VLD-10", "the same, stored without credentials, asked for with some", "shared", Stale, "Authorization: x", 1, "{status 304} Cache-Control: max-age=60", "freshen 1")]
    [InlineData("VLD-10", "304 in a shared cache that says private", "shared", Stale, "", 1, "{status 304} Cache-Control: private", "freshen 1, drop 1")]
    [InlineData("HED-3", "HEAD that agrees, with credentials that no permission covers", "shared", Stale, "{method HEAD} Authorization: x", 1, "Cache-Control: max-age=60 | ETag: \"a\"", "pass Authorization")]
    [InlineData("HED-3", "HEAD that agrees, and whose merged head must not be kept", "shared", "Set-Cookie: a=1 | Cache-Control: public, max-age=0 | ETag: \"a\"", "{method HEAD}", 1, "Cache-Control: max-age=60 | ETag: \"a\"", "store, mark 1")]
    [InlineData("SRE-13", "the application's rule has failed", "rule=fails", "", "", 0, Minute, "pass RuleFailed")]
    public void Decide_OtherSettings_Outcome(string spec, string name, string settings, string stored, string request, int at, string response, string expected) =>
        Decide(settings, stored, request, at, response).Should().Be(expected, $"{spec}: {name}");

    /// <summary>The stored response that stands in when no response came; "-" is none.</summary>
    [Theory]
    [InlineData("STL-5", "in the second of its end", Stale, "{sie 60}", 0, "StaleIfError 0")]
    [InlineData("STL-5", "within stale-if-error", Stale, "{sie 60}", 60, "StaleIfError 60")]
    [InlineData("STL-5", "a second beyond it", Stale, "{sie 60}", 61, "-")]
    [InlineData("STL-4", "by the option for disconnection", Stale, "{disconnected}", 999, "Disconnected 999")]
    [InlineData("STL-2", "must-revalidate", "Cache-Control: max-age=0, must-revalidate", "{disconnected}", 1, "-")]
    [InlineData("STL-1", "nothing is stored", "", "{disconnected}", 1, "-")]
    [InlineData("INV-3", "marked for validation", "{marked} " + Stale, "{disconnected}", 1, "-")]
    [InlineData("STL-1", "a part", "{part 1/10} " + Stale, "{disconnected}", 1, "-")]
    [InlineData("STL-1", "the origin alone can cut the range", Stale, "{disconnected} Range: lines=0-1", 1, "-")]
    public void OnDisconnect_Decision_WhatStandsIn(string spec, string name, string stored, string request, int at, string expected)
    {
        var (_, decision, asked) = Before(Given.Private, stored, request, at);
        var outcome = ResponseRules.OnDisconnect(asked.Facts(Given.Private), decision, Given.Now.AddSeconds(at));
        (outcome is null ? "-" : $"{outcome.Permission} {outcome.Age.TotalSeconds:0}").Should().Be(expected, $"{spec}: {name}");
    }

    [Theory]
    [InlineData("RNG-12", "one that was known to be of ten bytes", Beginning, "200 10 GET Content-Length: 10")]
    [InlineData("RNG-12", "one of which it was not known", "{part 0/-1} ETag: \"a\"", "200 10 GET Content-Length: 10")]
    [InlineData("RNG-12", "one of a variant", "{for A: 1} {part 0/10} Vary: A | ETag: \"a\"", "200 10 GET:var Content-Length: 10")]
    public void Decide_Completed_IsTheWhole(string spec, string name, string stored, string expected)
    {
        var outcome = (ResponseOutcome.Complete)Outcome(Given.Private, stored, "A: 1", 0, Rest + " | Content-Digest: x").Outcome;

        foreach (var head in new[] { outcome.Head, outcome.ForCaller })
        {
            $"{head.StatusCode} {head.BodyLength} {(head.Variant.Contains(':', StringComparison.Ordinal) ? "GET:var" : head.Variant)} Content-Length: {head.Fields.First("Content-Length")}"
                .Should().Be(expected, $"{spec}: {name}");
            (head.Part, head.Fields.Contains("Content-Range"), head.Fields.Contains("Content-Digest")).Should().Be((null, false, false));
        }

        outcome.Head.BodyId.Should().Be(outcome.ForCaller.BodyId).And.NotBe(outcome.Prefix.BodyId);
    }

    [Theory]
    [InlineData("VLD-10", "of two that the 304 confirms, the first is found by this request again", "A: 3")]
    public void Decide_TwoConfirmed_TheFirstIsFiled(string spec, string name, string request)
    {
        const string Two = "{for A: 1} Vary: A | " + Stale + " || {for A: 2} Vary: A | " + Stale;
        var updates = Outcome(Given.Private, Two, request, 1, "{status 304} ETag: \"a\"").Outcome.Updates;

        updates.Select(update => SelectionRules.Matches(Row.Request(request).Head, update.New, Given.Private)).Should().Equal([true, false], $"{spec}: {name}");
    }

    [Theory]
    [InlineData("RNG-12", "targeted=CDN-Cache-Control", "Cache-Control: no-store")]
    [InlineData("RNG-12", "shared targeted=CDN-Cache-Control", "Cache-Control: private")]
    public void Decide_TheRestIsNotToBeKept_WhateverATargetedFieldOfThePartSays(string spec, string settings, string rest) =>
        Decide(settings, Beginning + " | CDN-Cache-Control: max-age=0", "", 1, Rest + " | " + rest).Should().Be("complete 1 for once, drop 1", spec);

    private static string Decide(string settings, string stored, string request, int at, string response)
    {
        var (outcome, all) = Outcome(Row.Settings(settings), stored, request, at, response);
        string Number(StoredResponse one) => $"{all.IndexOf(one) + 1}";
        string Numbers(string verb, IEnumerable<StoredResponse> some) => some.Any() ? $", {verb} {string.Join(' ', some.Select(Number))}" : "";

        var text = outcome switch
        {
            ResponseOutcome.StoreNew kept => "store" + (kept.Prefix is { } prefix ? $" after {kept.PrefixLength} of {Number(prefix)}" : "")
                + (kept.Suffix is { } suffix ? $"{(kept.Prefix is null ? "" : ",")} before {Number(suffix)}" : "") + (kept.Head.TagIsUnreliable ? ", unreliable tag" : ""),
            ResponseOutcome.Complete whole => $"complete {Number(whole.Prefix)}" + (whole.IsStored ? "" : " for once"),
            ResponseOutcome.Freshen freshen => $"freshen {Number(freshen.Pinned)}",
            ResponseOutcome.ServeStale stale => $"stale {stale.Permission} {Number(stale.Stored)}",
            ResponseOutcome.PassThrough pass => $"pass {pass.Reason}",
            ResponseOutcome.Resend { Unmatched: { } unmatched } => $"resend after {unmatched.ETag?.ToString() ?? "-"}",
            _ => "resend",
        };
        return text + Numbers("drop", outcome.Drop)
            + Numbers("refresh", outcome.Updates.Where(update => !update.New.MustValidate).Select(update => update.Old))
            + Numbers("mark", outcome.Updates.Where(update => update.New.MustValidate).Select(update => update.Old));
    }

    private static (ResponseOutcome Outcome, ImmutableArray<StoredResponse> Stored) Outcome(PolicySettings settings, string storedCell, string request, int at, string responseCell)
    {
        var (stored, decision, asked) = Before(settings, storedCell, request, at);
        var response = Row.Received(responseCell, asked.Head.Method);
        var ids = 100L;
        var facts = new ResponseFacts
        {
            Asked = asked.Facts(settings),
            Decision = decision,
            Candidates = stored,
            Response = response,
            Times = new ExchangeTimes(Given.Now.AddSeconds(at), Given.Now.AddSeconds(at)),
            IsOurs = responseCell.Contains("{ours}", StringComparison.Ordinal)
                || (!responseCell.Contains("{theirs}", StringComparison.Ordinal) && (decision.Kind == DecisionKind.Complete || !decision.Nominated.IsEmpty)),
            Unmatched = Row.Unmatched(responseCell) is { } tag
                ? Row.Conclusions(Row.Received("{status 304} " + (tag.Length > 0 ? "ETag: " + tag : "")), asked, settings)
                : null,
            NewId = () => ids++,
        };
        return (ResponseRules.Decide(facts), stored);
    }

    private static (ImmutableArray<StoredResponse> Stored, Decision Decision, Row.Asked Asked) Before(PolicySettings settings, string storedCell, string request, int at)
    {
        var (stored, asked, now) = (Row.StoredAll(storedCell, settings), Row.Request(request), Given.Now.AddSeconds(at));
        var decision = AdmissionRules.Decide(asked.Facts(settings))?.ToDecision() ?? ReuseRules.Decide(asked.Facts(settings), stored, now);
        return (stored, decision, asked);
    }
}
