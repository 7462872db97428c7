using HttpCaching.Fields;
using HttpCaching.Policy;

namespace HttpCaching.Tests.Policy;

public sealed class MethodRulesTests
{
    [Theory]
    [InlineData("MTH-3", "GET", true)]
    [InlineData("MTH-3", "HEAD", true)]
    [InlineData("MTH-3", "OPTIONS", true)]
    [InlineData("MTH-3", "TRACE", true)]
    [InlineData("MTH-3", "QUERY", true)]
    [InlineData("MTH-3", "PROPFIND", true)]
    [InlineData("MTH-3", "REPORT", true)]
    [InlineData("MTH-3", "SEARCH", true)]
    [InlineData("MTH-3", "POST", false)]
    [InlineData("MTH-3", "PUT", false)]
    [InlineData("MTH-3", "PATCH", false)]
    [InlineData("MTH-3", "DELETE", false)]
    [InlineData("MTH-3", "CONNECT", false)]
    [InlineData("MTH-3", "M-SEARCH", false)]
    [InlineData("MTH-3", "get", false)]
    [InlineData("MTH-3", "FOO", false)]
    public void IsSafe_Method_AsRegistered(string spec, string method, bool expected) =>
        MethodRules.IsSafe(method).Should().Be(expected, spec);

    [Theory]
    [InlineData("MTH-1", "GET", true, true)]
    [InlineData("MTH-1", "HEAD", true, true)]
    [InlineData("MTH-1", "QUERY", false, true)]
    [InlineData("MTH-1", "POST", false, false)]
    [InlineData("MTH-1", "OPTIONS", false, false)]
    [InlineData("MTH-1", "TRACE", false, false)]
    [InlineData("MTH-1", "CONNECT", false, false)]
    [InlineData("MTH-1", "PROPFIND", false, false)]
    [InlineData("MTH-1", "Get", false, false)]
    public void IsReusable_Method_OnlyGetAndHeadUnlessEnabled(string spec, string method, bool byDefault, bool withAllEnabled)
    {
        MethodRules.IsReusable(method, PolicySettings.Default).Should().Be(byDefault, spec);
        MethodRules.IsReusable(method, PolicySettings.Default with { CacheQuery = true, StorePost = true }).Should().Be(withAllEnabled, spec);
    }

    [Theory]
    [InlineData("KEY-6", "GET", "GET", true)]
    [InlineData("KEY-6", "GET", "HEAD", true)]
    [InlineData("KEY-6", "GET", "QUERY", false)]
    [InlineData("KEY-6", "HEAD", "GET", false)]
    [InlineData("KEY-6", "HEAD", "HEAD", true)]
    [InlineData("KEY-6", "HEAD", "QUERY", false)]
    [InlineData("KEY-6", "QUERY", "GET", false)]
    [InlineData("KEY-6", "QUERY", "HEAD", false)]
    [InlineData("KEY-6", "QUERY", "QUERY", true)]
    public void CanAnswer_StoredAndPresentedMethod_Matrix(string spec, string stored, string presented, bool expected) =>
        MethodRules.CanAnswer(stored, presented).Should().Be(expected, spec);

    [Theory]
    [InlineData("MTH-1", "POST", "", CacheReason.Method)]
    [InlineData("MTH-1", "OPTIONS", "", CacheReason.Method)]
    [InlineData("MTH-1", "QUERY", "", CacheReason.Method)]
    [InlineData("MTH-2", "PUT", "Cache-Control: only-if-cached", CacheReason.Method)]
    [InlineData("MTH-5", "GET", "Upgrade: websocket", CacheReason.Upgrade)]
    [InlineData("STO-5", "GET", "Cache-Control: no-store", CacheReason.RequestNoStore)]
    [InlineData("STO-5", "GET", "Cache-Control: max-age=60, NO-STORE=1", CacheReason.RequestNoStore)]
    public void Decide_NotTheCachesBusiness_Bypasses(string spec, string method, string fields, CacheReason reason)
    {
        var request = Given.Request(fields, method);

        var decision = AdmissionRules.Decide(new RequestFacts(request, RequestDirectives.Parse(request.Fields), HttpCacheMode.Default, StaleLimits.None, PolicySettings.Default));

        decision.Should().NotBeNull(spec);
        decision!.Value.Kind.Should().Be(DecisionKind.Bypass, spec);
        decision.Value.Reason.Should().Be(reason, spec);
    }

    [Theory]
    [InlineData("MTH-4", "GET", true)]
    [InlineData("MTH-4", "HEAD", true)]
    [InlineData("MTH-4", "GET", false)]
    public void Decide_Content_BypassesGetAndHead(string spec, string method, bool hasContent)
    {
        var decision = AdmissionRules.Decide(new RequestFacts(Given.Request(method: method, hasContent: hasContent), default, HttpCacheMode.Default, StaleLimits.None, PolicySettings.Default));

        (decision?.Reason == CacheReason.RequestContent).Should().Be(hasContent, spec);
    }
}
