using System.IO.MemoryMappedFiles;

namespace HttpCaching.StressHost.Scale;

/// <summary>
/// When each version of each resource became the current one, in a file that several processes map: who has received a version can tell how long it had been
/// superseded, without asking. Written by one process. Times are timestamps of the monotonic clock, which all processes of a machine share.
/// </summary>
public sealed class VersionTable : IDisposable
{
    /// <summary>The most versions of a resource.</summary>
    public const int Versions = 256;

    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;

    /// <summary>Opens a table.</summary>
    /// <param name="path">The file; made if it does not exist.</param>
    /// <param name="resources">How many resources there are.</param>
    public VersionTable(string path, int resources)
    {
        Path = path;
        var bytes = (long)resources * Versions * sizeof(long);
        _file = MemoryMappedFile.CreateFromFile(path, FileMode.OpenOrCreate, null, bytes);
        _view = _file.CreateViewAccessor();
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>When a version became current; zero if it has not.</summary>
    public long this[int resource, int version]
    {
        get => _view.ReadInt64(PositionOf(resource, version));
        set => _view.Write(PositionOf(resource, version), value);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _view.Dispose();
        _file.Dispose();
    }

    private static long PositionOf(int resource, int version) => (((long)resource * Versions) + version) * sizeof(long);
}
