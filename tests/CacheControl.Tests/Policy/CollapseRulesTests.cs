using HttpCaching.Policy;

namespace HttpCaching.Tests.Policy;

public sealed class CollapseRulesTests
{
    private const string Minute = "Cache-Control: max-age=60 | ETag: \"a\"";

    /// <summary>The decision is the one that the rules of reuse come to.</summary>
    [Theory]
    [InlineData("CON-1", "nothing is stored", "", "", 0, true)]
    [InlineData("CON-1", "another variant is stored", "{for A: 1} Vary: A | Cache-Control: max-age=60", "A: 2", 0, true)]
    [InlineData("CON-1", "another variant is stored that has a tag", "{for A: 1} Vary: A | " + Minute, "A: 2", 0, true)]
    [InlineData("CON-1", "stale, to be validated", Minute, "", 60, true)]
    [InlineData("CON-1", "a part, to be completed", "{part 0/10} ETag: \"a\"", "", 0, true)]
    [InlineData("CON-1", "a part that can't be completed", "{part 1/10} ETag: \"a\"", "", 0, true)]
    [InlineData("CON-1", "the response's no-cache asks for a validation each", "Cache-Control: no-cache | ETag: \"a\"", "", 0, false)]
    [InlineData("CON-1", "fresh", Minute, "", 0, false)]
    [InlineData("CON-1", "HEAD", "", "{method HEAD}", 0, false)]
    [InlineData("CON-1", "POST", "", "{method POST}", 0, false)]
    [InlineData("CON-1", "the mode ForceCache", "", "{mode ForceCache}", 0, true)]
    [InlineData("CON-1", "the mode NoCache", "", "{mode NoCache}", 0, false)]
    [InlineData("CON-1", "the mode Reload", "", "{mode Reload}", 0, false)]
    [InlineData("CON-1", "the mode NoStore", "", "{mode NoStore}", 0, false)]
    [InlineData("CON-1", "the mode OnlyIfCached", "", "{mode OnlyIfCached}", 0, false)]
    [InlineData("CON-1", "no-store", "", "Cache-Control: no-store", 0, false)]
    [InlineData("CON-1", "no-cache", "", "Cache-Control: no-cache", 0, false)]
    [InlineData("CON-1", "only-if-cached", "", "Cache-Control: only-if-cached", 0, false)]
    [InlineData("CON-1", "max-age=0", "", "Cache-Control: max-age=0", 0, false)]
    [InlineData("CON-1", "max-age=1", "", "Cache-Control: max-age=1", 0, true)]
    [InlineData("CON-1", "If-None-Match", "", "If-None-Match: \"a\"", 0, false)]
    [InlineData("CON-1", "If-Modified-Since", "", "If-Modified-Since: @0", 0, false)]
    [InlineData("CON-1", "Range", "", "Range: bytes=0-4", 0, false)]
    [InlineData("CON-1", "If-Range", "", "If-Range: \"a\"", 0, false)]
    [InlineData("CON-1", "a range that only the origin cuts", Minute, "Range: lines=0-4", 0, false)]
    [InlineData("CON-1", "any other field", "", "A: 1", 0, true)]
    public void MayShare_RequestAndDecision_YesOrNo(string spec, string name, string stored, string request, int at, bool expected) =>
        MayShare(stored, request, at).Should().Be(expected, $"{spec}: {name}");

    private static bool MayShare(string stored, string request, int at)
    {
        var asked = Row.Request(request);
        var decision = ReuseRules.Decide(asked.Facts(Given.Private), Row.StoredAll(stored, Given.Private), Given.Now.AddSeconds(at));
        return CollapseRules.MayShare(asked.Facts(Given.Private), decision);
    }

    [Theory]
    [InlineData("CON-1", "nothing may be looked up", DecisionKind.Bypass, CacheReason.Miss, false)]
    [InlineData("CON-1", "the stored body can't be read", DecisionKind.Forward, CacheReason.StoreUnavailable, true)]
    [InlineData("CON-1", "nothing stored may be used", DecisionKind.Unsatisfiable, CacheReason.OnlyIfCached, false)]
    internal void MayShare_OtherDecisions_YesOrNo(string spec, string name, object kind, CacheReason reason, bool expected) =>
        CollapseRules.MayShare(Row.Request("").Facts(Given.Private), new Decision((DecisionKind)kind, reason)).Should().Be(expected, $"{spec}: {name}");

    [Theory]
    [InlineData("CON-3", "one second before the end of its lifetime", Minute, 59, true)]
    [InlineData("CON-3", "at the end of its lifetime", Minute, 60, false)]
    [InlineData("CON-3", "a part", "{part 0/10} " + Minute, 0, false)]
    [InlineData("CON-3", "marked for validation", "{marked} " + Minute, 0, false)]
    [InlineData("CON-3", "no-cache", "Cache-Control: no-cache, max-age=60", 0, false)]
    [InlineData("CON-3", "a star in Vary", "Vary: * | " + Minute, 0, false)]
    [InlineData("CON-3", "a Vary", "Vary: A | " + Minute, 0, true)]
    [InlineData("CON-3", "old on arrival", "Age: 60 | " + Minute, 0, false)]
    public void IsWorthSharing_Received_YesOrNo(string spec, string name, string head, int at, bool expected) =>
        CollapseRules.IsWorthSharing(Row.Stored(head, Given.Private), Given.Now.AddSeconds(at), Given.Private).Should().Be(expected, $"{spec}: {name}");

    /// <summary>The last column: whether it also fits when the origin has just confirmed it.</summary>
    [Theory]
    [InlineData("CON-2", "the same request", Minute, "", 0, true, true)]
    [InlineData("CON-2", "another variant", "{for A: 1} Vary: A | " + Minute, "A: 2", 0, false, false)]
    [InlineData("CON-2", "the same variant", "{for A: 1} Vary: A | " + Minute, "A: 1", 0, true, true)]
    [InlineData("CON-2", "younger is wanted", "Age: 6 | " + Minute, "Cache-Control: max-age=5", 0, false, false)]
    [InlineData("CON-2", "more lifetime is wanted", Minute, "Cache-Control: min-fresh=61", 0, false, false)]
    [InlineData("CON-7", "no lifetime left", "Cache-Control: max-age=0 | ETag: \"a\"", "", 0, false, true)]
    [InlineData("CON-7", "no-cache asks for a validation each", "Cache-Control: no-cache | ETag: \"a\"", "", 0, false, false)]
    [InlineData("CON-7", "no lifetime left, within the stale window", "Cache-Control: max-age=0 | ETag: \"a\"", "{swr 60}", 1, true, true)]
    [InlineData("CON-2", "a part", "{part 0/10} " + Minute, "", 0, false, false)]
    public void Fits_HeadAndRequest_YesOrNo(string spec, string name, string head, string request, int at, bool fits, bool fitsValidated) =>
        Fits(head, request, at).Should().Be((fits, fitsValidated), $"{spec}: {name}");

    private static (bool Fits, bool FitsValidated) Fits(string headCell, string request, int at)
    {
        var (head, asked, now) = (Row.Stored(headCell, Given.Private), Row.Request(request), Given.Now.AddSeconds(at));
        return (
            CollapseRules.Fits(head, asked.Facts(Given.Private), now),
            CollapseRules.FitsValidated(head, asked.Facts(Given.Private), now));
    }

    [Theory]
    [InlineData("CON-5", "an error of the origin", "{status 503} A: 1", "", true)]
    [InlineData("CON-5", "an error, for another variant", "{status 503} {for A: 1} Vary: A", "A: 2", false)]
    [InlineData("CON-5", "an error, for the same variant", "{status 503} {for A: 1} Vary: A", "A: 1", true)]
    [InlineData("CON-5", "another status", "{status 501} A: 1", "", false)]
    public void IsCommonError_HeadAndRequest_YesOrNo(string spec, string name, string head, string request, bool expected) =>
        CollapseRules.IsCommonError(Row.Stored(head, Given.Private), Row.Request(request).Head, Given.Private).Should().Be(expected, $"{spec}: {name}");

    /// <summary>"same" is the variant that the known response has, "none" is no variant.</summary>
    [Theory]
    [InlineData("CON-1", "nothing is varied by", "A: 1", "", "none")]
    [InlineData("CON-1", "the fields of the known response", "{for A: 1} Vary: A", "A: 1", "same")]
    [InlineData("CON-1", "other fields", "{for A: 1} Vary: A", "A: 2", "other")]
    [InlineData("CON-1", "a field too few", "{for A: 1} Vary: A", "", "other")]
    [InlineData("CON-1", "a star", "{for A: 1} Vary: *", "A: 1", "none")]
    [InlineData("CON-1", "a field that is added below", "{for B: 1} Vary: B", "", "none")]
    [InlineData("CON-1", "a field that is added below, and is there", "{for B: 1} Vary: B", "B: 1", "same")]
    public void VariantOf_KnownAndRequest_Variant(string spec, string name, string known, string request, string expected) =>
        VariantOf(known, request).Should().Be(expected, $"{spec}: {name}");

    private static string VariantOf(string knownCell, string request)
    {
        var settings = Row.Settings("added-below=B");
        var known = Row.Stored(knownCell, settings);
        return CollapseRules.VariantOf(Row.Request(request).Head, known, settings) is { } variant ? variant == known.Variant ? "same" : "other" : "none";
    }
}
