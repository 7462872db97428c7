namespace HttpCaching.Tests.Docs;

/// <summary>The pages that people read: the README files of the repository, and docs.</summary>
internal static class DocPages
{
    public static IEnumerable<string> All() => new[] { "README.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md", "SUPPORT.md", "CODE_OF_CONDUCT.md" }
        .Where(name => File.Exists(Repository.PathOf(name)))
        .Concat(new[] { "docs", "src", "samples", "tests", "benchmarks" }.SelectMany(MarkdownIn));

    private static IEnumerable<string> MarkdownIn(string folder) => Directory.EnumerateFiles(Repository.PathOf(folder), "*.md", SearchOption.AllDirectories)
        .Select(path => Path.GetRelativePath(Repository.Root, path).Replace('\\', '/'))
        .Where(path => !path.Split('/').Any(part => part is "bin" or "obj" or "node_modules"));
}
