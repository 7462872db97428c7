using HttpCaching.Policy;

namespace HttpCaching.Tests.Policy;

/// <summary>An empty last cell: the request is looked up.</summary>
public sealed class AdmissionRulesTests
{
    [Theory]
    [InlineData("MTH-1", "GET", "", "", "")]
    [InlineData("MTH-1", "HEAD", "", "{method HEAD}", "")]
    [InlineData("MTH-1", "QUERY that is not enabled", "", "{method QUERY}", "Bypass Method")]
    [InlineData("MTH-1", "QUERY that is enabled", "query", "{method QUERY}", "")]
    [InlineData("MTH-2", "PUT", "", "{method PUT}", "Bypass Method")]
    [InlineData("MTH-2", "PUT with no-store", "", "{method PUT} Cache-Control: no-store", "Bypass Method")]
    [InlineData("PST-1", "POST that is not enabled", "", "{method POST} Cache-Control: no-store", "Bypass Method")]
    [InlineData("PST-1", "POST that is enabled", "post", "{method POST}", "Bypass Method")]
    [InlineData("PST-1", "POST that is enabled, with no-store", "post", "{method POST} Cache-Control: no-store", "Bypass RequestNoStore")]
    [InlineData("PST-1", "POST that is enabled, in the mode NoStore", "post", "{method POST} {mode NoStore}", "Bypass RequestNoStore")]
    [InlineData("PST-1", "POST that is enabled, with If-Match", "post", "{method POST} If-Match: \"a\"", "Bypass StatePrecondition")]
    [InlineData("PST-1", "PUT beside POST that is enabled, with If-Match", "post", "{method PUT} If-Match: \"a\"", "Bypass Method")]
    [InlineData("MTH-4", "GET with content", "", "{content}", "Bypass RequestContent")]
    [InlineData("MTH-4", "HEAD with content", "", "{method HEAD} {content}", "Bypass RequestContent")]
    [InlineData("QRY-1", "QUERY with content", "query", "{method QUERY} {content}", "")]
    [InlineData("SEC-1", "X-HTTP-Method-Override", "", "X-HTTP-Method-Override: PUT", "Bypass MethodOverride")]
    [InlineData("SEC-1", "X-HTTP-Method", "", "X-HTTP-Method: PUT", "Bypass MethodOverride")]
    [InlineData("SEC-1", "X-Method-Override", "", "x-method-override: PUT", "Bypass MethodOverride")]
    [InlineData("MTH-5", "Upgrade", "", "Upgrade: websocket", "Bypass Upgrade")]
    [InlineData("CND-5", "If-Match", "", "If-Match: \"a\"", "Bypass StatePrecondition")]
    [InlineData("CND-5", "If-Unmodified-Since", "", "If-Unmodified-Since: @0", "Bypass StatePrecondition")]
    [InlineData("CND-6", "If-None-Match", "", "If-None-Match: \"a\"", "")]
    [InlineData("REQ-5", "no-store", "", "Cache-Control: no-store", "Bypass RequestNoStore")]
    [InlineData("REQ-5", "the mode NoStore", "", "{mode NoStore}", "Bypass RequestNoStore")]
    [InlineData("REQ-4", "the mode NoCache", "", "{mode NoCache}", "")]
    [InlineData("REQ-4", "the mode ForceCache", "", "{mode ForceCache}", "")]
    [InlineData("BLD-1", "the mode Reload", "", "{mode Reload}", "Forward Reload")]
    [InlineData("REQ-5", "the mode Reload with no-store", "", "{mode Reload} Cache-Control: no-store", "Bypass RequestNoStore")]
    [InlineData("MTH-4", "the content is named before the fields", "", "{content} If-Match: \"a\"", "Bypass RequestContent")]
    [InlineData("SEC-1", "the override is named before Upgrade", "", "Upgrade: x | X-HTTP-Method: PUT", "Bypass MethodOverride")]
    [InlineData("MTH-5", "Upgrade is named before a condition", "", "If-Match: \"a\" | Upgrade: x", "Bypass Upgrade")]
    [InlineData("CND-5", "a condition is named before no-store", "", "If-Match: \"a\" | Cache-Control: no-store", "Bypass StatePrecondition")]
    [InlineData("REQ-6", "only-if-cached", "", "Cache-Control: only-if-cached", "")]
    [InlineData("REQ-6", "only-if-cached with no-store is looked up", "", "Cache-Control: only-if-cached, no-store", "")]
    [InlineData("REQ-6", "the mode OnlyIfCached with no-store is looked up", "", "{mode OnlyIfCached} Cache-Control: no-store", "")]
    [InlineData("REQ-6", "only-if-cached in the mode NoStore is looked up", "", "{mode NoStore} Cache-Control: only-if-cached", "")]
    [InlineData("REQ-6", "only-if-cached in the mode Reload", "", "{mode Reload} Cache-Control: only-if-cached", "Unsatisfiable OnlyIfCached")]
    [InlineData("REQ-6", "only-if-cached and no-store in the mode Reload", "", "{mode Reload} Cache-Control: only-if-cached, no-store", "Unsatisfiable OnlyIfCached")]
    [InlineData("REQ-6", "only-if-cached with content", "", "{content} Cache-Control: only-if-cached", "Unsatisfiable OnlyIfCached")]
    [InlineData("REQ-6", "only-if-cached with If-Match", "", "If-Match: \"a\" | Cache-Control: only-if-cached", "Unsatisfiable OnlyIfCached")]
    [InlineData("REQ-6", "only-if-cached and PUT: it may change something", "", "{method PUT} Cache-Control: only-if-cached", "Bypass Method")]
    [InlineData("REQ-6", "only-if-cached and OPTIONS", "", "{method OPTIONS} Cache-Control: only-if-cached", "Unsatisfiable OnlyIfCached")]
    [InlineData("REQ-6", "only-if-cached, no-store and POST that is enabled", "post", "{method POST} Cache-Control: only-if-cached, no-store", "Bypass RequestNoStore")]
    public void Decide_Request_AdmittedOrNot(string spec, string name, string settings, string request, string expected) =>
        Decide(settings, request).Should().Be(expected, $"{spec}: {name}");

    private static string Decide(string settings, string request)
    {
        var asked = Row.Request(request);
        return AdmissionRules.Decide(asked.Facts(Row.Settings(settings))) is { } admission ? $"{admission.Kind} {admission.Reason}" : "";
    }

    [Theory]
    [InlineData("SRE-13", "any request", "", "Bypass KeyUnavailable")]
    [InlineData("REQ-6", "only-if-cached", "Cache-Control: only-if-cached", "Unsatisfiable OnlyIfCached")]
    [InlineData("REQ-6", "the mode OnlyIfCached", "{mode OnlyIfCached}", "Unsatisfiable OnlyIfCached")]
    public void WithoutKey_Request_NeverLookedUp(string spec, string name, string request, string expected)
    {
        var asked = Row.Request(request);
        var decision = AdmissionRules.WithoutKey(asked.Facts(Given.Private)).ToDecision();
        $"{decision.Kind} {decision.Reason}".Should().Be(expected, $"{spec}: {name}");
    }

    [Theory]
    [InlineData("CST-3", "a miss", "Forward Miss", "UriMiss")]
    [InlineData("CST-3", "another variant", "Forward Miss Accept", "VaryMiss")]
    [InlineData("CST-3", "another variant that is asked about", "Validate Miss Accept", "VaryMiss")]
    [InlineData("CST-3", "stale", "Validate Expired", "Stale")]
    [InlineData("CST-3", "stale from the beginning", "Validate NoLifetime", "Stale")]
    [InlineData("CST-3", "no-cache in the response", "Validate ResponseNoCache", "Stale")]
    [InlineData("CST-3", "the mode Reload", "Forward Reload", "Request")]
    [InlineData("CST-3", "no-cache in the request", "Validate RequestNoCache", "Request")]
    [InlineData("CST-3", "max-age in the request", "Validate RequestMaxAge", "Request")]
    [InlineData("CST-3", "min-fresh in the request", "Validate RequestMinFresh", "Request")]
    [InlineData("CST-3", "a part that is completed", "Complete Incomplete", "Partial")]
    [InlineData("CST-3", "a part that is not enough", "Forward Incomplete", "Partial")]
    [InlineData("CST-3", "a store that can't be read", "Forward StoreUnavailable", "Miss")]
    [InlineData("CST-3", "a range that the origin cuts", "Forward RangeNotServed", "Bypass")]
    [InlineData("CST-3", "a condition on the state", "Forward StatePrecondition", "Bypass")]
    [InlineData("CST-3", "a method", "Bypass Method", "Method")]
    [InlineData("CST-3", "a method that is forwarded", "Forward Method", "Method")]
    [InlineData("CST-3", "no-store in the request", "Bypass RequestNoStore", "Bypass")]
    [InlineData("CST-2", "a hit", "Serve Fresh", "None")]
    [InlineData("CST-2", "nothing stored may be used", "Unsatisfiable OnlyIfCached", "None")]
    public void Forward_Decision_Word(string spec, string name, string decision, string expected)
    {
        var words = decision.Split(' ');
        new Decision(Enum.Parse<DecisionKind>(words[0]), Enum.Parse<CacheReason>(words[1])) { VariedField = words.ElementAtOrDefault(2) }.Forward.ToString().Should().Be(expected, $"{spec}: {name}");
    }
}
