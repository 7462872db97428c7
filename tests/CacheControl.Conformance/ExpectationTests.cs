using System.Text.RegularExpressions;
using HttpCaching.Conformance.Scoring;

namespace HttpCaching.Conformance;

/// <summary>What is listed as not passed is not lost: what the test is after is shown to hold in another way.</summary>
public sealed partial class ExpectationTests
{
    [Fact]
    public void A_test_that_no_run_passes_has_a_corrected_twin()
    {
        var expectations = Expectations.Read();
        var neverPassed = expectations.Ids.Where(id => ConformanceRun.All.All(run => expectations.Of(run.Name).ContainsKey(id)));

        neverPassed.Except(Twins()).Should().BeEmpty("each needs a test with [TwinOf(\"…\")] in tests/CacheControl.Tests");
    }

    [Fact]
    public void A_twin_has_an_original()
    {
        Twins().Except(Expectations.Read().Ids).Should().BeEmpty("a twin is of a test that is listed in expectations.json");
    }

    /// <summary>The ids that tests of the other project name; those run there, in the same CI.</summary>
    private static HashSet<string> Twins()
    {
        var folder = Path.Combine(Tooling.Root, "tests", "CacheControl.Tests", "Conformance");
        var code = Directory.EnumerateFiles(folder, "*.cs").Select(File.ReadAllText);
        return [.. code.SelectMany(text => Attributes().Matches(text)).SelectMany(list => Ids().Matches(list.Value)).Select(id => id.Groups[1].Value)];
    }

    [GeneratedRegex(@"\[TwinOf\([^]]*\)\]\s*public (async Task|void) ")]
    private static partial Regex Attributes();

    [GeneratedRegex("\"([^\"]+)\"")]
    private static partial Regex Ids();
}
