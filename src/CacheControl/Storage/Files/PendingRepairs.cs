using System.Collections.Concurrent;

namespace HttpCaching.Storage.Files;

/// <summary>
/// Which damaged keys wait for their repair. However often one is read, it is repaired and logged once; one that could not be repaired is left alone for a while.
/// </summary>
internal sealed class PendingRepairs(TimeProvider time)
{
    // More than that at once is a damaged disk, and what is read of it is found again.
    private const int Capacity = 1024;

    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<CacheKey, long?> _failed = new();

    /// <summary>Whether the repair of a key is to be begun now.</summary>
    public bool TryBegin(CacheKey key)
    {
        if (_failed.TryGetValue(key, out var failed))
        {
            // Null while it is pending.
            return failed is { } at && time.GetElapsedTime(at) > PauseAfterFailure && _failed.TryUpdate(key, null, failed);
        }

        if (_failed.Count >= Capacity)
        {
            Forget();
        }

        return _failed.Count < Capacity && _failed.TryAdd(key, null);
    }

    /// <summary>Notes that a repair has ended.</summary>
    public void End(CacheKey key, bool isRepaired)
    {
        if (isRepaired)
        {
            _failed.TryRemove(key, out _);
        }
        else
        {
            _failed[key] = time.GetTimestamp();
        }
    }

    private void Forget()
    {
        foreach (var (key, failed) in _failed)
        {
            if (failed is { } at && time.GetElapsedTime(at) > PauseAfterFailure)
            {
                _failed.TryRemove(KeyValuePair.Create(key, failed));
            }
        }
    }
}
