namespace CacheControl.Tests.Storage.Files;

/// <summary>A new path for a test's store, with a space and letters beyond ASCII in it; deleted afterwards.</summary>
internal sealed class TemporaryDirectory : IDisposable
{
    public string Parent { get; } = Directory.CreateTempSubdirectory("cache control ").FullName;

    public string Path => System.IO.Path.Join(Parent, "größe 日本");

    /// <summary>All files of the store below a folder.</summary>
    public string[] Files(string pattern) =>
        Directory.Exists(Path) ? Directory.GetFiles(Path, pattern, SearchOption.AllDirectories) : [];

    /// <summary>The files of stored responses: records and bodies.</summary>
    public string[] Stored() => [.. Files("*.r"), .. Files("*.b")];

    /// <summary>Opens a file to damage it, though a store may have it open.</summary>
    public static FileStream Open(string file) => new(file, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);

    public void Dispose() => Directory.Delete(Parent, recursive: true);
}
