namespace HttpCaching.Storage.InMemory;

/// <summary>
/// Decides what to evict: S3-FIFO, limited by bytes. Not thread-safe; readers only raise the count of uses of a view.
/// <code>
/// new ──▶ small (10 %) ──not reused──▶ out, leaves a ghost
///             │ reused                        │ asked for again while the ghost is remembered
///             ▼                               │
///           main ◀────────────────────────────┘
///           └─ oldest: reused? back in as the newest with one use less : out
/// </code>
/// A scan of responses that are never read again passes through the small queue and leaves the main one alone.
/// </summary>
internal sealed class EvictionOrder(long maximumBytes)
{
    private const int FewestGhosts = 16;

    private readonly long _smallBytes = maximumBytes / 10;
    private readonly ResponseQueue _small = new();
    private readonly ResponseQueue _main = new();
    private readonly GhostQueue _ghosts = new();

    public long Bytes => _small.Bytes + _main.Bytes;

    public int Count => _small.Count + _main.Count;

    /// <summary>Takes in a response. There must be room for it.</summary>
    public void Add(HeldResponse response) => (_ghosts.Remove(response.Identity) ? _main : _small).Add(response);

    /// <summary>Takes in a response in place of one that has been removed from <paramref name="queue"/>, as a use of it.</summary>
    public static void AddTo(ResponseQueue queue, HeldResponse response, int uses)
    {
        response.SetUses(uses);
        response.CountUses(1);
        queue.Add(response);
    }

    /// <summary>Removes one response. Returns the queue that it was in.</summary>
    public static ResponseQueue Remove(HeldResponse response)
    {
        var queue = response.Queue!;
        queue.Remove(response);
        return queue;
    }

    /// <summary>Removes and returns the response to evict next; null if there is room for <paramref name="incoming"/> bytes.</summary>
    public HeldResponse? TakeVictim(long incoming)
    {
        while (Bytes + incoming > maximumBytes)
        {
            var victim = _small.Oldest is not null && (_small.Bytes >= _smallBytes || _main.Count == 0)
                ? TakeFromSmall(_small.Oldest)
                : _main.Oldest is null ? null : TakeFromMain(_main.Oldest);
            if (victim is not null || Count == 0)
            {
                return victim;
            }
        }

        return null;
    }

    /// <summary>Removes all responses.</summary>
    /// <param name="removed">Called for each.</param>
    public void Clear(Action<HeldResponse> removed)
    {
        while ((_small.Oldest ?? _main.Oldest) is { } response)
        {
            Remove(response);
            removed(response);
        }

        _ghosts.Clear();
    }

    private HeldResponse? TakeFromSmall(HeldResponse oldest)
    {
        _small.Remove(oldest);
        if (oldest.Uses > 0)
        {
            oldest.SetUses(0);
            _main.Add(oldest);
            return null;
        }

        _ghosts.Add(oldest.Identity, Math.Max(FewestGhosts, Count));
        return oldest;
    }

    private HeldResponse? TakeFromMain(HeldResponse oldest)
    {
        _main.Remove(oldest);
        var uses = oldest.Uses;
        if (uses == 0)
        {
            return oldest;
        }

        oldest.SetUses(uses - 1);
        _main.Add(oldest);
        return null;
    }
}
