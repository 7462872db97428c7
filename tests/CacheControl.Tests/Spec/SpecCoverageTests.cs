namespace CacheControl.Tests.Spec;

/// <summary>Every requirement has a test that names it, and every test names requirements that exist.</summary>
public sealed class SpecCoverageTests
{
    private static readonly IReadOnlyList<Requirement> Catalogue = Requirement.ReadAll();

    private static readonly HashSet<string> Ids = [.. Catalogue.Select(r => r.Id)];

    private static readonly ILookup<string, string> Tests = NamedTests.Find(Catalogue.Select(r => r.Family).ToHashSet());

    /// <summary>Requirements without a test so far. The list may only shrink.</summary>
    private static readonly string[] Pending =
    [
        "MTH-1", "MTH-2", "MTH-3", "MTH-6",
        "STO-1", "STO-2", "STO-3", "STO-4", "STO-5", "STO-6", "STO-7", "STO-8", "STO-9", "STO-10", "STO-11", "STO-12",
        "FLD-5", "FLD-7", "FLD-8",
        "INC-6", "INC-7",
        "AUT-1", "AUT-3", "AUT-4", "AUT-5", "AUT-7",
        "KEY-6", "KEY-7", "KEY-8", "KEY-9",
        "VRY-7", "VRY-8", "VRY-9", "VRY-10", "VRY-11",
        "EXP-10",
        "AGE-4", "AGE-5", "AGE-6", "AGE-7",
        "FRS-1", "FRS-2", "FRS-3", "FRS-4", "FRS-5", "FRS-6", "FRS-7",
        "HEU-1", "HEU-2", "HEU-3",
        "STL-1", "STL-2", "STL-3", "STL-4", "STL-5", "STL-6", "STL-7", "STL-8", "STL-9", "STL-10", "STL-11", "STL-12", "STL-13",
        "REQ-1", "REQ-2", "REQ-3", "REQ-4", "REQ-5", "REQ-6", "REQ-7", "REQ-8",
        "BLD-1", "BLD-3",
        "VAL-2", "VAL-3", "VAL-4", "VAL-7", "VAL-8",
        "VLD-1", "VLD-2", "VLD-3", "VLD-4", "VLD-5", "VLD-6", "VLD-7", "VLD-8", "VLD-10", "VLD-11", "VLD-12", "VLD-13",
        "CND-1", "CND-4", "CND-5", "CND-6", "CND-7",
        "HED-1", "HED-2", "HED-3",
        "RNG-7", "RNG-8", "RNG-9", "RNG-11", "RNG-13",
        "INV-1", "INV-2", "INV-3", "INV-5", "INV-6", "INV-7", "INV-8",
        "STA-1", "STA-2", "STA-3", "STA-4", "STA-5",
        "PST-1",
        "QRY-1", "QRY-2", "QRY-3", "QRY-4",
        "CST-1", "CST-2", "CST-3", "CST-4", "CST-5", "CST-6", "CST-7",
        "TGT-1", "TGT-2",
        "GRP-1", "GRP-2", "GRP-3", "GRP-4",
        "NVS-1", "NVS-2", "NVS-3", "NVS-4",
        "CON-1", "CON-2", "CON-3", "CON-4", "CON-5", "CON-6", "CON-7", "CON-9",
        "SEC-1", "SEC-3", "SEC-4", "SEC-6", "SEC-7", "SEC-8", "SEC-9",
        "SRE-2", "SRE-5", "SRE-8", "SRE-10", "SRE-11",
        "HTC-2", "HTC-12", "HTC-16", "HTC-17",
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
