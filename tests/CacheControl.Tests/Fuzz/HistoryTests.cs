using CsCheck;

namespace HttpCaching.Tests.Fuzz;

/// <summary>Generated histories through the whole handler. A failure prints a seed for CsCheck_Seed and the history that fails.</summary>
public sealed class HistoryTests
{
    [Fact]
    public void Send_AnyHistory_KeepsTheInvariants() =>
        HistoryGen.Histories.Sample(history => HistoryRun.Check(history), iter: FuzzSize.Histories, print: h => h.ToString());

    [Fact]
    public void Explain_BeforeEachRequestOfAnyHistory_TellsWhatBecomesOfIt() =>
        HistoryGen.Histories.Sample(history => HistoryRun.CheckExplained(history), iter: FuzzSize.Histories, print: h => h.ToString());

    [Fact]
    public void Send_AnyHistory_TheStraightPathAnswersAsTheWalk()
    {
        var straight = 0;

        Gen.OneOf(HistoryGen.PlainHistories, HistoryGen.Histories)
            .Sample(history => { Interlocked.Add(ref straight, HistoryRun.CheckStraight(history)); }, iter: FuzzSize.Histories / 10, print: h => h.ToString());

        straight.Should().BeGreaterThan((int)(FuzzSize.Histories / 100));
    }

    [Fact]
    [Trait("Spec", "RUL-1")]
    public void Send_AnyHistoryWithRules_TheStraightPathAnswersAsTheWalk()
    {
        var straight = 0;

        HistoryGen.RuledHistories.Sample(history => { Interlocked.Add(ref straight, HistoryRun.CheckStraight(history)); }, iter: FuzzSize.Histories / 10, print: h => h.ToString());

        straight.Should().BeGreaterThan((int)(FuzzSize.Histories / 100));
    }

    [Fact]
    [Trait("Spec", "RUL-1")]
    public void Explain_BeforeEachRequestOfAnyHistoryWithRules_TellsWhatBecomesOfIt() =>
        HistoryGen.RuledHistories.Sample(history => HistoryRun.CheckExplained(history), iter: FuzzSize.Histories / 10, print: h => h.ToString());

    [Fact]
    public void Send_AnyHistories_ReachWhatTheOptInsAreFor()
    {
        var reach = new HistoryReach();

        HistoryGen.Histories.Sample(history => HistoryRun.Check(history, reach), iter: 20_000, print: h => h.ToString());

        reach.Queries.Should().BeGreaterThan(5);
        reach.Posts.Should().BePositive();
        reach.Equivalents.Should().BeGreaterThan(5);
    }
}
