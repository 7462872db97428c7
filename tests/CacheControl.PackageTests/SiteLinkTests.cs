namespace HttpCaching.PackageTests;

/// <summary>build/site/CheckLinks.cs names each link of a built site that leads nowhere.</summary>
public sealed class SiteLinkTests : IDisposable
{
    private readonly string _site = Directory.CreateTempSubdirectory("site").FullName;

    [SdkFact]
    public async Task DeadLinks_AreNamed_AndOthersAreNot()
    {
        Write("index.html", """<a href="docs/">a</a> <a href="docs/page.html?x=1#part">b</a> <a href="#here">c</a> <img src="a%20b.svg"> <a href="https://example.org/nothing">d</a> <p id="here"></p>""");
        Write("docs/index.html", """<a href="../index.html#here">a</a> <a href="gone.html">b</a> <a href="page.html#gone">c</a> <a href="../../outside.html">d</a>""");
        Write("docs/page.html", """<h2 id="part">Part</h2> <img alt="x" src="gone.svg">""");
        Write("a b.svg", "");

        var (code, output) = await Sdk.RunAsync(Source.Root, "run", "build/site/CheckLinks.cs", _site);

        output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal).Should().Equal(
            "3 pages, 4 dead links",
            $"docs{Path.DirectorySeparatorChar}index.html links to ../../outside.html",
            $"docs{Path.DirectorySeparatorChar}index.html links to gone.html",
            $"docs{Path.DirectorySeparatorChar}index.html links to page.html#gone",
            $"docs{Path.DirectorySeparatorChar}page.html links to gone.svg");
        code.Should().Be(1);
    }

    [SdkFact]
    public async Task SiteWithoutPages_Fails()
    {
        var (code, output) = await Sdk.RunAsync(Source.Root, "run", "build/site/CheckLinks.cs", _site);

        output.Should().Contain("0 pages");
        code.Should().Be(1);
    }

    public void Dispose() => Directory.Delete(_site, recursive: true);

    private void Write(string page, string text)
    {
        var path = Path.Combine(_site, page);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }
}
