using System.Text.RegularExpressions;
using Xunit.Abstractions;

namespace HttpCaching.IntegrationTests;

/// <summary>Processes on one SQLite file.</summary>
public sealed partial class SqliteStoreProcessTests(ITestOutputHelper output) : StoreProcessTests(output)
{
    protected override string Target => "sqlite:" + Path.Join(Folder, "cache.db");

    [Fact]
    [Trait("Spec", "SRE-5")]
    public async Task Writer_KilledAtRandomMoments_StoreStaysRight()
    {
        var largest = 0L;
        await KillAsync(Kills, CheckResult(), found =>
        {
            Value(found, "drift").Should().Be(0, "each change keeps the books in its own transaction");
            Value(found, "orphans").Should().Be(0, found.Value);
            Value(found, "readers").Should().Be(0, found.Value);
            largest = Math.Max(largest, Value(found, "bytes"));
        });

        Output.WriteLine($"{Kills} kills, largest file {largest} bytes");

        // The limit of the load is 6 MB; above it are what could not be evicted yet, and pages that are free to be used again.
        largest.Should().BeLessThan(30_000_000);
    }

    [GeneratedRegex(@"drift=(?<drift>\d+) orphans=(?<orphans>\d+) readers=(?<readers>\d+) bytes=(?<bytes>\d+)")]
    private static partial Regex CheckResult();
}
