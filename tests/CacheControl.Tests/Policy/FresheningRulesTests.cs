using HttpCaching.Fields;
using HttpCaching.Policy;

namespace HttpCaching.Tests.Policy;

public sealed class FresheningRulesTests
{
    private const string SameTag = "ETag: \"a\" | Date: @-9 || ETag: \"a\" | Date: @-5 || ETag: \"b\" | Date: @-1";
    private const string WeakTag = "ETag: W/\"a\" | Date: @-9 || ETag: W/\"a\" | Date: @-5 || ETag: W/\"b\" | Date: @-1";

    /// <summary>All stored responses of the cell are nominated; the numbers are those that the 304 speaks of.</summary>
    [Theory]
    [InlineData("VLD-3", "a strong tag: all that have it", SameTag, "", "ETag: \"a\"", "1 2")]
    [InlineData("VLD-3", "a strong tag, and theirs are weak", WeakTag, "", "ETag: \"a\"", "")]
    [InlineData("VLD-3", "a weak tag: the most recent one", WeakTag, "", "ETag: W/\"a\"", "2")]
    [InlineData("VLD-3", "a weak tag, and theirs are strong: the most recent one", SameTag, "", "ETag: W/\"a\"", "2")]
    [InlineData("VAL-6", "a malformed tag is never compared strongly: the most recent one", "ETag: a | Date: @-9 || ETag: a | Date: @-5", "", "ETag: a", "2")]
    [InlineData("VLD-3", "a tag that none has", SameTag, "", "ETag: \"c\"", "")]
    [InlineData("VLD-3", "a tag, and none is stored", "Last-Modified: @-9", "", "ETag: \"c\"", "")]
    [InlineData("VLD-3", "a strong tag that the only one has weakly", "ETag: W/\"a\"", "", "ETag: \"a\"", "1")]
    [InlineData("VLD-3", "another strong tag than the only, weak one", "ETag: W/\"b\"", "", "ETag: \"a\"", "")]
    [InlineData("VLD-3", "a tag that differs from the only one's by a coding", "ETag: \"a-gzip\"", "", "ETag: \"a\"", "1")]
    [InlineData("VLD-3", "the same the other way", "ETag: \"a\"", "", "ETag: \"a-gzip\"", "1")]
    [InlineData("VLD-3", "a tag that differs by a coding, and there are two", "ETag: \"a-gzip\" || ETag: \"b-gzip\"", "", "ETag: \"a\"", "")]
    [InlineData("VLD-3", "a tag that differs by a coding, to a star", "ETag: \"a-gzip\"", "If-None-Match: *", "ETag: \"a\"", "")]
    [InlineData("VLD-3", "the very tag, to a star", "ETag: \"a\"", "If-None-Match: *", "ETag: \"a\"", "1")]
    [InlineData("VLD-3", "another tag than the only, unreliable one, no date", "{unreliable} ETag: \"a\" | Last-Modified: @-9", "", "ETag: \"b\"", "1")]
    [InlineData("VLD-3", "another tag than the only, unreliable one, the same date", "{unreliable} ETag: \"a\" | Last-Modified: @-9", "", "ETag: \"b\" | Last-Modified: @-9", "1")]
    [InlineData("VLD-3", "another tag than the only, unreliable one, another date", "{unreliable} ETag: \"a\" | Last-Modified: @-9", "", "ETag: \"b\" | Last-Modified: @-8", "")]
    [InlineData("VLD-3", "another tag, and the same strong date", "ETag: \"b\" | Last-Modified: @-9", "", "ETag: \"a\" | Last-Modified: @-9", "1")]
    [InlineData("VLD-3", "another tag, and the same date in the second of Date", "ETag: \"b\" | Last-Modified: @-9 | Date: @-9", "", "ETag: \"a\" | Last-Modified: @-9", "")]
    [InlineData("VLD-3", "another tag, and the date a second before Date", "ETag: \"b\" | Last-Modified: @-9 | Date: @-8", "", "ETag: \"a\" | Last-Modified: @-9", "1")]
    [InlineData("VLD-3", "another tag, and another date", "ETag: \"b\" | Last-Modified: @-9", "", "ETag: \"a\" | Last-Modified: @-8", "")]
    [InlineData("VLD-3", "another tag, and one of two has the date", "ETag: \"b\" | Last-Modified: @-9 || ETag: \"c\" | Last-Modified: @-8", "", "ETag: \"a\" | Last-Modified: @-9", "1")]
    [InlineData("VLD-3", "another tag, and both have the date", "ETag: \"b\" | Last-Modified: @-9 || ETag: \"c\" | Last-Modified: @-9", "", "ETag: \"a\" | Last-Modified: @-9", "")]
    [InlineData("VLD-3", "a date alone: the most recent one that has it", "Last-Modified: @-9 | Date: @-8 || Last-Modified: @-9 | Date: @-7 || Last-Modified: @-6", "", "Last-Modified: @-9", "2")]
    [InlineData("VLD-3", "a date that none has", "Last-Modified: @-9", "", "Last-Modified: @-8", "")]
    [InlineData("VLD-4", "no validator, and one was nominated", "ETag: \"a\"", "", "A: 1", "1")]
    [InlineData("VLD-4", "no validator, and two were nominated", SameTag, "", "A: 1", "")]
    [InlineData("VLD-4", "a date that is none", "ETag: \"a\"", "", "Last-Modified: soon", "1")]
    [InlineData("VLD-14", "no validator, and the caller's tags were sent", "ETag: \"a\"", "If-None-Match: \"b\"", "A: 1", "")]
    [InlineData("VLD-14", "no validator, and the caller's tag is ours", "ETag: \"a\"", "If-None-Match: \"a\"", "A: 1", "1")]
    public void Match_NominatedAndNotModified_WhatItSpeaksOf(string spec, string name, string stored, string request, string received, string expected) =>
        Match(stored, request, received).Should().Be(expected, $"{spec}: {name}");

    private static string Match(string stored, string request, string received)
    {
        var (nominated, asked, response) = (Row.StoredAll(stored, Given.Private), Row.Request(request), Row.Received("{status 304} " + received));
        var matched = FresheningRules.Match(asked.Head, nominated, Row.Conclusions(response, asked, Given.Private), Given.Private);
        return string.Join(' ', matched.Select(one => nominated.IndexOf(one) + 1));
    }

    /// <summary>Of the fields those that are not Date. The last column: those that the caller gets whose request was validated.</summary>
    [Theory]
    [InlineData("VLD-5", "a field takes the place of all lines of its name", "", "A: 1 | B: 2 | A: 3", "a: 4", "B: 2 | a: 4", "B: 2 | a: 4")]
    [InlineData("VLD-5", "a new field is added", "", "A: 1", "B: 2", "A: 1 | B: 2", "A: 1 | B: 2")]
    [InlineData("VLD-5", "several lines arrive", "", "A: 1", "A: 2 | A: 3", "A: 2 | A: 3", "A: 2 | A: 3")]
    [InlineData("VLD-6", "Content-Length stays", "", "Content-Length: 5", "Content-Length: 0", "Content-Length: 5", "Content-Length: 5")]
    [InlineData("VLD-6", "Content-Length is not added", "", "A: 1", "Content-Length: 0", "A: 1", "A: 1")]
    [InlineData("VLD-6", "Content-Digest and Content-MD5 stay", "", "Content-Digest: x | Content-MD5: x", "Content-Digest: y | Content-MD5: y", "Content-Digest: x | Content-MD5: x", "Content-Digest: x | Content-MD5: x")]
    [InlineData("VLD-7", "Content-Range and Content-Encoding stay", "", "Content-Range: x | Content-Encoding: br", "Content-Range: y | Content-Encoding: gzip", "Content-Range: x | Content-Encoding: br", "Content-Range: x | Content-Encoding: br")]
    [InlineData("VLD-7", "Content-Type is updated", "", "Content-Type: a/b", "Content-Type: c/d", "Content-Type: c/d", "Content-Type: c/d")]
    [InlineData("VLD-6", "fields of the connection are not taken", "", "A: 1", "Connection: B | B: 2 | Keep-Alive: 5", "A: 1", "A: 1")]
    [InlineData("FLD-8", "Age is not a field", "", "A: 1", "Age: 5", "A: 1", "A: 1")]
    [InlineData("VLD-6", "a field that the merged head excludes reaches the caller from the 304", "", "A: 1", "B: 2 | Cache-Control: no-cache=\"b\"", "A: 1 | Cache-Control: no-cache=\"b\"", "A: 1 | B: 2 | Cache-Control: no-cache=\"b\"")]
    [InlineData("VLD-6", "a stored field that the 304 excludes reaches nobody", "", "B: 1", "Cache-Control: no-cache=\"b\"", "Cache-Control: no-cache=\"b\"", "Cache-Control: no-cache=\"b\"")]
    [InlineData("VLD-5", "the strong tag is updated", "", "ETag: \"a\"", "ETag: \"b\"", "ETag: \"b\"", "ETag: \"b\"")]
    [InlineData("VLD-3", "a weak tag stays", "", "ETag: W/\"a\"", "ETag: \"a\"", "ETag: W/\"a\"", "ETag: W/\"a\"")]
    [InlineData("VLD-3", "an unreliable tag stays", "{unreliable} ", "ETag: \"a\"", "ETag: \"b\"", "ETag: \"a\"", "ETag: \"a\"")]
    [InlineData("VLD-3", "the tag of coded bytes stays", "", "Content-Encoding: br | ETag: \"a\"", "ETag: \"b\"", "Content-Encoding: br | ETag: \"a\"", "Content-Encoding: br | ETag: \"a\"")]
    [InlineData("VLD-3", "the tag of coded bytes, weakened, is the same", "", "Content-Encoding: br | ETag: \"a\"", "ETag: W/\"a\"", "Content-Encoding: br | ETag: W/\"a\"", "Content-Encoding: br | ETag: W/\"a\"")]
    [InlineData("VLD-3", "coded bytes without a tag get none", "", "Content-Encoding: br", "ETag: \"b\"", "Content-Encoding: br", "Content-Encoding: br")]
    [InlineData("VLD-3", "plain bytes without a tag get one", "", "A: 1", "ETag: \"b\"", "A: 1 | ETag: \"b\"", "A: 1 | ETag: \"b\"")]
    [InlineData("VLD-3", "the tag of a coding is none for plain bytes", "", "ETag: \"a\"", "ETag: \"a-gzip\"", "ETag: \"a\"", "ETag: \"a\"")]
    [InlineData("VLD-5", "an empty tag is a field like others", "", "Content-Encoding: br | ETag: \"a\"", "ETag: ", "Content-Encoding: br | ETag: ", "Content-Encoding: br | ETag: ")]
    public void Merge_StoredAndNotModified_Fields(string spec, string name, string words, string stored, string received, string kept, string forCaller)
    {
        var (merged, caller) = Merge(words + stored, "", "{status 304} " + received);

        merged.Fields.Without(FieldNames.Date).ToArray().Should().Equal(Given.Fields(kept).ToArray(), $"{spec}: {name}");
        caller.Fields.Without(FieldNames.Date).ToArray().Should().Equal(Given.Fields(forCaller).ToArray(), $"{spec}: {name}");
    }

    [Fact]
    [Trait("Spec", "VLD-10")]
    public void Merge_VaryAnyIsTakenBackByAHead_StillFitsNoRequest()
    {
        var merged = Merge("Vary: *", "", "{status 304} Vary: ").Merged;

        merged.SelectingFields.Fields.Should().ContainSingle().Which.Name.Should().Be("*", "the values of the original request are not known");
        merged.FurtherSelections.Should().BeEmpty();
    }

    private static (StoredResponse Merged, StoredResponse ForCaller) Merge(string storedCell, string request, string received, bool mayFile = false, PolicySettings? rules = null)
    {
        var settings = rules ?? Given.Private;
        var (stored, response, times) = (Row.Stored(storedCell, settings), Row.Received(received), new ExchangeTimes(Given.Now.AddSeconds(50), Given.Now.AddSeconds(60)));
        var (merged, forCaller) = FresheningRules.Merge(Given.Facts(Row.Request(request).Head, settings), stored, response, times, 7, mayFile);
        merged.Generation.Should().Be(7);
        merged.Times.Should().Be(times);
        (merged.BodyId, merged.BodyLength, merged.Part, merged.StatusCode, merged.Method, merged.TargetUri, merged.IsDecoded, merged.TagIsUnreliable)
            .Should().Be((stored.BodyId, stored.BodyLength, stored.Part, stored.StatusCode, stored.Method, stored.TargetUri, stored.IsDecoded, stored.TagIsUnreliable));
        merged.MustValidate.Should().BeFalse("it has just been confirmed");
        return (merged, forCaller);
    }

    [Theory]
    [InlineData("VLD-8", "without Date: the time of receipt", "Date: @-100", "A: 1", 60)]
    [InlineData("AGE-7", "its own Date", "Date: @-100", "Date: @55", 55)]
    [InlineData("AGE-7", "a Date that is none: the time of receipt", "Date: @-100", "Date: soon", 60)]
    public void Merge_Date_DecidesTheRank(string spec, string name, string stored, string received, int rank) =>
        Merge(stored, "", "{status 304} " + received).Merged.Should().Match<StoredResponse>(
            merged => merged.Rank == Given.Now.AddSeconds(rank).UtcTicks && merged.Fields.CountOf("Date") == 1, $"{spec}: {name}");

    /// <summary>-1 is none.</summary>
    [Theory]
    [InlineData("AGE-7", "the 304 has none", "Age: 9 | A: 1", "A: 2", -1)]
    [InlineData("AGE-7", "the 304 has one", "Age: 9 | A: 1", "Age: 5", 5)]
    public void Merge_Age_IsThatOfTheNotModified(string spec, string name, string stored, string received, int age) =>
        Merge(stored, "", "{status 304} " + received).Merged.AgeValue.Should().Be(age < 0 ? null : TimeSpan.FromSeconds(age), $"{spec}: {name}");

    [Theory]
    [InlineData("VLD-10", "without credentials, by a request without", "A: 1", "", "A: 1", false)]
    [InlineData("VLD-10", "without credentials, by a request with", "A: 1", "Authorization: x", "A: 1", true)]
    [InlineData("VLD-10", "with credentials, by a request without", "{credentials} A: 1", "", "A: 1", true)]
    [InlineData("AUT-2", "without credentials, by a request that got some below", "A: 1", "", "{credentials} A: 1", true)]
    public void Merge_Credentials_Stay(string spec, string name, string stored, string request, string received, bool expected) =>
        Merge(stored, request, received).Merged.HadCredentials.Should().Be(expected, $"{spec}: {name}");

    [Theory]
    [InlineData("GRP-2", "the application's tags stay", "{tags own} A: 1", "A: 2", "own")]
    [InlineData("GRP-2", "groups that the 304 does not name stay", "{tags own} Cache-Groups: \"a\"", "A: 2", "own|group https://h a")]
    [InlineData("GRP-2", "the groups of the 304 take their place", "{tags own} Cache-Groups: \"a\"", "Cache-Groups: \"b\"", "own|group https://h b")]
    public void Merge_Tags_FollowTheFields(string spec, string name, string stored, string received, string expected) =>
        string.Join('|', Merge(stored, "", "{status 304} " + received).Merged.Tags).Should().Be(expected, $"{spec}: {name}");

    [Theory]
    [InlineData("HED-3", "nothing to compare", "A: 1", "A: 1", true)]
    [InlineData("HED-3", "the tag", "ETag: \"a\"", "ETag: \"a\"", true)]
    [InlineData("HED-3", "the tag, weakened", "ETag: \"a\"", "ETag: W/\"a\"", false)]
    [InlineData("HED-3", "another tag", "ETag: \"a\"", "ETag: \"b\"", false)]
    [InlineData("HED-3", "a tag, and none is stored", "A: 1", "ETag: \"a\"", false)]
    [InlineData("HED-3", "no tag, and one is stored", "ETag: \"a\"", "A: 1", true)]
    [InlineData("HED-3", "the date", "Last-Modified: @-9", "Last-Modified: @-9", true)]
    [InlineData("HED-3", "another date", "Last-Modified: @-9", "Last-Modified: @-8", false)]
    [InlineData("HED-3", "a date, and none is stored", "A: 1", "Last-Modified: @-9", false)]
    [InlineData("HED-3", "the length", "{length 5} A: 1", "{wire 5} A: 1", true)]
    [InlineData("HED-3", "another length", "{length 5} A: 1", "{wire 6} A: 1", false)]
    [InlineData("HED-3", "another length, decoded", "{length 5} {decoded} A: 1", "{wire 6} A: 1", true)]
    [InlineData("HED-3", "the total of a part", "{length 5} {part 0/10} A: 1", "{wire 10} A: 1", true)]
    [InlineData("HED-3", "the length of a part", "{length 5} {part 0/10} A: 1", "{wire 5} A: 1", false)]
    public void Agrees_StoredAndHead_YesOrNo(string spec, string name, string stored, string head, bool expected) =>
        Agrees(stored, head).Should().Be(expected, $"{spec}: {name}");

    private static bool Agrees(string stored, string headCell)
    {
        var (asked, head) = (Row.Request("{method HEAD}"), Row.Received(headCell, "HEAD"));
        return FresheningRules.Agrees(Row.Stored(stored, Given.Private), head, Row.Conclusions(head, asked, Given.Private), Given.Private);
    }

    /// <summary>Which requests the updated response answers, of these: none of the fields, A: 1, A: 2, B: 1, A: 1 and B: 1, A: 2 and B: 1.</summary>
    [Theory]
    [InlineData("VLD-10", "nothing is varied by", "A: 1", "A: 1", "", false, "none A1 A2 B1 A1B1 A2B1")]
    [InlineData("VLD-10", "the same Vary, the same request", "{for A: 1} Vary: A", "A: 1", "", false, "A1 A1B1")]
    [InlineData("VLD-10", "the same Vary, another request", "{for A: 1} Vary: A", "A: 2", "", false, "A1 A1B1")]
    [InlineData("VLD-10", "the same Vary, another request that it answers", "{for A: 1} Vary: A", "A: 2", "", true, "A1 A2 A1B1 A2B1")]
    [InlineData("VLD-10", "a Vary that was not there, the same request", "A: 1", "A: 1", "Vary: A", false, "A1 A1B1")]
    [InlineData("VLD-10", "another Vary, the same request", "{for A: 1 | B: 1} Vary: A", "A: 1 | B: 1", "Vary: B", false, "A1B1")]
    [InlineData("VLD-10", "another Vary, another request", "{for A: 1} Vary: A", "A: 2 | B: 1", "Vary: B", false, "")]
    [InlineData("VLD-10", "another Vary, another request that it answers", "{for A: 1} Vary: A", "A: 2 | B: 1", "Vary: B", true, "A2B1")]
    [InlineData("VLD-10", "a star", "{for A: 1} Vary: A", "A: 1", "Vary: *", true, "")]
    [InlineData("VLD-10", "a star that was there before", "{for A: 1} Vary: *", "A: 1", "Vary: A", false, "")]
    [InlineData("VLD-10", "a star that was there before, and a request that it answers", "{for A: 1} Vary: *", "A: 1", "Vary: A", true, "A1 A1B1")]
    [InlineData("VLD-10", "a Vary that names one more, another request", "{for A: 1} Vary: A", "A: 2 | B: 1", "Vary: A, B", false, "")]
    [InlineData("VLD-10", "a Vary that names one more, the same request", "{for A: 1} Vary: A", "A: 1 | B: 1", "Vary: A, B", false, "A1B1")]
    [InlineData("VLD-10", "two selections, the second asks", "{for A: 1} {also A: 2} Vary: A", "A: 2", "", false, "A1 A2 A1B1 A2B1")]
    [InlineData("AUT-6", "a field was changed below", "{for A: 1} Vary: A", "A: 1", "{below A} ", false, "A1 A1B1")]
    [InlineData("AUT-6", "a field was changed below, and another request", "{for A: 1} Vary: A", "A: 2", "{below A} ", true, "A1 A1B1")]
    public void Merge_Vary_RequestsThatItAnswers(string spec, string name, string stored, string request, string received, bool mayFile, string expected)
    {
        var merged = Merge(stored, request, "{status 304} " + received, mayFile).Merged;

        Answered(merged).Should().Be(expected, $"{spec}: {name}");
        merged.Variant.Should().Be(VariantRules.IdOf("GET", null, merged.SelectingFields));
    }

    private static string Answered(StoredResponse stored)
    {
        (string Name, string Fields)[] requests = [("none", ""), ("A1", "A: 1"), ("A2", "A: 2"), ("B1", "B: 1"), ("A1B1", "A: 1 | B: 1"), ("A2B1", "A: 2 | B: 1")];
        return string.Join(' ', requests.Where(one => SelectionRules.Matches(Given.Request(one.Fields), stored, Given.Private)).Select(one => one.Name));
    }

    [Theory]
    [InlineData("VLD-10", "sixteen selections are kept", 15, 16, "0 1 2 14 15")]
    [InlineData("VLD-10", "of more the second goes, and the first stays", 16, 16, "0 2 14 15")]
    public void Merge_OneRequestAfterAnother_SelectionsWithinTheLimit(string spec, string name, int requests, int count, string expected)
    {
        var stored = Row.Stored("{for A: 0} Vary: A", Given.Private);
        var times = new ExchangeTimes(Given.Now, Given.Now);
        for (var i = 1; i <= requests; i++)
        {
            stored = FresheningRules.Merge(Given.Facts(Given.Request($"A: {i}")), stored, Row.Received("{status 304}"), times, i, mayFile: true).Head;
        }

        stored.FurtherSelections.Should().HaveCount(count - 1, $"{spec}: {name}");
        int[] asked = [0, 1, 2, 14, 15];
        string.Join(' ', asked.Where(i => SelectionRules.Matches(Given.Request($"A: {i}"), stored, Given.Private))).Should().Be(expected, $"{spec}: {name}");
    }

    [Theory]
    [InlineData("SEC-10", "old and new names together are 128", 127, true)]
    [InlineData("SEC-10", "old and new names together are 129", 128, false)]
    public void Merge_ManyNames_UpToTheLimit(string spec, string name, int names, bool expected)
    {
        var vary = string.Join(", ", Enumerable.Range(0, names).Select(i => $"B{i}"));
        var merged = Merge("{for A: 1} Vary: A", "A: 1", "{status 304} Vary: " + vary).Merged;

        SelectionRules.Matches(Given.Request("A: 1"), merged, Given.Private).Should().Be(expected, $"{spec}: {name}");
    }

    [Theory]
    [InlineData("SEC-10", "two values that make 1024 characters with their names", 511, true)]
    [InlineData("SEC-10", "two values of one character more each", 512, false)]
    public void Merge_TwoLongValues_AreFiledWithinTheLimit(string spec, string name, int length, bool expected)
    {
        var request = $"A: {new string('x', length)} | B: {new string('y', length)}";
        var merged = Merge("{for A: 1} Vary: A, B", request, "{status 304}", mayFile: true).Merged;

        SelectionRules.Matches(Given.Request(request), merged, Given.Private).Should().Be(expected, $"{spec}: {name}");
    }

    [Theory]
    [InlineData("SEC-10", "a value that makes 1024 characters with its name", 1023, true)]
    [InlineData("SEC-10", "a value of one character more", 1024, false)]
    public void Merge_LongValue_IsFiledWithinTheLimit(string spec, string name, int length, bool expected)
    {
        var value = new string('x', length);
        var merged = Merge("{for A: 1} Vary: A", "A: " + value, "{status 304}", mayFile: true).Merged;

        SelectionRules.Matches(Given.Request("A: " + value), merged, Given.Private).Should().Be(expected, $"{spec}: {name}");
    }
}
