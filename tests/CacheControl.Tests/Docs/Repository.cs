namespace HttpCaching.Tests.Docs;

/// <summary>The files of the repository that the tests were built from.</summary>
internal static class Repository
{
    /// <summary>The collection of tests that may write the same page, and therefore must not run at once.</summary>
    public const string Writers = "Pages";

    /// <summary>Whether pages are to be written anew rather than compared.</summary>
    public static bool UpdatesDocs => Environment.GetEnvironmentVariable("CACHECONTROL_UPDATE_DOCS") == "1";

    public static string Root { get; } = FindRoot();

    public static string PathOf(string relative) => Path.Combine(Root, relative);

    public static string Read(string relative) => File.ReadAllText(PathOf(relative)).ReplaceLineEndings("\n");

    /// <summary>Fails if a page is not as it should be, or writes it if pages are to be updated.</summary>
    public static void ShouldBe(string relative, string expected)
    {
        if (UpdatesDocs)
        {
            File.WriteAllText(PathOf(relative), expected);
            return;
        }

        Read(relative).Should().Be(expected, "'CACHECONTROL_UPDATE_DOCS=1 dotnet test' brings {0} up to date", relative);
    }

    /// <summary>Fails if a table of a page is not as it should be, or writes it if pages are to be updated.</summary>
    /// <param name="page">The page.</param>
    /// <param name="name">The name in the comments before and after the table.</param>
    /// <param name="table">The table as it should be.</param>
    public static void ShouldHaveTable(string page, string name, string table)
    {
        var text = Read(page);
        var (begin, end) = ($"<!-- table: {name} -->\n", $"<!-- end: {name} -->");
        var start = text.IndexOf(begin, StringComparison.Ordinal) + begin.Length;
        var stop = text.IndexOf(end, StringComparison.Ordinal);
        start.Should().BeGreaterThanOrEqualTo(begin.Length, "the table's marker is there");
        stop.Should().BeGreaterThanOrEqualTo(start);

        ShouldBe(page, text[..start] + table + text[stop..]);
    }

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "CacheControl.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new DirectoryNotFoundException("The tests do not run inside the repository.");
    }
}
