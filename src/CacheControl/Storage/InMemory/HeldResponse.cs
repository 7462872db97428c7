namespace HttpCaching.Storage.InMemory;

/// <summary>
/// One stored response in memory. Its facts are immutable; its place in a queue changes under the store's lock only;
/// its count of uses is a hint, most of which readers leave with the view of its key.
/// </summary>
internal sealed class HeldResponse(CacheKey key, StoredResponse head, MemoryBody body)
{
    /// <summary>Where the count of uses ends, so that what is hot is not written to.</summary>
    public const int MostUses = 3;

    private int _uses;
    private bool _holds;

    public CacheKey Key { get; } = key;

    public StoredResponse Head { get; } = head;

    public MemoryBody Body { get; } = body;

    /// <summary>The bytes it counts for.</summary>
    public long Size { get; } = StoredSize.Of(key, head, body.TakenBytes);

    /// <summary>The queue it stands in, or null.</summary>
    public ResponseQueue? Queue { get; set; }

    public HeldResponse? Older { get; set; }

    public HeldResponse? Newer { get; set; }

    /// <summary>The latest view that shows it, where its readers are counted; null before it is shown. Changes under the store's lock only.</summary>
    public MemorySnapshot? View { get; set; }

    /// <summary>How often it was read lately. Called under the store's lock.</summary>
    public int Uses
    {
        get
        {
            View?.HandOutUses();
            return _uses;
        }
    }

    /// <summary>What the queues of ghosts know it by. Equal by accident once in billions, which costs nothing but a worse guess.</summary>
    public int Identity => HashCode.Combine(Key.Uri, Key.Scope, Head.Variant);

    /// <summary>Counts the store among those who hold the body's segments; false if they are gone. Called under the store's lock.</summary>
    public bool TryHold() => _holds = Body.Hold is null || Body.Hold.TryShare();

    /// <summary>
    /// Ends that. Called under the store's lock, once the response is in no view that a reader could still find: who finds an older one looks again.
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
    public void CountUses(int uses) => _uses = Math.Min(MostUses, _uses + uses);

    /// <summary>Sets the count, whatever was left with the view. Called under the store's lock.</summary>
    public void SetUses(int uses)
    {
        View?.HandOutUses();
        _uses = uses;
    }
}
