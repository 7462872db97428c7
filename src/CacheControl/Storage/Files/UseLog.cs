using System.Collections.Concurrent;

namespace HttpCaching.Storage.Files;

/// <summary>Collects which records were read, so that a hit never writes. The times of the files are set later, once for many hits.</summary>
internal sealed class UseLog(FileStoreSettings settings)
{
    private const int Capacity = 8192;

    private static readonly TimeSpan FlushInterval = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<string, int> _uses = new(StringComparer.Ordinal);
    private long _lastFlush = settings.Time.GetTimestamp();
    private int _count;

    /// <summary>Whether a use has been counted since the last flush.</summary>
    public bool Has(string recordPath) => _uses.ContainsKey(recordPath);

    /// <summary>Counts a use. Beyond a limit it ignores uses of further records until the next flush.</summary>
    /// <returns>Whether it is time to flush.</returns>
    public bool Count(string recordPath)
    {
        if (_uses.TryGetValue(recordPath, out var uses))
        {
            if (uses < UseStamp.MostUses)
            {
                _uses.TryUpdate(recordPath, uses + 1, uses);
            }
        }
        else if (Volatile.Read(ref _count) < Capacity && _uses.TryAdd(recordPath, 1))
        {
            Interlocked.Increment(ref _count);
        }

        return Volatile.Read(ref _count) >= Capacity / 2 || settings.Time.GetElapsedTime(Volatile.Read(ref _lastFlush)) > FlushInterval;
    }

    /// <summary>Writes the uses down.</summary>
    public void Flush()
    {
        Volatile.Write(ref _lastFlush, settings.Time.GetTimestamp());
        foreach (var (path, uses) in _uses)
        {
            if (!_uses.TryRemove(path, out _))
            {
                continue;
            }

            Interlocked.Decrement(ref _count);
            try
            {
                if (File.Exists(path))
                {
                    var before = UseStamp.Of(File.GetLastWriteTimeUtc(path));
                    File.SetLastWriteTimeUtc(path, new UseStamp(settings.Now, before.Uses + uses).ToFileTime());
                }
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // Removed in the meantime, or the file system is read-only: the use stays unknown.
            }
        }
    }
}
