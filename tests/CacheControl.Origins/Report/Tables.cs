namespace HttpCaching.Origins.Report;

/// <summary>The tables of this project: tab-separated, the first line has the columns' names.</summary>
internal static class Tables
{
    public static IReadOnlyList<string[]> Read(string name) =>
        [.. File.ReadLines(Path.Combine(AppContext.BaseDirectory, name)).Skip(1).Where(line => line.Length > 0).Select(line => line.Split('\t'))];
}
