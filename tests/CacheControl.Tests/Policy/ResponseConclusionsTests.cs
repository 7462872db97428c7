using HttpCaching.Fields;
using HttpCaching.Model;
using HttpCaching.Policy;

namespace HttpCaching.Tests.Policy;

/// <summary>All responses were asked for and came at <see cref="Given.Now"/>.</summary>
public sealed class ResponseConclusionsTests
{
    [Theory]
    [InlineData("STL-2", "nothing is said", "", "max-age=60", false)]
    [InlineData("STL-2", "no-cache", "", "no-cache", true)]
    [InlineData("STL-2", "must-revalidate", "", "must-revalidate", true)]
    [InlineData("STL-2", "proxy-revalidate, in a private cache", "", "proxy-revalidate", false)]
    [InlineData("STL-2", "proxy-revalidate, in a shared cache", "shared", "proxy-revalidate", true)]
    [InlineData("STL-10", "s-maxage, in a private cache", "", "s-maxage=60", false)]
    [InlineData("STL-10", "s-maxage, in a shared cache", "shared", "s-maxage=60", true)]
    [InlineData("STL-10", "s-maxage, by option", "shared stale-s-maxage", "s-maxage=60", false)]
    public void ForbidsStale_CacheControl_YesOrNo(string spec, string name, string settings, string cacheControl, bool expected) =>
        Of(settings, 200, "Cache-Control: " + cacheControl).ForbidsStale.Should().Be(expected, $"{spec}: {name}");

    [Theory]
    [InlineData("VAL-1", "none", "A: 1", false)]
    [InlineData("VAL-1", "a tag", "ETag: \"a\"", true)]
    [InlineData("VAL-1", "an empty tag", "ETag: ", false)]
    [InlineData("VAL-5", "a tag that can't be sent", "ETag: \"ä\"", false)]
    [InlineData("VAL-2", "a date", "Last-Modified: @-9", true)]
    [InlineData("VAL-2", "a date that is none", "Last-Modified: soon", false)]
    [InlineData("VAL-5", "a tag that can't be sent, and a date", "ETag: \"ä\" | Last-Modified: @-9", true)]
    public void HasValidator_Fields_YesOrNo(string spec, string name, string fields, bool expected) =>
        Of("", 200, fields).HasValidator.Should().Be(expected, $"{spec}: {name}");

    [Theory]
    [InlineData("VLD-3", "a second before Date", "Last-Modified: @-1 | Date: @0", true)]
    [InlineData("VLD-3", "in the second of Date", "Last-Modified: @0 | Date: @0", false)]
    [InlineData("VLD-3", "after Date", "Last-Modified: @1 | Date: @0", false)]
    [InlineData("VLD-3", "a second before receipt, without Date", "Last-Modified: @-1", true)]
    [InlineData("VLD-3", "no Last-Modified", "Date: @0", false)]
    public void HasStrongDate_Fields_YesOrNo(string spec, string name, string fields, bool expected) =>
        Of("", 200, fields).HasStrongDate.Should().Be(expected, $"{spec}: {name}");

    /// <summary>The last column: whether a rule of ours gave it.</summary>
    [Theory]
    [InlineData("FRS-1", "stated", "", 200, "Cache-Control: max-age=60", 60, false)]
    [InlineData("FRS-1", "not stated", "", 200, "A: 1", 0, true)]
    [InlineData("FRS-1", "not stated, and no heuristic applies", "", 302, "A: 1", 0, false)]
    [InlineData("FRS-4", "as long as the maximum", "maximum=60", 200, "Cache-Control: max-age=60", 60, false)]
    [InlineData("FRS-4", "longer than the maximum", "maximum=60", 200, "Cache-Control: max-age=61", 60, false)]
    [InlineData("STA-5", "an error, longer than the maximum of errors", "maximum-error=10", 404, "Cache-Control: max-age=60", 10, false)]
    [InlineData("STA-5", "400 is the first error", "maximum-error=10", 400, "Cache-Control: max-age=60", 10, false)]
    [InlineData("STA-5", "399 is none", "maximum-error=10", 399, "Cache-Control: max-age=60", 60, false)]
    [InlineData("STA-5", "an error, and the maximum of errors is the longer one", "maximum=10 maximum-error=20", 404, "Cache-Control: max-age=60", 10, false)]
    [InlineData("FRS-4", "the default, where none is stated", "default=30", 200, "A: 1", 30, true)]
    [InlineData("FRS-4", "the default, and one is stated", "default=30", 200, "Cache-Control: max-age=60", 60, false)]
    [InlineData("FRS-4", "the default, and private", "default=30", 200, "Cache-Control: private", 0, true)]
    [InlineData("FRS-4", "the default, and no-cache", "default=30", 200, "Cache-Control: no-cache", 0, false)]
    [InlineData("FRS-4", "the default, and no-store", "default=30", 200, "Cache-Control: no-store", 0, false)]
    [InlineData("CCP-12", "the default, and Pragma: no-cache", "default=30", 200, "Pragma: no-cache", 0, false)]
    [InlineData("FRS-4", "the default, and a status that forbids it", "default=30", 302, "A: 1", 0, false)]
    [InlineData("FRS-4", "the application's rule", "rule=40", 200, "Cache-Control: max-age=60", 40, true)]
    [InlineData("FRS-4", "the application's rule, whatever the status", "rule=40", 302, "A: 1", 40, true)]
    [InlineData("FRS-4", "the application's rule, below zero", "rule=-1", 200, "Cache-Control: max-age=60", 0, true)]
    [InlineData("FRS-4", "the application's rule says nothing", "rule=none", 200, "Cache-Control: max-age=60", 60, false)]
    [InlineData("FRS-4", "the application's rule, and no-store", "rule=40", 200, "Cache-Control: no-store, max-age=60", 60, false)]
    [InlineData("SRE-13", "the application's rule has failed", "rule=fails", 200, "Cache-Control: max-age=60", 0, true)]
    [InlineData("TGT-2", "a targeted field, and Expires", "targeted=A-Cache-Control", 302, "A-Cache-Control: public | Expires: @60 | Date: @0", 0, false)]
    public void FreshnessLifetime_Response_Seconds(string spec, string name, string settings, int status, string fields, int seconds, bool isHeuristic)
    {
        var facts = Of(settings, status, fields);

        facts.FreshnessLifetime.Should().Be(TimeSpan.FromSeconds(seconds), $"{spec}: {name}");
        if (!settings.Contains("targeted", StringComparison.Ordinal))
        {
            facts.IsHeuristic.Should().Be(isHeuristic, $"{spec}: {name}");
        }
    }

    [Theory]
    [InlineData("FRS-1", "none", "", 302, "A: 1", "None")]
    [InlineData("FRS-1", "max-age", "", 200, "Cache-Control: max-age=60, s-maxage=70 | Expires: @9", "MaxAge")]
    [InlineData("FRS-1", "s-maxage, in a shared cache", "shared", 200, "Cache-Control: max-age=60, s-maxage=70", "SharedMaxAge")]
    [InlineData("FRS-1", "s-maxage alone, in a private cache", "", 302, "Cache-Control: s-maxage=70", "None")]
    [InlineData("FRS-1", "max-age, in a shared cache", "shared", 200, "Cache-Control: max-age=60", "MaxAge")]
    [InlineData("FRS-1", "Expires", "", 200, "Expires: @9", "Expires")]
    [InlineData("CCP-10", "directives that can't be read", "", 200, "Cache-Control: max-age=60, foo=\"bar", "Malformed")]
    [InlineData("HEU-3", "a heuristic", "", 200, "Last-Modified: @-1000", "Heuristic")]
    [InlineData("HEU-3", "a heuristic of nothing", "", 200, "A: 1", "None")]
    [InlineData("FRS-4", "the application's rule", "rule=40", 200, "Cache-Control: max-age=60", "Heuristic")]
    [InlineData("FRS-4", "the application's rule that gives nothing", "rule=0", 200, "Cache-Control: max-age=60", "MaxAge")]
    public void Source_Response_WhereTheLifetimeComesFrom(string spec, string name, string settings, int status, string fields, string expected) =>
        Of(settings, status, fields).Source.ToString().Should().Be(expected, $"{spec}: {name}");

    /// <summary>The seed counts by its last ten bits.</summary>
    [Theory]
    [InlineData("FRS-4", "none", 0.0, 512, 1000)]
    [InlineData("FRS-4", "no seed", 0.5, 0, 1000)]
    [InlineData("FRS-4", "half of a half", 0.5, 512, 750)]
    [InlineData("FRS-4", "the most", 0.5, 1023, 500.48828125)]
    [InlineData("FRS-4", "the seed goes round", 0.5, 1024, 1000)]
    [InlineData("FRS-4", "a seed below zero", 0.5, -512, 750)]
    public void Jittered_JitterAndSeed_NeverLonger(string spec, string name, double jitter, long seed, double seconds) =>
        FreshnessRules.Jittered(TimeSpan.FromSeconds(1000), jitter, seed).Should().Be(TimeSpan.FromSeconds(seconds), $"{spec}: {name}");

    [Theory]
    [InlineData("AGE-5", "Age alone", "", "Age: 7", 7)]
    [InlineData("AGE-5", "Date says more", "", "Age: 7 | Date: @-9", 9)]
    [InlineData("AGE-5", "Age says more", "", "Age: 9 | Date: @-7", 9)]
    [InlineData("AGE-5", "Date is not to be trusted", "ignore-date", "Age: 7 | Date: @-9", 7)]
    [InlineData("AGE-5", "Date is in the future", "", "Age: 7 | Date: @9", 7)]
    public void CurrentAge_OnReceipt_Seconds(string spec, string name, string settings, string fields, int seconds) =>
        Of(settings, 200, fields).CurrentAge(Given.Now).Should().Be(TimeSpan.FromSeconds(seconds), $"{spec}: {name}");

    [Theory]
    [InlineData("EXP-10", "a date", "Date: @-9", -9)]
    [InlineData("EXP-10", "no date: receipt", "A: 1", 0)]
    [InlineData("EXP-10", "a date that is none: receipt", "Date: soon", 0)]
    public void DateValue_Fields_DateOrReceipt(string spec, string name, string fields, int seconds) =>
        Of("", 200, fields).DateValue.Should().Be(Given.Now.AddSeconds(seconds), $"{spec}: {name}");

    [Fact]
    [Trait("Spec", "SRE-13")]
    public void Of_TheSameSettings_IsRememberedUnlessTheRuleFailed()
    {
        var (settings, failing) = (Row.Settings("rule=40"), Row.Settings("rule=fails"));
        var stored = Row.Stored("Cache-Control: max-age=60", settings);

        ResponseConclusions.Of(stored, settings).Should().BeSameAs(ResponseConclusions.Of(stored, settings));
        ResponseConclusions.Of(stored, Row.Settings("rule=40")).Should().NotBeSameAs(ResponseConclusions.Of(stored, settings));
        ResponseConclusions.Of(stored, failing).Should().NotBeSameAs(ResponseConclusions.Of(stored, failing));
        ResponseConclusions.Of(stored, failing).HasFailedRule.Should().BeTrue();
    }

    /// <summary>A field asked for twice: what was found to match is remembered, and nothing else.</summary>
    [Theory]
    [InlineData("VRY-3", "the same value again", "A: 1", "A: 1", "A: 1", true, true)]
    [InlineData("VRY-3", "another value after it", "A: 1", "A: 1", "A: 2", true, false)]
    [InlineData("VRY-3", "the value after another", "A: 1", "A: 2", "A: 1", false, true)]
    [InlineData("VRY-3", "none after it", "A: 1", "A: 1", "B: 1", true, false)]
    [InlineData("VRY-4", "another spelling after it", "A: 1, 2", "A: 1, 2", "A: 1,2", true, true)]
    [InlineData("AUT-6", "a secret", "Cookie: a", "Cookie: a", "Cookie: b", true, false)]
    public void SelectingMatch_TwoRequests_EachByItsOwn(string spec, string name, string original, string first, string second, bool isFirst, bool isSecond)
    {
        var field = original.Split(':')[0];
        var match = new SelectingMatch(new SelectingField(field, SelectionRules.ValueOf(field, Given.Fields(original), Given.Private)), Given.Private);

        match.Matches(Given.Fields(first)).Should().Be(isFirst, $"{spec}: {name}");
        match.Matches(Given.Fields(second)).Should().Be(isSecond, $"{spec}: {name}");
    }

    [Theory]
    [InlineData("VRY-2", "a star", "*")]
    public void SelectingMatch_Star_NeverMatches(string spec, string name, string field)
    {
        var match = new SelectingMatch(new SelectingField(field, null), Given.Private);

        match.Matches(Given.Fields("")).Should().BeFalse($"{spec}: {name}");
    }

    private static ResponseConclusions Of(string settings, int status, string fields) => Given.Evaluated(status, fields, Row.Settings(settings));
}
