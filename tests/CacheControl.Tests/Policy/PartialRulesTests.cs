using HttpCaching.Fields;
using HttpCaching.Model;
using HttpCaching.Policy;

namespace HttpCaching.Tests.Policy;

public sealed class PartialRulesTests
{
    /// <summary>Bytes 0 to 4 of ten, fresh for a minute; a stale one is kept for 100 seconds more.</summary>
    private const string Beginning = "{part 0/10} Cache-Control: max-age=60 | ETag: \"a\"";
    private const string Middle = "{part 3/10} Cache-Control: max-age=60 | ETag: \"a\"";

    [Theory]
    [InlineData("RNG-9", "a range that is held", Beginning, "Range: bytes=0-4", 0, "Serve Fresh")]
    [InlineData("RNG-9", "a range one byte beyond what is held", Beginning, "Range: bytes=0-5", 0, "Forward Incomplete")]
    [InlineData("RNG-9", "a range at the beginning of what is held", Middle, "Range: bytes=3-7", 0, "Serve Fresh")]
    [InlineData("RNG-9", "a range one byte before what is held", Middle, "Range: bytes=2-7", 0, "Forward Incomplete")]
    [InlineData("RNG-9", "a range that can't be satisfied", Beginning, "Range: bytes=10-", 0, "Forward Incomplete")]
    [InlineData("RNG-5", "a range with a gap", Beginning, "Range: bytes=0-0,3-3", 0, "Forward Incomplete")]
    [InlineData("RNG-9", "a range that is held, and the caller has it already", Beginning, "Range: bytes=0-4 | If-None-Match: \"a\"", 0, "Forward Incomplete")]
    [InlineData("RNG-9", "a range that is held, one second before the end of the lifetime", Beginning, "Range: bytes=0-4", 59, "Serve Fresh")]
    [InlineData("RNG-9", "a range that is held, and stale", Beginning, "Range: bytes=0-4", 60, "Forward Incomplete")]
    [InlineData("RNG-9", "a range that is held, and the request's no-cache", Beginning, "Range: bytes=0-4 | Cache-Control: no-cache", 0, "Forward Incomplete")]
    [InlineData("QRY-4", "a range that is held, with QUERY", Beginning, "{method QUERY} Range: bytes=0-4", 0, "Serve Fresh")]
    [InlineData("RNG-1", "a range that is held, with HEAD", Beginning, "{method HEAD} Range: bytes=0-4", 0, "Forward Incomplete")]
    [InlineData("RNG-12", "the whole", Beginning, "", 0, "Complete Incomplete")]
    [InlineData("RNG-12", "the whole, with HEAD", Beginning, "{method HEAD}", 0, "Forward Incomplete")]
    [InlineData("RNG-12", "the whole, with QUERY", Beginning, "{method QUERY}", 0, "Forward Incomplete")]
    [InlineData("RNG-12", "the whole, and the part is not the beginning", Middle, "", 0, "Forward Incomplete")]
    [InlineData("RNG-12", "the whole, of a known length of zero", "{part 0/0} {length 0} ETag: \"a\"", "", 0, "Complete Incomplete")]
    [InlineData("RNG-12", "the whole, of an unknown length", "{part 0/-1} ETag: \"a\"", "", 0, "Complete Incomplete")]
    [InlineData("RNG-11", "the whole, of an unknown length, coded", "{part 0/-1} ETag: \"a\" | Content-Encoding: gzip", "", 0, "Forward Incomplete")]
    [InlineData("RNG-11", "the whole, of a known length, coded", "{part 0/10} ETag: \"a\" | Content-Encoding: gzip", "", 0, "Complete Incomplete")]
    [InlineData("RNG-11", "the whole, of a known length of zero, coded", "{part 0/0} {length 0} ETag: \"a\" | Content-Encoding: gzip", "", 0, "Complete Incomplete")]
    [InlineData("RNG-11", "the whole, without a tag", "{part 0/10} Last-Modified: @-9", "", 0, "Forward Incomplete")]
    [InlineData("RNG-11", "the whole, with a weak tag", "{part 0/10} ETag: W/\"a\"", "", 0, "Forward Incomplete")]
    [InlineData("VAL-6", "the whole, with a malformed tag", "{part 0/10} ETag: a", "", 0, "Forward Incomplete")]
    [InlineData("VAL-5", "the whole, with a tag that can't be sent", "{part 0/10} ETag: \"ä\"", "", 0, "Forward Incomplete")]
    [InlineData("RNG-12", "the whole, a second before the retention ends", Beginning, "", 159, "Complete Incomplete")]
    [InlineData("RNG-12", "the whole, when the retention has ended", Beginning, "", 160, "Forward Incomplete")]
    [InlineData("CND-6", "the whole, under If-None-Match", Beginning, "If-None-Match: \"b\"", 0, "Forward Incomplete")]
    [InlineData("CND-6", "the whole, under If-Modified-Since", Beginning, "If-Modified-Since: @0", 0, "Forward Incomplete")]
    [InlineData("REQ-4", "the whole, and the request's no-cache", Beginning, "Cache-Control: no-cache", 0, "Forward Incomplete")]
    [InlineData("REQ-4", "the whole, in the mode NoCache", Beginning, "{mode NoCache}", 0, "Forward Incomplete")]
    public void Decide_PartAndRequest_Decision(string spec, string name, string stored, string request, int at, string expected) =>
        Decide(stored, request, at).Should().Be(expected, $"{spec}: {name}");

    private static string Decide(string storedCell, string request, int at)
    {
        var settings = Row.Settings("retention=100");
        var (stored, asked, now) = (Row.Stored(storedCell, settings), Row.Request(request), Given.Now.AddSeconds(at));
        var facts = ResponseConclusions.Of(stored, settings);
        var decision = PartialRules.Decide(asked.Facts(settings), stored, facts, facts.CurrentAge(now), now);
        decision.Stored.Should().BeSameAs(stored);
        return $"{decision.Kind} {decision.Reason}";
    }

    [Theory]
    [InlineData("RNG-12", "statuses that our Range may have caused", "304 400 403 405 412 416 500 501 503 599")]
    public void MayAnswerOurRange_AllStatuses_These(string spec, string name, string expected) =>
        string.Join(' ', Enumerable.Range(100, 500).Where(PartialRules.MayAnswerOurRange).Where(status => status is < 500 or 500 or 501 or 503 or 599))
            .Should().Be(expected, $"{spec}: {name}");

    [Theory]
    [InlineData("RNG-12", "from the first byte that is missing", "{part 0/10} {length 5} ETag: \"a\"", "bytes=5-", "\"a\"")]
    [InlineData("RNG-12", "a large one", "{part 0/-1} {length 5000000000} ETag: \"a-b\"", "bytes=5000000000-", "\"a-b\"")]
    public void CompletionFields_Part_RangeAndIfRange(string spec, string name, string stored, string range, string ifRange) =>
        PartialRules.CompletionFields(Row.Stored(stored, Given.Private), Given.Private).ToArray()
            .Should().Equal([new FieldLine("Range", range), new FieldLine("If-Range", ifRange)], $"{spec}: {name}");

    /// <summary>"-" is none.</summary>
    [Theory]
    [InlineData("RNG-10", "a slice", "Range: bytes=0-4", "{status 206} ETag: \"a\" | Content-Range: bytes 0-4/10", "0-4/10")]
    [InlineData("RNG-10", "of an unknown total", "Range: bytes=0-4", "{status 206} ETag: \"a\" | Content-Range: bytes 0-4/*", "0-4/-1")]
    [InlineData("STA-2", "no range was asked for", "", "{status 206} ETag: \"a\" | Content-Range: bytes 0-4/10", "-")]
    [InlineData("RNG-10", "without a tag", "Range: bytes=0-4", "{status 206} Content-Range: bytes 0-4/10", "-")]
    [InlineData("RNG-10", "with a weak tag", "Range: bytes=0-4", "{status 206} ETag: W/\"a\" | Content-Range: bytes 0-4/10", "-")]
    [InlineData("RNG-10", "with a malformed tag", "Range: bytes=0-4", "{status 206} ETag: a | Content-Range: bytes 0-4/10", "-")]
    [InlineData("RNG-10", "a 200", "Range: bytes=0-4", "{status 200} ETag: \"a\" | Content-Range: bytes 0-4/10", "-")]
    [InlineData("RNG-10", "decoded below", "Range: bytes=0-4", "{status 206} {decoded} ETag: \"a\" | Content-Range: bytes 0-4/10", "-")]
    [InlineData("INC-10", "two framings", "Range: bytes=0-4", "{status 206} {framing} ETag: \"a\" | Content-Range: bytes 0-4/10", "-")]
    [InlineData("RNG-10", "without Content-Range", "Range: bytes=0-4", "{status 206} ETag: \"a\"", "-")]
    [InlineData("RNG-10", "two Content-Ranges", "Range: bytes=0-4", "{status 206} ETag: \"a\" | Content-Range: bytes 0-4/10 | Content-Range: bytes 0-4/10", "-")]
    [InlineData("RNG-10", "a broken Content-Range", "Range: bytes=0-4", "{status 206} ETag: \"a\" | Content-Range: bytes 4-0/10", "-")]
    [InlineData("RNG-10", "a Content-Range of a 416", "Range: bytes=0-4", "{status 206} ETag: \"a\" | Content-Range: bytes */10", "-")]
    [InlineData("RNG-10", "a framing of that length", "Range: bytes=0-4", "{status 206} {wire 5} ETag: \"a\" | Content-Range: bytes 0-4/10", "0-4/10")]
    [InlineData("RNG-10", "a framing of that length, from the middle", "Range: bytes=5-9", "{status 206} {wire 5} ETag: \"a\" | Content-Range: bytes 5-9/10", "5-9/10")]
    [InlineData("RNG-10", "several parts", "Range: bytes=0-4", "{status 206} ETag: \"a\" | Content-Range: bytes 0-4/10 | Content-Type: Multipart/ByteRanges; boundary=b", "-")]
    [InlineData("RNG-10", "another type", "Range: bytes=0-4", "{status 206} ETag: \"a\" | Content-Range: bytes 0-4/10 | Content-Type: text/html", "0-4/10")]
    [InlineData("RNG-10", "a framing of another length", "Range: bytes=0-4", "{status 206} {wire 4} ETag: \"a\" | Content-Range: bytes 0-4/10", "-")]
    public void PieceOf_RequestAndResponse_Bytes(string spec, string name, string request, string response, string expected) =>
        PieceOf(request, response).Should().Be(expected, $"{spec}: {name}");

    private static string PieceOf(string request, string responseCell)
    {
        var (asked, response) = (Row.Request(request), Row.Received(responseCell));
        return PartialRules.PieceOf(asked.Head, response, Row.Conclusions(response, asked, Given.Private)) is { } piece ? $"{piece.First}-{piece.Last}/{piece.Total}" : "-";
    }

    /// <summary>What is kept of a body that broke off after some bytes, of which at least a hundred are worth it; "-" is nothing.</summary>
    [Theory]
    [InlineData("RNG-12", "a byte below the least length", "keep=100", "ETag: \"a\"", 99, "", "-")]
    [InlineData("RNG-12", "the least length", "keep=100", "ETag: \"a\"", 100, "", "206 100 0/-1 GET+part")]
    [InlineData("RNG-12", "with the length of the whole", "keep=100", "ETag: \"a\" | Content-Length: 101", 100, "", "206 100 0/101 GET+part")]
    [InlineData("RNG-12", "the length of the whole is no more than what came", "keep=100", "ETag: \"a\" | Content-Length: 100", 100, "", "206 100 0/-1 GET+part")]
    [InlineData("RNG-12", "the length of the whole is no number", "keep=100", "ETag: \"a\" | Content-Length: +101", 100, "", "206 100 0/-1 GET+part")]
    [InlineData("RNG-12", "not asked for", "", "ETag: \"a\"", 100, "", "-")]
    [InlineData("RNG-12", "parts are off", "keep=100 no-parts", "ETag: \"a\"", 100, "", "-")]
    [InlineData("RNG-12", "of a HEAD", "keep=100", "{method HEAD} ETag: \"a\"", 100, "", "-")]
    [InlineData("RNG-12", "of a QUERY", "keep=100 query", "{method QUERY} ETag: \"a\"", 100, "", "-")]
    [InlineData("RNG-12", "of a 404", "keep=100", "{status 404} ETag: \"a\"", 100, "", "-")]
    [InlineData("RNG-12", "of a part", "keep=100", "{status 200} {part 0/200} ETag: \"a\"", 100, "", "-")]
    [InlineData("RNG-12", "decoded below", "keep=100", "{decoded} ETag: \"a\"", 100, "", "-")]
    [InlineData("RNG-12", "without a tag", "keep=100", "A: 1", 100, "", "-")]
    [InlineData("RNG-12", "with a weak tag", "keep=100", "ETag: W/\"a\"", 100, "", "-")]
    [InlineData("VAL-6", "with a malformed tag", "keep=100", "ETag: a", 100, "", "-")]
    [InlineData("VAL-5", "with a tag that can't be sent", "keep=100", "ETag: \"ä\"", 100, "", "-")]
    [InlineData("VRY-2", "that no request matches again", "keep=100", "Vary: * | ETag: \"a\"", 100, "", "-")]
    [InlineData("RNG-11", "coded, without the length of the whole", "keep=100", "ETag: \"a\" | Content-Encoding: br", 100, "", "-")]
    [InlineData("RNG-11", "coded, with the length of the whole", "keep=100", "ETag: \"a\" | Content-Encoding: br | Content-Length: 101", 100, "", "206 100 0/101 GET+part")]
    [InlineData("RNG-12", "as much of it is kept already", "keep=100", "ETag: \"a\"", 100, "{part 0/200} {length 100} ETag: \"a\"", "-")]
    [InlineData("RNG-12", "a byte less of it is kept already", "keep=100", "ETag: \"a\"", 100, "{part 0/200} {length 99} ETag: \"a\"", "206 100 0/-1 GET+part")]
    [InlineData("RNG-12", "more of another version is kept", "keep=100", "ETag: \"a\"", 100, "{part 0/200} {length 101} ETag: \"b\"", "206 100 0/-1 GET+part")]
    [InlineData("RNG-12", "more without a tag is kept", "keep=100", "ETag: \"a\"", 100, "{part 0/200} {length 101} A: 1", "206 100 0/-1 GET+part")]
    public void BeginningOf_BrokenOff_WhatIsKept(string spec, string name, string settings, string head, long length, string standing, string expected) =>
        BeginningOf(settings, head, length, standing).Should().Be(expected, $"{spec}: {name}");

    private static string BeginningOf(string settingsCell, string head, long length, string standing)
    {
        var settings = Row.Settings(settingsCell);
        var kept = PartialRules.BeginningOf(Row.Stored(head, settings), length, Row.StoredAll(standing, settings).FirstOrDefault(), settings);
        return kept is null ? "-" : $"{kept.StatusCode} {kept.BodyLength} {kept.Part!.Value.First}/{kept.Part!.Value.Total} {kept.Variant}";
    }

    [Theory]
    [InlineData("RNG-11", "one tag and one total", "{part 0/10} ETag: \"a\"", "ETag: \"a\" | Content-Range: bytes 5-9/10", true)]
    [InlineData("RNG-11", "another tag", "{part 0/10} ETag: \"a\"", "ETag: \"b\" | Content-Range: bytes 5-9/10", false)]
    [InlineData("RNG-11", "the tag, weak in the piece", "{part 0/10} ETag: \"a\"", "ETag: W/\"a\" | Content-Range: bytes 5-9/10", false)]
    [InlineData("RNG-11", "no tag in the piece", "{part 0/10} ETag: \"a\"", "Content-Range: bytes 5-9/10", false)]
    [InlineData("RNG-11", "no tag in the part", "{part 0/10} A: 1", "ETag: \"a\" | Content-Range: bytes 5-9/10", false)]
    [InlineData("RNG-11", "another total", "{part 0/11} ETag: \"a\"", "ETag: \"a\" | Content-Range: bytes 5-9/10", false)]
    [InlineData("RNG-11", "another coding", "{part 0/10} ETag: \"a\"", "ETag: \"a\" | Content-Encoding: br | Content-Range: bytes 5-9/10", false)]
    [InlineData("RNG-11", "one coding", "{part 0/10} ETag: \"a\" | Content-Encoding: br", "ETag: \"a\" | Content-Encoding: br | Content-Range: bytes 5-9/10", true)]
    [InlineData("RNG-11", "decoded", "{decoded} {part 0/10} ETag: \"a\"", "ETag: \"a\" | Content-Range: bytes 5-9/10", false)]
    [InlineData("RNG-11", "the total of the part is not known", "{part 0/-1} ETag: \"a\"", "ETag: \"a\" | Content-Range: bytes 5-9/10", true)]
    [InlineData("RNG-11", "the total of the piece is not known", "{part 0/10} ETag: \"a\"", "ETag: \"a\" | Content-Range: bytes 5-9/*", true)]
    [InlineData("RNG-11", "a total is not known, coded", "{part 0/-1} ETag: \"a\" | Content-Encoding: br", "ETag: \"a\" | Content-Encoding: br | Content-Range: bytes 5-9/10", false)]
    [InlineData("RNG-11", "the whole is stored, of that length", "{length 10} ETag: \"a\"", "ETag: \"a\" | Content-Range: bytes 5-9/10", true)]
    [InlineData("RNG-11", "the whole is stored, of another length", "{length 9} ETag: \"a\"", "ETag: \"a\" | Content-Range: bytes 5-9/10", false)]
    [InlineData("RNG-11", "totals of zero are known, and the same", "{length 0} ETag: \"a\" | Content-Encoding: br", "ETag: \"a\" | Content-Encoding: br | Content-Range: bytes 0-0/0", true)]
    public void SameRepresentation_StoredAndPiece_YesOrNo(string spec, string name, string stored, string response, bool expected) =>
        With(stored, response, (held, piece, head, received) => PartialRules.SameRepresentation(held, ResponseConclusions.Of(held, Given.Private), piece, head, received))
            .Should().Be(expected, $"{spec}: {name}");

    /// <summary>The piece has five bytes, and comes when the stored part has the age of the last number.</summary>
    [Theory]
    [InlineData("RNG-11", "as long", "{part 0/20} {length 5} Cache-Control: max-age=60 | ETag: \"a\"", "ETag: \"a\"", 0, false)]
    [InlineData("RNG-11", "a byte longer, and fresh", "{part 0/20} {length 6} Cache-Control: max-age=60 | ETag: \"a\"", "ETag: \"a\"", 59, true)]
    [InlineData("RNG-11", "longer, of another version", "{part 0/20} {length 6} Cache-Control: max-age=60 | ETag: \"b\"", "ETag: \"a\"", 0, false)]
    [InlineData("RNG-11", "longer, of another total", "{part 0/21} {length 6} Cache-Control: max-age=60 | ETag: \"a\"", "ETag: \"a\"", 0, false)]
    [InlineData("RNG-11", "longer, of another coding", "{part 0/21} {length 6} Cache-Control: max-age=60 | ETag: \"a\" | Content-Encoding: br", "ETag: \"a\"", 0, true)]
    [InlineData("RNG-12", "longer, stale, and can be completed", "{part 0/20} {length 6} Cache-Control: max-age=60 | ETag: \"a\"", "ETag: \"a\"", 159, true)]
    [InlineData("RNG-12", "longer, stale, and no longer kept", "{part 0/20} {length 6} Cache-Control: max-age=60 | ETag: \"a\"", "ETag: \"a\"", 160, false)]
    [InlineData("RNG-12", "longer, stale, and can't be completed", "{part 1/20} {length 6} Cache-Control: max-age=60 | ETag: \"a\"", "ETag: \"a\"", 60, false)]
    [InlineData("RNG-12", "longer, fresh, and can't be completed", "{part 1/20} {length 6} Cache-Control: max-age=60 | ETag: \"a\"", "ETag: \"a\"", 59, true)]
    public void Outranks_StoredAndPiece_YesOrNo(string spec, string name, string stored, string response, int at, bool expected)
    {
        var settings = Row.Settings("retention=100");
        With(stored, response + " | Content-Range: bytes 15-19/20", (held, piece, head, received) =>
            PartialRules.Outranks(held, piece, head, received, Given.Now.AddSeconds(at), settings)).Should().Be(expected, $"{spec}: {name}");
    }

    /// <summary>The stored part has bytes 10 to 14.</summary>
    [Theory]
    [InlineData("RNG-11", "the piece begins where the part ends", "15-19", true, false)]
    [InlineData("RNG-11", "the piece leaves a gap of one byte", "16-19", false, false)]
    [InlineData("RNG-11", "the piece begins where the part begins, and goes on", "10-19", true, false)]
    [InlineData("RNG-11", "the piece begins a byte earlier, and ends with the part", "9-14", false, false)]
    [InlineData("RNG-11", "the piece begins earlier, and ends a byte before the part", "9-13", false, true)]
    [InlineData("RNG-11", "the piece ends where the part begins", "5-9", false, true)]
    [InlineData("RNG-11", "the piece ends a byte too early", "5-8", false, false)]
    [InlineData("RNG-11", "the piece lies within the part", "11-12", true, true)]
    [InlineData("RNG-11", "the piece is the part", "10-14", true, false)]
    [InlineData("RNG-11", "the piece is the end of the part", "11-14", true, false)]
    public void PrecedesAndFollows_PartAndPiece_WithoutAGap(string spec, string name, string piece, bool precedes, bool follows)
    {
        const string Held = "{part 10/20} {length 5} A: 1";
        var response = $"Content-Range: bytes {piece}/20";

        With(Held, response, (held, received, _, _) => PartialRules.Precedes(held, received)).Should().Be(precedes, $"{spec}: {name}");
        With(Held, response, (held, received, _, _) => PartialRules.Follows(held, received)).Should().Be(follows, $"{spec}: {name}");
        With("{length 15} A: 1", response, (held, received, _, _) => PartialRules.Precedes(held, received) || PartialRules.Follows(held, received)).Should().BeFalse();
    }

    private static bool With(string storedCell, string responseCell, Func<StoredResponse, Piece, ResponseHead, ResponseConclusions, bool> rule)
    {
        var response = Row.Received("{status 206} " + responseCell);
        var piece = PartialRules.PieceOf(response) ?? new Piece(0, 0, 0);
        return rule(Row.Stored(storedCell, Given.Private), piece, response, Row.Conclusions(response, Row.Request(""), Given.Private));
    }
}
