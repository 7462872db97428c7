namespace HttpCaching.Control.Flights;

/// <summary>The folder for the files of spools. With the first file, it deletes leftovers of killed processes.</summary>
/// <param name="path">The folder, or <see langword="null"/> for the system's folder for temporary files.</param>
internal sealed class SpoolFolder(string? path = null)
{
    private const string Prefix = "cachecontrol-";
    private const int MostSwept = 1000;

    // The form of Path.GetRandomFileName.
    private const int RandomChars = 12;
    private const int DotPosition = 8;

    // The lock tells whether its process lives; the age tells whether the process had time to lock it.
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
            // If a folder can't be listed, it can't be swept; the next step shows whether it can be written to.
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
