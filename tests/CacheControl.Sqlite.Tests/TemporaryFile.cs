using HttpCaching.Tests.Storage.Files;

namespace HttpCaching.Sqlite.Tests;

/// <summary>A new path for a test's store, with spaces and letters beyond ASCII in it; deleted afterwards.</summary>
internal sealed class TemporaryFile : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public string Parent => _directory.Parent;

    public string Directory => _directory.Path;

    public string Path => System.IO.Path.Join(Directory, "cäche; file.db");

    /// <summary>Deletes the directory under the feet of a store.</summary>
    public void DeleteDirectory() => _directory.Delete();

    public void Dispose() => _directory.Dispose();
}
