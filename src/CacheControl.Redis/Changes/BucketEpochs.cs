using CacheControl.Redis.Keys;

namespace CacheControl.Redis.Changes;

/// <summary>
/// The epoch of each bucket as the store has seen it last. A removal of many URIs gives every bucket another epoch, and a commit counts only in the epoch that
/// its snapshot was read in. The engine compares; what is remembered here may be old, and then a commit too much is refused, never one too few.
/// </summary>
internal sealed class BucketEpochs
{
    private readonly ulong[] _seen = new ulong[StoreKeys.Buckets];

    /// <summary>The epoch seen last; 0 if none.</summary>
    public ulong this[int bucket] => Volatile.Read(ref _seen[bucket]);

    /// <summary>Notes what the engine has told.</summary>
    public void Note(int bucket, ulong epoch) => Volatile.Write(ref _seen[bucket], epoch);

    /// <summary>The opaque mark of a snapshot: two numbers as one, of which the one gives the other.</summary>
    /// <param name="stamp">The stamp of the URI.</param>
    /// <param name="epoch">The epoch of its bucket.</param>
    public static long Join(ulong stamp, ulong epoch) => unchecked((long)(stamp ^ Mix(epoch)));

    /// <summary>The stamp of the URI that a mark holds, if it was made in this epoch; some other number if not.</summary>
    public static ulong StampOf(long mark, ulong epoch) => unchecked((ulong)mark) ^ Mix(epoch);

    // Stamps and epochs are drawn from the same numbers: without this a pair of equal ones would give a mark that others have too.
    private static ulong Mix(ulong epoch) => unchecked(epoch * 0x9E3779B97F4A7C15UL);
}
