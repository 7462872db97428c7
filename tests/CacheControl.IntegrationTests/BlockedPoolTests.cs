using Xunit.Abstractions;

namespace HttpCaching.IntegrationTests;

/// <summary>Callers who block on all threads of a pool that gets no more of them.</summary>
[Trait("Spec", "CON-10")]
public sealed class BlockedPoolTests(ITestOutputHelper output) : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("cachecontrol-pool-").FullName;

    [Theory]
    [InlineData("memory")]
    [InlineData("{0}")]
    [InlineData("sqlite:{0}/cache.db")]
    [InlineData("tiered:{0}")]
    [InlineData("tiered:sqlite:{0}/cache.db")]
    [InlineData("distributed")]
    public async Task Send_AllThreadsOfThePoolBlock_AllEndAndHit(string store)
    {
        using var host = HostProcess.Start("blocked", store.Replace("{0}", _directory, StringComparison.Ordinal));

        var (exitCode, printed) = await host.WaitAsync();

        output.WriteLine(printed);
        exitCode.Should().Be(0, printed);
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);
}
