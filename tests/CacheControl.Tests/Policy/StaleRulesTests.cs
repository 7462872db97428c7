using HttpCaching.Policy;

namespace HttpCaching.Tests.Policy;

public sealed class StaleRulesTests
{
    private static readonly StaleLimits Generous = new(TimeSpan.FromHours(1), TimeSpan.FromHours(1), WhenDisconnected: true);

    /// <summary>The stored response has a lifetime of 600 seconds in all rows but the last.</summary>
    [Theory]
    [InlineData("STL-1", "private", "max-age=600", "", 601, null)]
    [InlineData("STL-1", "private", "max-age=600", "max-stale", 9999, CacheReason.MaxStale)]
    [InlineData("STL-1", "private", "max-age=600", "max-stale=10", 610, CacheReason.MaxStale)]
    [InlineData("STL-1", "private", "max-age=600", "max-stale=10", 611, null)]
    [InlineData("STL-2", "private", "max-age=600, must-revalidate", "max-stale", 601, null)]
    [InlineData("STL-2", "private", "max-age=600, no-cache", "max-stale", 601, null)]
    [InlineData("STL-2", "private", "max-age=600, must-revalidate, stale-while-revalidate=60", "", 601, null)]
    [InlineData("STL-2", "private", "max-age=600, proxy-revalidate", "max-stale", 601, CacheReason.MaxStale)]
    [InlineData("STL-2", "shared", "max-age=600, proxy-revalidate", "max-stale", 601, null)]
    [InlineData("STL-2", "shared", "s-maxage=600", "max-stale", 601, null)]
    [InlineData("STL-8", "private", "max-age=600, stale-while-revalidate=60", "", 660, CacheReason.StaleWhileRevalidate)]
    [InlineData("STL-8", "private", "max-age=600, stale-while-revalidate=60", "", 661, null)]
    [InlineData("STL-10", "shared", "s-maxage=600, stale-while-revalidate=60", "", 601, null)]
    [InlineData("STL-10", "private", "max-age=600, s-maxage=1, stale-while-revalidate=60", "", 601, CacheReason.StaleWhileRevalidate)]
    [InlineData("STL-11", "private", "max-age=600, stale-while-revalidate=60", "max-age=0", 601, null)]
    [InlineData("STL-11", "private", "max-age=600, stale-while-revalidate=60", "max-age=9999", 601, null)]
    [InlineData("STL-11", "private", "max-age=600, stale-while-revalidate=60", "max-age=9999, max-stale=5", 601, CacheReason.MaxStale)]
    [InlineData("STL-11", "private", "max-age=600, stale-while-revalidate=60", "no-cache", 601, null)]
    [InlineData("REQ-1", "private", "max-age=600", "max-age=601, max-stale=5", 601, CacheReason.MaxStale)]
    [InlineData("REQ-1", "private", "max-age=600", "max-age=600, max-stale=5", 601, null)]
    public void Decide_StaleResponse_PermissionOrNone(string spec, string kind, string stored, string request, int age, CacheReason? permission)
    {
        var decision = Given.Decide(Given.Stored("Cache-Control: " + stored, settings: Given.Settings(kind)), age, request, Given.Settings(kind));

        (decision.Kind == DecisionKind.Serve ? decision.Reason : (CacheReason?)null).Should().Be(permission, spec);
        decision.ValidateInBackground.Should().Be(permission == CacheReason.StaleWhileRevalidate, spec);
    }

    [Theory]
    [InlineData("STL-8", "", 3600, CacheReason.StaleWhileRevalidate)]
    [InlineData("STL-8", "", 3601, null)]
    [InlineData("STL-11", "max-age=0", 1, null)]
    [InlineData("STL-11", "max-age=9999", 1, null)]
    [InlineData("STL-11", "no-cache", 1, null)]
    [InlineData("STL-1", "min-fresh=0", 1, null)]
    public void Decide_ConfiguredWindow_SecondsPastLifetime(string spec, string request, int staleBy, CacheReason? permission)
    {
        var decision = Given.Decide(Given.Stored("Cache-Control: max-age=600"), 600 + staleBy, request, limits: Generous);

        (decision.Kind == DecisionKind.Serve ? decision.Reason : (CacheReason?)null).Should().Be(permission, spec);
    }

    [Theory]
    [InlineData("STL-5", "private", "max-age=600, stale-if-error=1200", "", 1800, false, CacheReason.StaleIfError)]
    [InlineData("STL-5", "private", "max-age=600, stale-if-error=1200", "", 1801, false, null)]
    [InlineData("STL-5", "private", "max-age=600, stale-if-error=1200", "", 1800, true, CacheReason.StaleIfError)]
    [InlineData("STL-5", "private", "max-age=600, stale-if-error=1200", "", 1801, true, null)]
    [InlineData("STL-5", "private", "max-age=600, stale-if-error=x", "", 601, false, null)]
    [InlineData("STL-6", "private", "max-age=600", "stale-if-error=60", 660, false, CacheReason.StaleIfError)]
    [InlineData("STL-6", "private", "max-age=600", "stale-if-error=60", 661, false, null)]
    [InlineData("STL-6", "private", "max-age=600, stale-if-error=5", "stale-if-error=60", 660, false, CacheReason.StaleIfError)]
    [InlineData("STL-6", "private", "max-age=600, stale-if-error=60", "stale-if-error=5", 660, false, CacheReason.StaleIfError)]
    [InlineData("STL-6", "private", "max-age=600", "no-cache, stale-if-error=60", 601, false, CacheReason.StaleIfError)]
    [InlineData("STL-11", "private", "max-age=600, stale-if-error=60", "no-cache", 601, false, null)]
    [InlineData("STL-11", "private", "max-age=600, stale-if-error=60", "max-age=0", 601, false, CacheReason.StaleIfError)]
    [InlineData("STL-2", "private", "max-age=600, must-revalidate, stale-if-error=1200", "stale-if-error=60", 601, true, null)]
    [InlineData("STL-2", "private", "max-age=600, no-cache, stale-if-error=1200", "", 1, true, null)]
    [InlineData("STL-2", "shared", "max-age=600, proxy-revalidate, stale-if-error=1200", "", 601, true, null)]
    [InlineData("STL-10", "shared", "s-maxage=600, stale-if-error=1200", "", 601, true, null)]
    public void OnError_StoredResponse_PermissionOrNone(
        string spec, string kind, string stored, string request, int age, bool isDisconnected, CacheReason? permission) =>
        StaleRules.OnError(Asked(request, StaleLimits.None), Given.Evaluated(200, "Cache-Control: " + stored, Given.Settings(kind)), Seconds(age), isDisconnected)
            .Should().Be(permission, spec);

    [Theory]
    [InlineData("STL-4", "max-age=600", "", 9999, true, CacheReason.Disconnected)]
    [InlineData("STL-4", "max-age=600", "", 9999, false, null)]
    [InlineData("STL-4", "max-age=600", "", 4200, false, CacheReason.StaleIfError)]
    [InlineData("STL-2", "max-age=600, must-revalidate", "", 601, true, null)]
    [InlineData("STL-11", "max-age=600", "max-age=0", 601, true, null)]
    [InlineData("STL-11", "max-age=600", "no-cache", 601, true, null)]
    [InlineData("STL-11", "max-age=600", "max-age=0, max-stale", 601, true, CacheReason.StaleIfError)]
    public void OnError_Configured_PermissionOrNone(string spec, string stored, string request, int age, bool isDisconnected, CacheReason? permission) =>
        StaleRules.OnError(Asked(request, Generous), Given.Evaluated(200, "Cache-Control: " + stored), Seconds(age), isDisconnected)
            .Should().Be(permission, spec);

    [Fact]
    [Trait("Spec", "STL-4")]
    public void OnError_DisconnectedWithoutPermission_None() =>
        StaleRules.OnError(Asked("", StaleLimits.None), Given.Evaluated(200, "Cache-Control: max-age=600"), Seconds(601), isDisconnected: true).Should().BeNull();

    [Fact]
    [Trait("Spec", "STL-10")]
    public void ForbidsStale_SharedMaxAgeByOption_Allowed()
    {
        var settings = Given.Shared with { StaleWithSharedMaxAge = true };
        var stored = Given.Stored("Cache-Control: s-maxage=1, stale-while-revalidate=60", settings: settings);

        Given.Decide(stored, 2, settings: settings).Reason.Should().Be(CacheReason.StaleWhileRevalidate);
        Given.Decide(stored, 2, settings: Given.Shared).Reason.Should().Be(CacheReason.Expired);
    }

    [Theory]
    [InlineData("STL-5", 500, true)]
    [InlineData("STL-5", 502, true)]
    [InlineData("STL-5", 503, true)]
    [InlineData("STL-5", 504, true)]
    [InlineData("STL-7", 501, false)]
    [InlineData("STL-7", 505, false)]
    [InlineData("STL-7", 400, false)]
    [InlineData("STL-7", 404, false)]
    [InlineData("STL-7", 410, false)]
    [InlineData("STL-7", 429, false)]
    public void IsErrorForStale_Status_OnlyFour(string spec, int status, bool expected) =>
        StatusRules.IsErrorForStale(status).Should().Be(expected, spec);

    private static RequestFacts Asked(string control, StaleLimits limits) =>
        new(Given.Request(), Given.Directives(control), HttpCacheMode.Default, limits, Given.Private);

    private static TimeSpan Seconds(int seconds) => TimeSpan.FromSeconds(seconds);
}
