using HttpCaching.Policy;

namespace HttpCaching.Tests.Policy;

/// <summary>Columns: id, case, settings, what is stored, the request, seconds after receipt, the decision. "[1]" is the first stored response, nominated.</summary>
public sealed class ReuseRulesTests
{
    private const string Minute = "Cache-Control: max-age=60 | ETag: \"a\"";
    private const string ForEver = "Cache-Control: max-age=60, immutable | Content-Length: 5";

    [Theory]
    [InlineData("BLD-1", "nothing is stored", "", "", "", 0, "Forward Miss")]
    [InlineData("KEY-6", "only a HEAD is stored", "", "{method HEAD} " + Minute, "", 0, "Forward Miss")]
    [InlineData("VRY-3", "another variant without a tag is stored", "", "{for A: 1} Vary: A | Cache-Control: max-age=60", "A: 2", 0, "Forward Miss")]
    [InlineData("VAL-3", "another variant with a tag is stored", "", "{for A: 1} Vary: A | " + Minute, "A: 2", 0, "Validate Miss [1]")]
    [InlineData("SEC-14", "a private response in a shared cache is not selected", "shared", "Cache-Control: private, max-age=60", "", 0, "Forward Miss")]
    [InlineData("RNG-1", "a range in an unknown unit", "", Minute, "Range: lines=0-1", 0, "Forward RangeNotServed")]
    [InlineData("RNG-1", "a range in bytes", "", Minute, "Range: bytes=0-1", 0, "Serve Fresh")]
    [InlineData("RNG-8", "a range of a decoded body", "", "{decoded} " + Minute, "Range: bytes=0-1", 0, "Forward RangeNotServed")]
    [InlineData("RNG-9", "the whole is asked for and a part is stored", "", "{part 0/10} " + Minute, "", 0, "Complete Incomplete")]
    [InlineData("HED-3", "marked for validation, and fresh", "", "{marked} " + Minute, "", 0, "Validate MarkedForValidation [1]")]
    [InlineData("HED-3", "the mark is named before no-cache", "", "{marked} Cache-Control: no-cache", "", 0, "Validate MarkedForValidation")]
    [InlineData("FRS-5", "no-cache in the response, and fresh", "", "Cache-Control: no-cache, max-age=60", "", 0, "Validate ResponseNoCache")]
    [InlineData("FRS-5", "no-cache in the response is named before the clock", "", "Cache-Control: no-cache, max-age=60", "", -9, "Validate ResponseNoCache")]
    [InlineData("AGE-6", "the clock is a second behind", "", Minute, "", -1, "Validate ClockBehind [1]")]
    [InlineData("AGE-6", "the clock is less than a second behind", "", Minute, "", -0.999, "Serve Fresh")]
    [InlineData("AGE-6", "the clock is named before the request", "", Minute, "Cache-Control: no-cache", -1, "Validate ClockBehind [1]")]
    [InlineData("REQ-4", "no-cache in the request", "", Minute, "Cache-Control: no-cache", 0, "Validate RequestNoCache [1]")]
    [InlineData("REQ-4", "the mode NoCache", "", Minute, "{mode NoCache}", 0, "Validate RequestNoCache [1]")]
    [InlineData("REQ-4", "no-cache in the request is named before stale", "", Minute, "Cache-Control: no-cache, max-stale", 60, "Validate RequestNoCache [1]")]
    [InlineData("FRS-2", "one second before the end of the lifetime", "", Minute, "", 59, "Serve Fresh")]
    [InlineData("FRS-2", "at the end of the lifetime", "", Minute, "", 60, "Validate Expired [1]")]
    [InlineData("FRS-2", "no lifetime is stated", "", "ETag: \"a\"", "", 0, "Validate NoLifetime [1]")]
    [InlineData("FRS-2", "stale, without a validator", "", "Cache-Control: max-age=60", "", 60, "Validate Expired")]
    [InlineData("FRS-2", "stale is named before the request's max-age", "", Minute, "Cache-Control: max-age=0", 60, "Validate Expired [1]")]
    [InlineData("REQ-1", "max-age equal to the age", "", Minute, "Cache-Control: max-age=5", 5, "Serve Fresh")]
    [InlineData("REQ-1", "max-age one second below the age", "", Minute, "Cache-Control: max-age=5", 6, "Validate RequestMaxAge [1]")]
    [InlineData("REQ-1", "max-age zero in the second of receipt", "", Minute, "Cache-Control: max-age=0", 0, "Validate RequestMaxAge [1]")]
    [InlineData("REQ-1", "ForceCache takes no notice of max-age", "", Minute, "{mode ForceCache} Cache-Control: max-age=0", 6, "Serve Fresh")]
    [InlineData("REQ-1", "OnlyIfCached takes no notice of max-age", "", Minute, "{mode OnlyIfCached} Cache-Control: max-age=5", 6, "Serve Fresh")]
    [InlineData("REQ-3", "exactly min-fresh is left", "", Minute, "Cache-Control: min-fresh=10", 50, "Serve Fresh")]
    [InlineData("REQ-3", "one second less than min-fresh is left", "", Minute, "Cache-Control: min-fresh=10", 51, "Validate RequestMinFresh [1]")]
    [InlineData("REQ-3", "max-age is named before min-fresh", "", Minute, "Cache-Control: min-fresh=10, max-age=5", 51, "Validate RequestMaxAge [1]")]
    [InlineData("REQ-3", "ForceCache takes no notice of min-fresh", "", Minute, "{mode ForceCache} Cache-Control: min-fresh=10", 51, "Serve Fresh")]
    [InlineData("FRS-6", "immutable, on a soft reload", "", ForEver, "Cache-Control: max-age=0", 1, "Serve Immutable")]
    [InlineData("FRS-6", "immutable, with a max-age above zero", "", ForEver, "Cache-Control: max-age=5", 6, "Validate RequestMaxAge")]
    [InlineData("FRS-6", "immutable, on no-cache", "", ForEver, "Cache-Control: no-cache", 1, "Validate RequestNoCache")]
    [InlineData("FRS-7", "immutable over http", "", "{uri http://h/} " + ForEver, "Cache-Control: max-age=0", 1, "Validate RequestMaxAge")]
    [InlineData("FRS-7", "immutable without a length", "", "Cache-Control: max-age=60, immutable", "Cache-Control: max-age=0", 1, "Validate RequestMaxAge")]
    [InlineData("FRS-7", "immutable and stale", "", ForEver, "Cache-Control: max-age=0", 60, "Validate Expired")]
    [InlineData("STL-8", "half of the lifetime, refreshed eagerly", "eager=0.5", Minute, "", 30, "Serve EagerRefresh, background")]
    [InlineData("STL-8", "one second before half of the lifetime", "eager=0.5", Minute, "", 29, "Serve Fresh")]
    [InlineData("STL-8", "half of the lifetime that was left on receipt", "eager=0.5", "Age: 20 | " + Minute, "", 20, "Serve EagerRefresh, background")]
    [InlineData("STL-8", "one second before half of the lifetime that was left", "eager=0.5", "Age: 20 | " + Minute, "", 19, "Serve Fresh")]
    [InlineData("STL-8", "no eager refresh in the mode ForceCache", "eager=0.5", Minute, "{mode ForceCache}", 30, "Serve Fresh")]
    [InlineData("STL-8", "no eager refresh without eager", "eager=1", Minute, "", 59, "Serve Fresh")]
    [InlineData("REQ-6", "no eager refresh for only-if-cached", "eager=0.5", Minute, "Cache-Control: only-if-cached", 30, "Serve Fresh")]
    [InlineData("STL-1", "stale, within max-stale", "", Minute, "Cache-Control: max-stale=10", 70, "Serve MaxStale")]
    [InlineData("STL-1", "stale, one second beyond max-stale", "", Minute, "Cache-Control: max-stale=10", 71, "Validate Expired [1]")]
    [InlineData("STL-8", "stale, in the window of the response", "", "Cache-Control: max-age=60, stale-while-revalidate=10", "", 70, "Serve StaleWhileRevalidate, background")]
    [InlineData("STL-8", "stale, in the window of the options", "", Minute, "{swr 10}", 70, "Serve StaleWhileRevalidate, background")]
    [InlineData("STL-8", "stale, one second beyond the window", "", Minute, "{swr 10}", 71, "Validate Expired [1]")]
    [InlineData("STL-1", "stale, in the mode ForceCache", "", Minute, "{mode ForceCache}", 9999, "Serve ForceCache")]
    [InlineData("STL-2", "stale, in the mode ForceCache, and must-revalidate", "", "Cache-Control: max-age=60, must-revalidate", "{mode ForceCache}", 60, "Validate Expired")]
    [InlineData("STL-11", "max-stale beside the request's no-cache", "", Minute, "Cache-Control: no-cache, max-stale", 1, "Validate RequestNoCache [1]")]
    [InlineData("REQ-6", "only-if-cached, nothing stored", "", "", "Cache-Control: only-if-cached", 0, "Unsatisfiable OnlyIfCached")]
    [InlineData("REQ-6", "only-if-cached, stale", "", Minute, "Cache-Control: only-if-cached", 60, "Unsatisfiable OnlyIfCached")]
    [InlineData("REQ-6", "only-if-cached, fresh", "", Minute, "Cache-Control: only-if-cached", 59, "Serve Fresh")]
    [InlineData("REQ-6", "the mode OnlyIfCached, nothing stored", "", "", "{mode OnlyIfCached}", 0, "Unsatisfiable OnlyIfCached")]
    [InlineData("REQ-6", "the mode OnlyIfCached, stale", "", Minute, "{mode OnlyIfCached}", 9999, "Serve ForceCache")]
    [InlineData("REQ-6", "the mode OnlyIfCached, no-cache in the response", "", "Cache-Control: no-cache", "{mode OnlyIfCached}", 0, "Unsatisfiable OnlyIfCached")]
    public void Decide_StoredAndRequest_Decision(string spec, string name, string settings, string stored, string request, double at, string expected) =>
        Decide(settings, stored, request, at).Should().Be(expected, $"{spec}: {name}");

    [Theory]
    [InlineData("FRS-2", "", Minute)]
    [InlineData("FRS-2", "", "Age: 20 | " + Minute)]
    [InlineData("FRS-2", "", "Age: 60 | " + Minute)]
    [InlineData("FRS-2", "", "Cache-Control: max-age=0 | ETag: \"a\"")]
    [InlineData("FRS-2", "", "Cache-Control: max-age=99999999999")]
    [InlineData("FRS-2", "", "Age: 2147483647 | Cache-Control: max-age=2147483648")]
    [InlineData("FRS-2", "", "ETag: \"a\"")]
    [InlineData("FRS-2", "", "Date: @0 | Last-Modified: @-1000")]
    [InlineData("FRS-2", "", "Date: @30 | " + Minute)]
    [InlineData("FRS-2", "", "Cache-Control: no-cache, max-age=60")]
    [InlineData("FRS-2", "", "Cache-Control: private, max-age=60")]
    [InlineData("FRS-2", "shared", "Cache-Control: private, max-age=60")]
    [InlineData("FRS-2", "shared", "Cache-Control: s-maxage=10, max-age=60")]
    [InlineData("FRS-2", "", "{marked} " + Minute)]
    [InlineData("FRS-2", "", "{method HEAD} " + Minute)]
    [InlineData("FRS-2", "", "Vary: * | " + Minute)]
    [InlineData("FRS-2", "eager=0.5", Minute)]
    [InlineData("FRS-2", "eager=0.5", "Age: 20 | " + Minute)]
    [InlineData("FRS-2", "eager=0", Minute)]
    public void PlainUse_AnyTime_CoversItIfThePlainRequestIsAFreshHit(string spec, string settingsCell, string storedCell)
    {
        var settings = Row.Settings(settingsCell);
        var stored = Row.StoredAll(storedCell, settings)[0];
        var use = ReuseRules.PlainUseOf(stored, ResponseConclusions.Of(stored, settings), settings);

        var times = from seconds in new[] { -3600, -1, 0, 5, 10, 20, 30, 40, 60, 100, 1000, int.MaxValue, 3e9 } from ticks in new[] { -1, 0, 1 } select Given.Now.AddSeconds(seconds).AddTicks(ticks);
        foreach (var now in times)
        {
            var decision = ReuseRules.Decide(Row.Request("").Facts(settings), [stored], now);
            use.Covers(now).Should().Be(decision is { Kind: DecisionKind.Serve, Reason: CacheReason.Fresh, ValidateInBackground: false }, $"{spec}: {now:O}");
        }
    }

    private static string Decide(string settingsCell, string storedCell, string requestCell, double at)
    {
        var settings = Row.Settings(settingsCell);
        var (stored, asked, now) = (Row.StoredAll(storedCell, settings), Row.Request(requestCell), Given.Now.AddSeconds(at));
        var decision = ReuseRules.Decide(asked.Facts(settings), stored, now);

        var nominated = string.Join(' ', decision.Nominated.Select(one => stored.IndexOf(one) + 1));
        return $"{decision.Kind} {decision.Reason}" + (nominated.Length > 0 ? $" [{nominated}]" : "") + (decision.ValidateInBackground ? ", background" : "");
    }
}
