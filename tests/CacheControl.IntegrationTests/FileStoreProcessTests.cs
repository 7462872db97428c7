using System.Text.RegularExpressions;
using Xunit.Abstractions;

namespace HttpCaching.IntegrationTests;

/// <summary>Processes on one directory.</summary>
public sealed partial class FileStoreProcessTests(ITestOutputHelper output) : StoreProcessTests(output)
{
    protected override string Target => Folder;

    [Fact]
    [Trait("Spec", "SRE-5")]
    public async Task Writer_KilledAtRandomMoments_StoreStaysRight()
    {
        var (largestDrift, responses) = (0L, 0L);
        await KillAsync(Kills + 1, CheckResult(), found =>
        {
            largestDrift = Math.Max(largestDrift, Value(found, "drift"));
            responses += Value(found, "responses");

            // Three threads died, each within one change of one key at most: three variants of 400,000 bytes.
            Value(found, "drift").Should().BeLessThan(3 * 3 * 450_000, found.Value);
            Value(found, "booked").Should().Be(Value(found, "actual"), "the books are right again once a living process has counted");
            Value(found, "records").Should().Be(Value(found, "keys2"), found.Value);
            Value(found, "orphans").Should().Be(0, found.Value);
            Value(found, "temporary").Should().Be(0, found.Value);
        });

        responses.Should().BeGreaterThan(Kills, "else there was little to check");
        Output.WriteLine($"{Kills} kills, {responses} responses checked, largest drift of the books {largestDrift} bytes");
    }

    [GeneratedRegex(@"responses=(?<responses>\d+) drift=(?<drift>\d+) booked=(?<booked>\d+) actual=(?<actual>\d+) records=(?<records>\d+)/(?<keys2>\d+) orphans=(?<orphans>\d+) temporary=(?<temporary>\d+)")]
    private static partial Regex CheckResult();
}
