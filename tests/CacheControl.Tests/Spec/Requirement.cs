namespace HttpCaching.Tests.Spec;

/// <summary>One line of the requirement catalogue, <c>docs/requirements.tsv</c>.</summary>
/// <param name="Id">The id by which tests name it.</param>
/// <param name="Level">How strongly the source demands it.</param>
/// <param name="Section">Where it comes from.</param>
/// <param name="Switch">default: always so; option: so unless set otherwise; opt-in: only if asked for.</param>
/// <param name="Text">What is required.</param>
internal sealed record Requirement(string Id, string Level, string Section, string Switch, string Text)
{
    /// <summary>The letters of the id, which name the subject.</summary>
    public string Family => Id[..Id.IndexOf('-')];

    public static IReadOnlyList<Requirement> ReadAll() =>
        [.. File.ReadAllLines(Path.Combine(Docs, "requirements.tsv")).Skip(1).Select(Parse)];

    /// <summary>The directory of the pages, found from where the tests run.</summary>
    public static string Docs
    {
        get
        {
            var directory = new DirectoryInfo(AppContext.BaseDirectory);
            while (directory is not null && !File.Exists(Path.Combine(directory.FullName, "CacheControl.sln")))
            {
                directory = directory.Parent;
            }

            return Path.Combine(directory?.FullName ?? throw new DirectoryNotFoundException("The tests don't run inside the repository."), "docs");
        }
    }

    private static Requirement Parse(string line)
    {
        var columns = line.Split('\t');
        return columns.Length == 5
            ? new Requirement(columns[0], columns[1], columns[2], columns[3], columns[4])
            : throw new FormatException($"Not five columns: {line}");
    }
}
