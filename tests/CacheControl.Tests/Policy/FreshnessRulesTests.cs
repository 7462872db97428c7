using CsCheck;
using HttpCaching.Fields;
using HttpCaching.Policy;

namespace HttpCaching.Tests.Policy;

public sealed class FreshnessRulesTests
{
    private static readonly Gen<string> Member = Gen.OneOf(
        Gen.OneOf<string>("max-age=60", "max-age=abc", "s-maxage=5", "no-cache", "private", "public", "immutable", "must-revalidate", "max-age=99999999999", "x=\"", "no-store"),
        Gen.Int[0, 100_000].Select(seconds => $"max-age={seconds}"));

    /// <summary>-1 is none.</summary>
    [Theory]
    [InlineData("FRS-1", "private", "Cache-Control: s-maxage=10, max-age=20 | Expires: @30 | Date: @0", 20)]
    [InlineData("FRS-1", "shared", "Cache-Control: s-maxage=10, max-age=20 | Expires: @30 | Date: @0", 10)]
    [InlineData("FRS-1", "shared", "Cache-Control: max-age=20 | Expires: @30 | Date: @0", 20)]
    [InlineData("FRS-1", "private", "Expires: @30 | Date: @0 | Last-Modified: @-1000", 30)]
    [InlineData("FRS-1", "shared", "Cache-Control: s-maxage=abc, max-age=20", 0)]
    [InlineData("FRS-1", "private", "Cache-Control: max-age=abc | Expires: @30 | Date: @0", 0)]
    [InlineData("FRS-1", "private", "Cache-Control: s-maxage=10 | Expires: @30 | Date: @0", 30)]
    [InlineData("FRS-1", "private", "", -1)]
    [InlineData("FRS-3", "private", "Cache-Control: max-age=20 | Expires: 0", 20)]
    [InlineData("FRS-3", "private", "Cache-Control: max-age=20 | Expires: @9000 | Date: @0", 20)]
    [InlineData("FRS-3", "private", "Cache-Control: max-age=0 | Expires: @9000 | Date: @0", 0)]
    [InlineData("FRS-3", "shared", "Cache-Control: s-maxage=20 | Expires: gibberish", 20)]
    [InlineData("EXP-8", "private", "Expires: 0 | Last-Modified: @-10000", 0)]
    [InlineData("EXP-8", "private", "Expires: -1", 0)]
    [InlineData("EXP-8", "private", "Expires: ", 0)]
    [InlineData("EXP-9", "private", "Expires: @30 | Expires: @60 | Date: @0", 0)]
    [InlineData("EXP-9", "private", "Expires: 0 | Expires: @60 | Date: @0", 0)]
    [InlineData("EXP-9", "private", "Expires: @60 | Expires: @60 | Date: @0", 60)]
    [InlineData("EXP-10", "private", "Expires: @30 | Date: @-70", 100)]
    [InlineData("EXP-10", "private", "Expires: @30 | Date: @60", 0)]
    [InlineData("EXP-10", "private", "Expires: @30", 30)]
    [InlineData("EXP-10", "private", "Expires: @30 | Date: gibberish", 30)]
    [InlineData("CCP-7", "private", "Cache-Control: max-age=9999999999999999999999999999999999999999", 2147483648)]
    [InlineData("CCP-9", "private", "Cache-Control: max-age=5, max-age=7", 0)]
    [InlineData("CCP-9", "private", "Cache-Control: max-age=5, max-age=5", 5)]
    [InlineData("CCP-10", "private", "Cache-Control: max-age=60, foo=\"bar", 0)]
    public void ExplicitLifetime_Fields_Seconds(string spec, string kind, string fields, long expected) =>
        Given.Evaluated(200, fields, Given.Settings(kind)).ExplicitLifetime
            .Should().Be(expected < 0 ? null : TimeSpan.FromSeconds(expected), spec);

    [Theory]
    [InlineData("FRS-2", 60, 59, true)]
    [InlineData("FRS-2", 60, 60, false)]
    [InlineData("FRS-2", 60, 61, false)]
    [InlineData("FRS-2", 0, 0, false)]
    public void IsFresh_LifetimeAndAge_StrictlyGreater(string spec, int lifetime, int age, bool expected) =>
        FreshnessRules.IsFresh(TimeSpan.FromSeconds(lifetime), TimeSpan.FromSeconds(age)).Should().Be(expected, spec);

    [Theory]
    [InlineData("FRS-4", 200, "", 3600)]
    [InlineData("FRS-4", 200, "Cache-Control: max-age=1", 1)]
    [InlineData("FRS-4", 200, "Expires: 0", 0)]
    [InlineData("FRS-4", 200, "Cache-Control: no-cache", 0)]
    [InlineData("FRS-4", 200, "Cache-Control: no-store", 0)]
    [InlineData("FRS-4", 200, "Cache-Control: private", 0)]
    [InlineData("FRS-4", 302, "", 0)]
    [InlineData("FRS-4", 200, "Cache-Control: max-age=100000", 7200)]
    public void FreshnessLifetime_DefaultAndMaximum_ApplyWhereAllowed(string spec, int status, string fields, int expected) =>
        Given.Evaluated(status, fields, Given.Private with { DefaultFreshnessLifetime = TimeSpan.FromHours(1), MaximumLifetime = TimeSpan.FromHours(2) })
            .FreshnessLifetime.Should().Be(TimeSpan.FromSeconds(expected), spec);

    [Theory]
    [InlineData("FRS-2", "max-age=60", 59, "", nameof(DecisionKind.Serve), CacheReason.Fresh)]
    [InlineData("FRS-2", "max-age=60", 60, "", nameof(DecisionKind.Validate), CacheReason.Expired)]
    [InlineData("FRS-2", "max-age=0", 0, "", nameof(DecisionKind.Validate), CacheReason.Expired)]
    [InlineData("FRS-5", "no-cache, max-age=60", 1, "", nameof(DecisionKind.Validate), CacheReason.ResponseNoCache)]
    [InlineData("FRS-5", "no-cache, max-age=60", 1, "max-stale", nameof(DecisionKind.Validate), CacheReason.ResponseNoCache)]
    [InlineData("FRS-6", "max-age=60, immutable", 1, "max-age=0", nameof(DecisionKind.Serve), CacheReason.Immutable)]
    [InlineData("FRS-6", "max-age=60", 1, "max-age=0", nameof(DecisionKind.Validate), CacheReason.RequestMaxAge)]
    [InlineData("FRS-6", "max-age=60, immutable", 1, "no-cache", nameof(DecisionKind.Validate), CacheReason.RequestNoCache)]
    [InlineData("FRS-6", "max-age=60, immutable", 9, "max-age=5", nameof(DecisionKind.Validate), CacheReason.RequestMaxAge)]
    [InlineData("FRS-7", "max-age=60, immutable", 60, "max-age=0", nameof(DecisionKind.Validate), CacheReason.Expired)]
    [InlineData("FRS-7", "max-age=60, immutable", 60, "", nameof(DecisionKind.Validate), CacheReason.Expired)]
    public void Decide_StoredResponse_OverHttps(string spec, string stored, int age, string request, string kind, CacheReason reason)
    {
        var decision = Given.Decide(Given.Stored($"Cache-Control: {stored} | ETag: \"a\" | Content-Length: 5"), age, request);

        (decision.Kind.ToString(), decision.Reason).Should().Be((kind, reason), spec);
    }

    [Theory]
    [InlineData("FRS-7", "http://h/", "Content-Length: 5")]
    [InlineData("FRS-7", "https://h/", "X-A: 1")]
    public void Decide_ImmutableWithoutProofOfIntegrity_Validates(string spec, string uri, string field)
    {
        var stored = Given.Stored($"Cache-Control: max-age=60, immutable | {field}", Given.Request(uri: uri));

        Given.Decide(stored, 1, "max-age=0").Reason.Should().Be(CacheReason.RequestMaxAge, spec);
    }

    [Fact]
    [Trait("Spec", "AGE-6")]
    public void Decide_ClockBeforeReceipt_Validates() =>
        Given.Decide(Given.Stored("Cache-Control: max-age=60"), -1).Should().Match<Decision>(d => d.Kind == DecisionKind.Validate && d.Reason == CacheReason.ClockBehind);

    [Fact]
    [Trait("Spec", "AGE-6")]
    public void Decide_ClockOfAnotherMachineALittleAhead_IsNoReasonToValidate()
    {
        var stored = Given.Stored("Cache-Control: max-age=60");

        var decision = ReuseRules.Decide(
            new RequestFacts(Given.Request(uri: stored.TargetUri), default, HttpCacheMode.Default, StaleLimits.None, Given.Private), [stored], stored.Times.ResponseTime - TimeSpan.FromMilliseconds(999));

        decision.Should().Match<Decision>(d => d.Kind == DecisionKind.Serve && d.Age == TimeSpan.Zero);
    }

    [Fact]
    [Trait("Spec", "FRS-4")]
    [Trait("Spec", "CCP-7")]
    public void FreshnessLifetime_AnyFields_IsBounded() =>
        Gen.Select(Member.List[0, 4], Gen.OneOf<string>("", " | Expires: @30", " | Expires: 0", " | Expires: @2000000000"), Gen.OneOf<string>("", " | Date: @-100", " | Date: @100", " | Date: x"), Gen.Int[0, 1_000_000_000], Gen.Bool)
            .Sample((members, expires, date, modified, isShared) =>
            {
                var fields = $"Cache-Control: {string.Join(", ", members)}{expires}{date} | Last-Modified: @-{modified}";
                var lifetime = Given.Evaluated(200, fields, isShared ? Given.Shared : Given.Private).FreshnessLifetime;
                return lifetime >= TimeSpan.Zero && lifetime <= DeltaSeconds.Max;
            });

    [Fact]
    [Trait("Spec", "FRS-2")]
    public void Decide_OnceStale_NeverFreshAgain() =>
        Gen.Select(Member.List[0, 3], Gen.Int[0, 200_000], Gen.Int[0, 200_000]).Sample((members, one, other) =>
        {
            var stored = Given.Stored($"Cache-Control: {string.Join(", ", members)} | Date: @-10");
            var (earlier, later) = (Math.Min(one, other), Math.Max(one, other));
            return Given.Decide(stored, later).Kind != DecisionKind.Serve || Given.Decide(stored, earlier).Kind == DecisionKind.Serve;
        });

    [Fact]
    [Trait("Spec", "FRS-2")]
    public void Decide_AnyMaxAge_ServedExactlyWhileAgeIsLess() =>
        Gen.Select(Gen.Int[0, 1000], Gen.Int[0, 1000], Gen.Int[0, 100]).Sample((maxAge, later, age) =>
            (Given.Decide(Given.Stored($"Cache-Control: max-age={maxAge} | Age: {age}"), later).Kind == DecisionKind.Serve) == (later + age < maxAge));
}
