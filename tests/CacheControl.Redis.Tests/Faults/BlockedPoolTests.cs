using HttpCaching.Redis.Tests.Nodes;
using Xunit.Abstractions;

namespace HttpCaching.Redis.Tests.Faults;

/// <summary>Callers who block on all threads of a pool that gets no more of them, beside a client that has threads of its own.</summary>
public sealed class BlockedPoolTests(ITestOutputHelper output)
{
    [Theory]
    [Trait("Spec", "CON-10")]
    [InlineData("redis")]
    [InlineData("flights")]
    public async Task Send_AllThreadsOfThePoolBlock_AllEndAndHit(string kind)
    {
        await using var engine = await NodeEngine.StartAsync(NodeEngine.Preferred);
        using var host = await NodeProcess.StartAsync("blocked", $"{kind}:{engine.Configuration}");

        var printed = await host.ReadLineAsync();

        output.WriteLine(printed);
        printed.Should().StartWith("done");
    }
}
