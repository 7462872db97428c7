namespace HttpCaching.Tests.Spec;

/// <summary>Every requirement has a test that names it, and every test names requirements that exist.</summary>
public sealed class SpecCoverageTests
{
    private static readonly IReadOnlyList<Requirement> Catalogue = Requirement.ReadAll();

    private static readonly HashSet<string> Ids = [.. Catalogue.Select(r => r.Id)];

    private static readonly ILookup<string, string> Tests = NamedTests.Find(Catalogue.Select(r => r.Family).ToHashSet());

    /// <summary>Requirements without a test so far. The list may only shrink.</summary>
    private static readonly string[] Pending =
    [
    ];

    [Fact]
    public void Catalogue_Ids_AreUniqueAndHaveASubject()
    {
        Catalogue.Select(r => r.Id).Should().OnlyHaveUniqueItems();
        Catalogue.Select(r => r.Family).Distinct().Should().BeEquivalentTo(ConformancePage.Families);
        Catalogue.Select(r => r.Switch).Distinct().Should().BeEquivalentTo("default", "option", "opt-in");
    }

    [Fact]
    public void Requirements_NotPending_HaveATest() =>
        List(Ids.Where(id => !Tests.Contains(id)).Except(Pending)).Should().BeEmpty("each requirement needs a test that names it");

    [Fact]
    public void Pending_Ids_ExistAndHaveNoTestYet()
    {
        List(Pending.Except(Ids)).Should().BeEmpty("pending ids have to be requirements");
        List(Pending.Where(Tests.Contains)).Should().BeEmpty("what has a test is pending no longer");
    }

    [Fact]
    public void Tests_NamedIds_AreRequirements() =>
        List(Tests.Where(test => !Ids.Contains(test.Key)).Select(test => $"{test.Key}: {string.Join(", ", test)}"))
            .Should().BeEmpty("a test has to name requirements of the catalogue");

    [Fact]
    public void ConformancePage_Committed_IsUpToDate()
    {
        var path = Path.Combine(Requirement.Docs, "conformance.md");
        var page = ConformancePage.Write(Catalogue, Tests);
        if (Environment.GetEnvironmentVariable("CACHECONTROL_UPDATE_DOCS") == "1")
        {
            File.WriteAllText(path, page);
        }

        File.ReadAllText(path).Should().Be(page, "run the tests with CACHECONTROL_UPDATE_DOCS=1 and commit docs/conformance.md");
    }

    // One text rather than a list, of which a failure would show only the beginning.
    private static string List(IEnumerable<string> items) => string.Join(", ", items);
}
