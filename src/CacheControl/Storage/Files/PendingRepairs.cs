using System.Collections.Concurrent;

namespace HttpCaching.Storage.Files;

/// <summary>
/// The damaged keys that wait for their repair. However often a key is read, it is repaired and logged once. If a repair fails, it is not tried again for a while.
/// </summary>
internal sealed class PendingRepairs(TimeProvider time)
{
    // More at the same time mean a damaged disk; later reads find those keys again.
    private const int Capacity = 1024;

    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<CacheKey, long?> _failed = new();

    /// <summary>Whether the repair of a key must begin now.</summary>
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

    /// <summary>Records that a repair has ended.</summary>
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
