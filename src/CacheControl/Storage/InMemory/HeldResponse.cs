namespace HttpCaching.Storage.InMemory;

/// <summary>
/// One stored response in memory. Its facts are immutable. Its place in a queue changes only under the store's lock.
/// Its count of uses is a hint; readers count most uses in the view of its key.
/// </summary>
/// <param name="key">Its key.</param>
/// <param name="head">Its head.</param>
/// <param name="body">Its body.</param>
/// <param name="usedAt">The time of its last use, or of its storing, by the store's <see cref="UseClock"/>.</param>
internal sealed class HeldResponse(CacheKey key, StoredResponse head, MemoryBody body, uint usedAt)
{
    /// <summary>The highest count of uses. Beyond it nothing is written, so hot responses are not written to.</summary>
    public const int MostUses = 3;

    private byte _uses;
    private uint _usedAt = usedAt;
    private bool _holds;

    public CacheKey Key { get; } = key;

    public StoredResponse Head { get; } = head;

    public MemoryBody Body { get; } = body;

    /// <summary>The bytes that count against the limit.</summary>
    public long Size { get; } = StoredSize.Of(key, head, body.TakenBytes);

    /// <summary>The queue that it is in, or null.</summary>
    public ResponseQueue? Queue { get; set; }

    public HeldResponse? Older { get; set; }

    public HeldResponse? Newer { get; set; }

    /// <summary>The latest view that shows it, where its readers are counted; null before the first view. Changes only under the store's lock.</summary>
    public MemorySnapshot? View { get; set; }

    /// <summary>The number of recent reads. Called under the store's lock.</summary>
    public int Uses
    {
        get
        {
            View?.HandOutUses();
            return _uses;
        }
    }

    /// <summary>The time of its last use. May be called at any time.</summary>
    public uint UsedAt => View is { UsedAt: not 0 and var seen } ? seen : _usedAt;

    /// <summary>The time of its last use, for tools.</summary>
    public DateTimeOffset LastUse => UseClock.TimeOf(UsedAt);

    /// <summary>Its identity in the queues of ghosts. Two are equal by accident once in billions, which costs only a worse guess.</summary>
    public int Identity => HashCode.Combine(Key.Uri, Key.Scope, Head.Variant);

    /// <summary>Counts the store as a holder of the body's segments. Returns false if they are gone. Called under the store's lock.</summary>
    public bool TryHold() => _holds = Body.Hold is null || Body.Hold.TryShare();

    /// <summary>
    /// Ends the store's hold. Called under the store's lock, when no view that a reader could still find shows the response. A reader with an older view looks again.
    /// </summary>
    public void LetGo()
    {
        if (_holds)
        {
            _holds = false;
            Body.Hold?.Release();
        }
    }

    /// <summary>Adds uses. Called under the store's lock.</summary>
    public void CountUses(int uses) => _uses = (byte)Math.Min(MostUses, _uses + uses);

    /// <summary>Sets the count of uses, and drops the uses counted in the view. Called under the store's lock.</summary>
    public void SetUses(int uses)
    {
        View?.HandOutUses();
        _uses = (byte)uses;
    }

    /// <summary>Sets the time of the last use that a view has counted; 0 for none. Called under the store's lock.</summary>
    public void SetUsedAt(uint time) => _usedAt = time == 0 ? _usedAt : time;
}
