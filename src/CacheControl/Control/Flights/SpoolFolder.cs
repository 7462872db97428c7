namespace HttpCaching.Control.Flights;

/// <summary>Where the files of spools are made. With the first one, leftovers of processes that were killed are deleted.</summary>
/// <param name="path">The folder, or <see langword="null"/> for that of the system for temporary files.</param>
internal sealed class SpoolFolder(string? path = null)
{
    private const string Prefix = "cachecontrol-";
    private const int MostSwept = 1000;

    // As Path.GetRandomFileName makes them.
    private const int RandomChars = 12;
    private const int DotPosition = 8;

    // The lock tells whether its process lives; the age, whether that has had the time to lock it.
    private static readonly TimeSpan LeftoverAge = TimeSpan.FromMinutes(10);

    private int _wasSwept;

    /// <summary>Makes a file.</summary>
    public SpoolFile Create()
    {
        var folder = path ?? Path.GetTempPath();
        var made = SpoolFile.Create(Path.Combine(folder, Prefix + Path.GetRandomFileName()));
        if (Interlocked.Exchange(ref _wasSwept, 1) == 0)
        {
            // The folder's own clock tells which of its files are old.
            Sweep(folder, made.LastWrite);
        }

        return made;
    }

    private static void Sweep(string folder, DateTime now)
    {
        try
        {
            foreach (var file in new DirectoryInfo(folder).EnumerateFiles(Prefix + "*").Take(MostSwept))
            {
                if (IsOurs(file.Name) && file.LinkTarget is null && (now - file.LastWriteTimeUtc).Duration() >= LeftoverAge)
                {
                    DeleteIfAbandoned(file.FullName);
                }
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // A folder that can't be listed can't be swept; whether it can be written to shows in a moment.
        }
    }

    private static bool IsOurs(string name) => name.Length == Prefix.Length + RandomChars && name[Prefix.Length + DotPosition] == '.';

    private static void DeleteIfAbandoned(string path)
    {
        try
        {
            using var locked = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
            File.Delete(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // In use, another user's, or deleted by another process.
        }
    }
}
