namespace HttpCaching.Tests.Policy;

/// <summary>-1 is none: what the response states counts.</summary>
public sealed class FreshnessHeuristicsTests
{
    [Theory]
    [InlineData("FRS-4", "nothing is stated", -1, true, 60)]
    [InlineData("FRS-4", "a lifetime is stated", 9, true, 60)]
    [InlineData("FRS-4", "the status allows none", -1, false, 60)]
    public void ExpiresAfter_Facts_Always(string spec, string name, int stated, bool isAllowed, int expected) =>
        LifetimeOf(FreshnessHeuristics.ExpiresAfter(TimeSpan.FromSeconds(60)), stated, isAllowed).Should().Be(expected, $"{spec}: {name}");

    [Theory]
    [InlineData("FRS-4", "nothing is stated", -1, true, 86400)]
    [InlineData("FRS-4", "a lifetime is stated", 9, true, -1)]
    [InlineData("FRS-4", "the status allows none", -1, false, 86400)]
    public void OneDay_Facts_WhereNoneIsStated(string spec, string name, int stated, bool isAllowed, int expected) =>
        LifetimeOf(FreshnessHeuristics.OneDay, stated, isAllowed).Should().Be(expected, $"{spec}: {name}");

    [Theory]
    [InlineData("HEU-3", "nothing is stated", 0.5, 900, -1, true, 500)]
    [InlineData("HEU-3", "more than the maximum", 0.5, 400, -1, true, 400)]
    [InlineData("HEU-2", "a lifetime is stated", 0.5, 900, 9, true, -1)]
    [InlineData("HEU-1", "the status allows none", 0.5, 900, -1, false, -1)]
    [InlineData("HEU-3", "no share", 0.0, 900, -1, true, 0)]
    [InlineData("HEU-3", "all of it", 1.0, 2000, -1, true, 1000)]
    [InlineData("HEU-3", "no maximum", 1.0, 0, -1, true, 0)]
    public void LastModified_Facts_AShare(string spec, string name, double fraction, int maximum, int stated, bool isAllowed, int expected) =>
        LifetimeOf(FreshnessHeuristics.LastModified(fraction, TimeSpan.FromSeconds(maximum)), stated, isAllowed).Should().Be(expected, $"{spec}: {name}");

    [Theory]
    [InlineData("FRS-4", "a lifetime below zero", -1, 0.5, 1)]
    [InlineData("HEU-3", "a share below zero", 1, -0.1, 1)]
    [InlineData("HEU-3", "a share above one", 1, 1.1, 1)]
    [InlineData("HEU-3", "a maximum below zero", 1, 0.5, -1)]
    public void Create_OutOfRange_Throws(string spec, string name, int lifetime, double fraction, int maximum)
    {
        var making = () => (FreshnessHeuristics.ExpiresAfter(TimeSpan.FromSeconds(lifetime)), FreshnessHeuristics.LastModified(fraction, TimeSpan.FromSeconds(maximum)));

        making.Should().Throw<ArgumentOutOfRangeException>($"{spec}: {name}");
    }

    private static double LifetimeOf(IFreshnessHeuristic heuristic, int stated, bool isAllowed) => heuristic.LifetimeOf(new FreshnessFacts
    {
        Method = "GET",
        TargetUri = Given.Uri,
        StatusCode = 200,
        Fields = HttpFields.Empty,
        ExplicitLifetime = stated < 0 ? null : TimeSpan.FromSeconds(stated),
        Date = Given.Now,
        LastModified = Given.Now.AddSeconds(-1000),
        IsHeuristicallyCacheable = isAllowed,
    })?.TotalSeconds ?? -1;
}
