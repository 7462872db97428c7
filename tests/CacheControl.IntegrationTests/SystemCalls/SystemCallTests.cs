using HttpCaching.StressHost;

namespace HttpCaching.IntegrationTests.SystemCalls;

/// <summary>
/// A process changes a store; at one call of the system it fails, is stopped or is killed, while this process works with the same store. Whatever the point, the contract
/// holds: what is read is whole and right, a removal that has ended is not undone, nothing else is lost, and the books are right after the next maintenance.
/// </summary>
public sealed class SystemCallTests : IDisposable
{
    private const int Sampled = 3;

    private static readonly string[] Actions = ["fail", "stop", "kill"];

    private readonly Shim _shim = new();

    public static TheoryData<string, bool> All()
    {
        var data = new TheoryData<string, bool>();
        foreach (var operation in StoreStep.Operations)
        {
            data.Add(operation, false);
            data.Add(operation, true);
        }

        return data;
    }

    public void Dispose() => _shim.Dispose();

    /// <summary>The first open of the database for writing: SQLite opens it for reading then.</summary>
    [SystemCallTheory]
    [InlineData("invalidate")]
    [InlineData("tag")]
    [Trait("Spec", "SRE-7")]
    public async Task Change_DatabaseCannotBeOpenedForWritingOnce_NothingIsLost(string operation)
    {
        await using var run = new SystemCallRun(_shim, isSqlite: true);
        (await run.FaultsOfAsync(operation, new SystemCallPoint("open", 4, "fail"))).Should().BeEmpty();
    }

    [SystemCallTheory]
    [MemberData(nameof(All))]
    [Trait("Spec", "SRE-7")]
    public async Task Change_SomethingHappensAtACall_TheContractHolds(string operation, bool isSqlite)
    {
        List<SystemCallPoint> points = [];
        await using (var count = new SystemCallRun(_shim, isSqlite))
        {
            (await count.ChangeAsync(operation, null)).Should().Be("done");
            points.AddRange(
                from made in Shim.Counts(count.Signals)
                from number in Enumerable.Range(1, made.Count)
                from action in Actions
                select new SystemCallPoint(made.Call, number, action));
        }

        points.Should().NotBeEmpty();
        if (Environment.GetEnvironmentVariable("CACHECONTROL_SYSCALLS") != "full")
        {
            // Another sample for each operation, and the same one in each run.
            points = [.. new Random(operation.Length + (isSqlite ? 100 : 0)).GetItems(points.ToArray(), Sampled).Distinct()];
        }

        foreach (var point in points)
        {
            await using var run = new SystemCallRun(_shim, isSqlite);
            (await run.FaultsOfAsync(operation, point)).Should().BeEmpty("{0} at {1}", operation, point);
        }
    }
}
