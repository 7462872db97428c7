using CacheControl.Model;

namespace CacheControl.Storage.InMemory;

/// <summary>
/// One stored response in memory. Its facts are immutable; its place in a queue changes under the store's lock only;
/// its count of uses is a hint that readers raise without any lock.
/// </summary>
internal sealed class HeldResponse(CacheKey key, StoredResponse head, MemoryBody body)
{
    private const int MostUses = 3;

    private int _uses;

    public CacheKey Key { get; } = key;

    public StoredResponse Head { get; } = head;

    public MemoryBody Body { get; } = body;

    /// <summary>The bytes it counts for.</summary>
    public long Size { get; } = StoredSize.Of(key, head, body.Length);

    /// <summary>The queue it stands in, or null.</summary>
    public ResponseQueue? Queue { get; set; }

    public HeldResponse? Older { get; set; }

    public HeldResponse? Newer { get; set; }

    /// <summary>How often it was read lately; saturates, so that a hot response is not written to.</summary>
    public int Uses => _uses;

    /// <summary>What the queues of ghosts know it by. Equal by accident once in billions, which costs nothing but a worse guess.</summary>
    public int Identity => HashCode.Combine(Key.Uri, Key.Scope, Head.Variant);

    public void CountUse()
    {
        // Lost updates between readers do not matter.
        var uses = _uses;
        if (uses < MostUses)
        {
            _uses = uses + 1;
        }
    }

    public void SetUses(int uses) => _uses = uses;
}
