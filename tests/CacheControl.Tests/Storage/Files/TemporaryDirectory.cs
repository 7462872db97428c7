using System.Diagnostics;

namespace HttpCaching.Tests.Storage.Files;

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

    /// <summary>Deletes the directory under the feet of a store, which may be making files there beside the requests: again, until nothing is left.</summary>
    public void Delete() => Delete(Path);

    public void Dispose() => Delete(Parent);

    private static void Delete(string path)
    {
        for (var begun = Stopwatch.GetTimestamp(); ;)
        {
            try
            {
                Directory.Delete(path, recursive: true);
                return;
            }
            catch (IOException) when (Stopwatch.GetElapsedTime(begun) < TimeSpan.FromSeconds(10) && Directory.Exists(path))
            {
                Thread.Sleep(1);
            }
        }
    }
}
