using HttpCaching.StressHost;

namespace HttpCaching.IntegrationTests.SystemCalls;

/// <summary>
/// What a file store asks of the disk with <see cref="FileHttpCacheStoreOptions.Fsync"/>: bytes are flushed before they get their name, and names, removals and the log of removals
/// before the change has ended. Told by the calls of another process, in their order.
/// </summary>
public sealed class DurabilityTests : IDisposable
{
    private readonly Shim _shim = new();

    public static TheoryData<string> Changes => [.. StoreStep.Operations.Where(operation => operation != "maintain")];

    public void Dispose() => _shim.Dispose();

    [SystemCallTheory]
    [MemberData(nameof(Changes))]
    [Trait("Spec", "SRE-7")]
    public async Task Change_OfAStoreThatWaitsForTheDisk_IsFlushedInOrder(string operation)
    {
        await using var run = new SystemCallRun(_shim, isSqlite: false, isDurable: true);
        (await run.ChangeAsync(operation, null)).Should().Be("done");

        var calls = Shim.Log(run.Signals);
        FaultsOf(calls).Should().BeEmpty();
        if (operation is "invalidate" or "tag" or "prefix" or "clear")
        {
            calls.Should().Contain(call => call.Call == "fsync" && call.Path.EndsWith("/v1/state", StringComparison.Ordinal), "the log of removals is in the state");
        }
    }

    [SystemCallTheory]
    [InlineData("put new")]
    [InlineData("put small")]
    [InlineData("put large")]
    [Trait("Spec", "SRE-7")]
    public async Task First_InADirectoryThatIsNotThere_IsFlushedInOrder(string operation)
    {
        var parent = Directory.CreateTempSubdirectory("cache control ");
        var (root, signals) = (Path.Join(parent.FullName, "root"), parent.CreateSubdirectory("signals").FullName);
        using (var host = HostProcess.Start(_shim.Lead(root, signals, null), "step", "fsync:" + root, operation, signals))
        {
            (await host.WaitAsync()).Output.Trim().Should().Be("done");
        }

        FaultsOf(Shim.Log(signals)).Should().BeEmpty();
        parent.Delete(recursive: true);
    }

    [SystemCallTheory]
    [MemberData(nameof(Changes))]
    public async Task Change_OfAStoreThatDoesNotWaitForTheDisk_FlushesNothing(string operation)
    {
        await using var run = new SystemCallRun(_shim, isSqlite: false);
        (await run.ChangeAsync(operation, null)).Should().Be("done");

        Shim.Log(run.Signals).Should().NotContain(call => call.Call == "fsync");
    }

    private static List<string> FaultsOf(IReadOnlyList<(string Call, string Path)> calls)
    {
        var faults = new List<string>();
        for (var i = 0; i < calls.Count; i++)
        {
            var (call, path) = calls[i];
            var isFlushed = call switch
            {
                "from" => Last("fsync", path, i) > Last("write", path, i),
                _ when IsForgotten(path) => true,
                "rename" => FlushOf(Path.GetDirectoryName(path)!) > i,

                // The parent of a store's directory is not below that directory, and its calls are not told.
                "made" => Path.GetFileName(path) == "root" || FlushOf(Path.GetDirectoryName(path)!) > i,

                // Clearing removes the directory with its records.
                "unlink" => !path.EndsWith(".r", StringComparison.Ordinal) || Math.Max(FlushOf(Path.GetDirectoryName(path)!), FlushOf(Path.GetDirectoryName(Path.GetDirectoryName(path))!)) > i,

                // Beside the log of removals the state has counters, which maintenance counts again.
                "write" => Path.GetFileName(path) == "state" || FlushOf(path) > i,
                _ => true,
            };
            if (!isFlushed)
            {
                faults.Add($"{call} {path}");
            }
        }

        return faults;

        int FlushOf(string path) => Last("fsync", path, calls.Count);

        int Last(string call, string path, int end)
        {
            var i = end - 1;
            while (i >= 0 && calls[i] != (call, path))
            {
                i--;
            }

            return i;
        }
    }

    /// <summary>What a crash of the system may cost: temporary files, and the counters in the files of locks, which maintenance counts again.</summary>
    private static bool IsForgotten(string path) => path.Contains("/v1/tmp", StringComparison.Ordinal) || path.Contains("/v1/locks", StringComparison.Ordinal);
}
