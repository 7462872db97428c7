namespace CacheControl.Sqlite.Tests;

/// <summary>A new path for a test's store, with spaces and letters beyond ASCII in it; deleted afterwards.</summary>
internal sealed class TemporaryFile : IDisposable
{
    public string Parent { get; } = System.IO.Directory.CreateTempSubdirectory("cache control ").FullName;

    public string Directory => System.IO.Path.Join(Parent, "größe 日本");

    public string Path => System.IO.Path.Join(Directory, "cäche; file.db");

    public void Dispose() => System.IO.Directory.Delete(Parent, recursive: true);
}
