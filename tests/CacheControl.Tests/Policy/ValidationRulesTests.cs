using HttpCaching.Fields;
using HttpCaching.Policy;

namespace HttpCaching.Tests.Policy;

/// <summary>Numbers in brackets are the stored responses in the order of their cell.</summary>
public sealed class ValidationRulesTests
{
    private const string Two = "{for A: 1} Vary: A | ETag: \"a\" | Date: @-9 || {for A: 2} Vary: A | ETag: \"b\" | Date: @-5";

    /// <summary>The first response is the selected one.</summary>
    [Theory]
    [InlineData("VAL-1", "a tag", "ETag: \"a\"", "1")]
    [InlineData("VAL-2", "a date", "Last-Modified: @-9", "1")]
    [InlineData("VAL-2", "a date that is none", "Last-Modified: soon", "")]
    [InlineData("VAL-6", "a malformed tag", "ETag: a", "1")]
    [InlineData("VAL-5", "a tag that can't be sent", "ETag: \"ä\"", "")]
    [InlineData("VAL-3", "no validator: the variants that have one", "A: 1 || {for A: 2} Vary: A | ETag: \"b\"", "2")]
    [InlineData("VLD-3", "an unreliable tag and a date", "{unreliable} ETag: \"a\" | Last-Modified: @-9", "1")]
    [InlineData("VLD-3", "an unreliable tag alone: no variant either", "{unreliable} ETag: \"a\" || {for A: 2} Vary: A | ETag: \"b\"", "")]
    [InlineData("VAL-1", "a tag: no other variant", Two, "1")]
    public void Nominate_Selected_WhatIsAskedAbout(string spec, string name, string stored, string expected)
    {
        var all = Row.StoredAll(stored, Given.Private);
        Numbers(all, ValidationRules.Nominate(Row.Request("").Head, all[0], all, Given.Private)).Should().Be(expected, $"{spec}: {name}");
    }

    [Theory]
    [InlineData("VAL-3", "the newest first", "", Two, "", "2 1")]
    [InlineData("VAL-3", "as many as the limit", "validators=2", Two, "", "2 1")]
    [InlineData("VAL-3", "one more than the limit", "validators=1", Two, "", "2")]
    [InlineData("VAL-3", "as long as the limit, quotes and separators counted", "validator-length=14", Two, "", "2 1")]
    [InlineData("VAL-3", "one character longer than the limit", "validator-length=13", Two, "", "2")]
    [InlineData("RNG-9", "not a part", "", "{part 0/10} ETag: \"a\" || ETag: \"b\"", "", "2")]
    [InlineData("VLD-3", "not with an unreliable tag", "", "{unreliable} ETag: \"a\" || ETag: \"b\"", "", "2")]
    [InlineData("KEY-6", "not a HEAD for GET", "", "{method HEAD} ETag: \"a\" || ETag: \"b\"", "", "2")]
    [InlineData("KEY-6", "a GET for HEAD", "", "ETag: \"a\"", "{method HEAD}", "1")]
    [InlineData("SEC-14", "not a private one in a shared cache", "shared", "Cache-Control: private | ETag: \"a\" || ETag: \"b\"", "", "2")]
    [InlineData("RNG-8", "not a coding that is removed above", "", "Content-Encoding: gzip | ETag: \"a\" || ETag: \"b\"", "{undone gzip} Accept-Encoding: gzip", "2")]
    [InlineData("VAL-3", "not without a tag", "", "Last-Modified: @-9 || ETag: \"b\"", "", "2")]
    [InlineData("VAL-5", "not with a tag that can't be sent", "", "ETag: \"ä\" || ETag: \"b\"", "", "2")]
    [InlineData("VAL-4", "not a coding that is not accepted", "", "Content-Encoding: gzip | ETag: \"a\" || ETag: \"b\"", "", "2")]
    [InlineData("VAL-4", "a coding that is accepted", "", "Content-Encoding: gzip | ETag: \"a\"", "Accept-Encoding: gzip", "1")]
    [InlineData("VAL-4", "not a language that is not accepted", "", "Content-Language: de | ETag: \"a\" || ETag: \"b\"", "Accept-Language: en", "2")]
    [InlineData("VAL-4", "not a type that is not accepted", "", "Content-Type: text/html | ETag: \"a\" || ETag: \"b\"", "Accept: image/png", "2")]
    public void NominateVariants_Stored_WhatIsAskedAbout(string spec, string name, string settingsCell, string stored, string request, string expected)
    {
        var settings = Row.Settings(settingsCell);
        var all = Row.StoredAll(stored, settings);
        Numbers(all, ValidationRules.NominateVariants(Row.Request(request).Head, all, settings)).Should().Be(expected, $"{spec}: {name}");
    }

    /// <summary>All stored responses of the cell are nominated.</summary>
    [Theory]
    [InlineData("VAL-1", "a tag", "ETag: \"a\"", "", "If-None-Match: \"a\"")]
    [InlineData("VAL-1", "a weak tag, as it is", "ETag: W/\"a\"", "", "If-None-Match: W/\"a\"")]
    [InlineData("VAL-2", "a date", "Last-Modified: @-9", "", "If-Modified-Since: @-9")]
    [InlineData("VAL-2", "a tag and a date", "ETag: \"a\" | Last-Modified: @-9", "", "If-None-Match: \"a\" | If-Modified-Since: @-9")]
    [InlineData("VAL-5", "none", "A: 1", "", "")]
    [InlineData("VAL-5", "a tag that can't be sent, and a date", "ETag: \"ä\" | Last-Modified: @-9", "", "If-Modified-Since: @-9")]
    [InlineData("VAL-3", "of two the tags, and no date", "ETag: \"a\" | Last-Modified: @-9 || ETag: \"b\"", "", "If-None-Match: \"a\", \"b\"")]
    [InlineData("VAL-3", "of two dates none", "Last-Modified: @-9 || Last-Modified: @-8", "", "")]
    [InlineData("VAL-3", "a tag that two have goes out once", "ETag: \"a\" || ETag: \"a\"", "", "If-None-Match: \"a\"")]
    [InlineData("VAL-6", "a malformed tag alone", "ETag: a", "", "If-None-Match: a")]
    [InlineData("VAL-6", "a malformed tag next to another is left out", "ETag: a || ETag: \"b\"", "", "If-None-Match: \"b\"")]
    [InlineData("VAL-6", "a malformed tag next to the caller's is left out", "ETag: a | Last-Modified: @-9", "If-None-Match: \"b\"", "")]
    [InlineData("VAL-7", "the caller's tag after ours", "ETag: \"a\"", "If-None-Match: \"b\"", "If-None-Match: \"a\", \"b\"")]
    [InlineData("VAL-7", "the caller's tag after two of ours", "ETag: \"a\" || ETag: \"b\"", "If-None-Match: \"c\"", "If-None-Match: \"a\", \"b\", \"c\"")]
    [InlineData("VAL-7", "the caller's tag is ours", "ETag: \"a\"", "If-None-Match: \"b\", \"a\"", "If-None-Match: \"a\", \"b\"")]
    [InlineData("VAL-7", "the caller's tag is ours, but for its strength", "ETag: \"a\"", "If-None-Match: W/\"a\"", "If-None-Match: \"a\", W/\"a\"")]
    [InlineData("VAL-7", "the caller's star goes as it is", "ETag: \"a\"", "If-None-Match: *", "If-None-Match: *")]
    [InlineData("VAL-7", "the caller's malformed list goes as it is", "ETag: \"a\"", "If-None-Match: \"a\", b", "If-None-Match: \"a\", b")]
    [InlineData("VAL-7", "a date next to joined tags", "ETag: \"a\" | Last-Modified: @-9", "If-None-Match: \"b\"", "If-None-Match: \"a\", \"b\" | If-Modified-Since: @-9")]
    [InlineData("VAL-2", "no date next to the caller's tags alone", "Last-Modified: @-9", "If-None-Match: \"b\"", "")]
    [InlineData("RNG-13", "no date next to a range", "ETag: \"a\" | Last-Modified: @-9", "Range: bytes=0-4", "If-None-Match: \"a\"")]
    [InlineData("VLD-3", "no unreliable tag", "{unreliable} ETag: \"a\" | Last-Modified: @-9", "", "If-Modified-Since: @-9")]
    [InlineData("VLD-3", "the tag of a coding, and the one without it", "Content-Encoding: gzip | ETag: \"a-gzip\"", "", "If-None-Match: \"a-gzip\", \"a\"")]
    [InlineData("VLD-3", "the same of a decoded body", "{decoded} ETag: \"a-gzip\"", "", "If-None-Match: \"a-gzip\", \"a\"")]
    [InlineData("VLD-3", "plain bytes have no tag of a coding", "ETag: \"a-gzip\"", "", "If-None-Match: \"a-gzip\"")]
    [InlineData("VLD-3", "the tags of codings of two go as they are", "Content-Encoding: gzip | ETag: \"a-gzip\" || ETag: \"b\"", "", "If-None-Match: \"a-gzip\", \"b\"")]
    public void Conditions_NominatedAndRequest_Fields(string spec, string name, string stored, string request, string expected) =>
        Conditions(stored, request).Should().Equal(Given.Fields(expected).ToArray(), $"{spec}: {name}");

    private static FieldLine[] Conditions(string stored, string request) =>
        ValidationRules.Conditions(Row.Request(request).Head, Row.StoredAll(stored, Given.Private), Given.Private).ToArray();

    [Theory]
    [InlineData("VLD-14", "no tags of the caller's", "ETag: \"a\"", "", false)]
    [InlineData("VLD-14", "the caller's tag is ours", "ETag: \"a\"", "If-None-Match: \"a\"", false)]
    [InlineData("VLD-14", "the caller's tag is one of ours", "ETag: \"a\" || ETag: \"b\"", "If-None-Match: \"b\"", false)]
    [InlineData("VLD-14", "one of the caller's tags is not ours", "ETag: \"a\"", "If-None-Match: \"a\", \"b\"", true)]
    [InlineData("VLD-14", "ours is not sent", "{unreliable} ETag: \"a\"", "If-None-Match: \"a\"", true)]
    [InlineData("VLD-14", "a star", "ETag: \"a\"", "If-None-Match: *", true)]
    [InlineData("VLD-14", "a malformed list", "ETag: \"a\"", "If-None-Match: \"a", true)]
    public void AsksAboutOthers_NominatedAndRequest_YesOrNo(string spec, string name, string stored, string request, bool expected) =>
        ValidationRules.AsksAboutOthers(Row.Request(request).Head, Row.StoredAll(stored, Given.Private), Given.Private).Should().Be(expected, $"{spec}: {name}");

    [Theory]
    [InlineData("VLD-3", "plain", "A: 1", false)]
    [InlineData("VLD-3", "coded", "Content-Encoding: br", true)]
    [InlineData("VLD-3", "decoded below", "{decoded} A: 1", true)]
    public void IsCoded_Stored_YesOrNo(string spec, string name, string stored, bool expected) =>
        ValidationRules.IsCoded(Row.Stored(stored, Given.Private)).Should().Be(expected, $"{spec}: {name}");

    private static string Numbers(IReadOnlyList<StoredResponse> all, IEnumerable<StoredResponse> some) =>
        string.Join(' ', some.Select(one => all.ToList().IndexOf(one) + 1));
}
