using System.Collections.Concurrent;

namespace HttpCaching.Storage.Files;

/// <summary>Collects which records were read and when, so that a hit never writes. The times of the files are set later, once for many hits.</summary>
internal sealed class UseLog(FileStoreSettings settings)
{
    private const int Capacity = 8192;

    private static readonly TimeSpan FlushInterval = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<string, RecentUse> _uses = new(StringComparer.Ordinal);
    private long _lastFlush = settings.Time.GetTimestamp();
    private int _count;

    /// <summary>Whether a use has been counted since the last flush.</summary>
    public bool Has(string recordPath) => _uses.ContainsKey(recordPath);

    /// <summary>The time of the last use since the last flush; null if there was none.</summary>
    public DateTimeOffset? LastUseOf(string recordPath) => _uses.TryGetValue(recordPath, out var use) ? use.Last : null;

    /// <summary>Counts a use. Beyond a limit it ignores uses of further records until the next flush.</summary>
    /// <returns>Whether it is time to flush.</returns>
    public bool Count(string recordPath)
    {
        var now = settings.Time.GetUtcNow();
        if (_uses.TryGetValue(recordPath, out var use))
        {
            use.Count(now, UseStamp.MostUses);
        }
        else if (Volatile.Read(ref _count) < Capacity && _uses.TryAdd(recordPath, new RecentUse(now)))
        {
            Interlocked.Increment(ref _count);
        }

        return Volatile.Read(ref _count) >= Capacity / 2 || settings.Time.GetElapsedTime(Volatile.Read(ref _lastFlush)) > FlushInterval;
    }

    /// <summary>Writes the uses down.</summary>
    public void Flush()
    {
        Volatile.Write(ref _lastFlush, settings.Time.GetTimestamp());
        foreach (var (path, use) in _uses)
        {
            var last = use.Last;
            var isWritten = Write(path, last.UtcDateTime, use);

            // Removed afterwards, so that a listing sees it here or there. A use in the meantime waits for the next time.
            if ((use.Last == last || !isWritten) && _uses.TryRemove(KeyValuePair.Create(path, use)))
            {
                Interlocked.Decrement(ref _count);
            }
        }
    }

    private bool Write(string path, DateTime time, RecentUse use)
    {
        try
        {
            if (!File.Exists(path))
            {
                return false;
            }

            // Another process may have written a later use.
            var before = UseStamp.Of(File.GetLastWriteTimeUtc(path));
            File.SetLastWriteTimeUtc(path, new UseStamp(before.IsLaterThan(time, settings.Now) ? before.LastUse : time, before.Uses + use.Take()).ToFileTime());
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Removed in the meantime, or the file system is read-only: the use stays unknown.
            return false;
        }
    }
}
