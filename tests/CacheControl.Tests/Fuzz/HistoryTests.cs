using CsCheck;

namespace CacheControl.Tests.Fuzz;

/// <summary>Generated histories through the whole handler. A failure prints a seed for CsCheck_Seed and the history that fails.</summary>
public sealed class HistoryTests
{
    [Fact]
    public void Send_AnyHistory_KeepsTheInvariants() =>
        HistoryGen.Histories.Sample(HistoryRun.Check, iter: FuzzSize.Histories, print: h => h.ToString());
}
