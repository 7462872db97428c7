using HttpCaching.Redis.Keys;

namespace HttpCaching.Redis.Changes;

/// <summary>
/// The epoch of each bucket as the store has seen it last. A removal of everything, or by a prefix that names no origin whole, gives every bucket another epoch, and a commit
/// or a new head counts only in the epoch that its snapshot was read in. A removal by tag, or by another prefix, gives every bucket a higher number, and refuses only those that have
/// the tag, or are of the origin, and were read at a lower one.
/// The engine compares; what is remembered here may be old, and then a commit too much is refused, never one too few.
/// </summary>
internal sealed class BucketEpochs
{
    /// <summary>To how much the numbers in marks are counted: as milliseconds three days, far beyond what an exchange may take.</summary>
    public const long NumberRange = 1L << NumberBits;

    /// <summary>How many hexadecimal digits of a stamp a mark tells.</summary>
    public const int StampDigits = (64 - NumberBits) / 4;

    private const int NumberBits = 28;

    private readonly BucketEpoch?[] _seen = new BucketEpoch?[StoreKeys.Buckets];

    /// <summary>The epoch seen last; <see langword="null"/> if none.</summary>
    public BucketEpoch? this[int bucket] => Volatile.Read(ref _seen[bucket]);

    /// <summary>Notes what the engine has told.</summary>
    public BucketEpoch Note(int bucket, ulong epoch, long number)
    {
        if (this[bucket] is { } seen && seen.Epoch == epoch && seen.Number == number)
        {
            return seen;
        }

        var told = new BucketEpoch(epoch, number);
        Volatile.Write(ref _seen[bucket], told);
        return told;
    }

    /// <summary>The opaque mark of a snapshot: the beginning of the stamp, mixed with the epoch, and the end of the number.</summary>
    /// <param name="stamp">The stamp of the URI.</param>
    /// <param name="epoch">The epoch of its bucket.</param>
    public static long Join(ulong stamp, BucketEpoch epoch) =>
        unchecked((long)(((stamp ^ Mix(epoch.Epoch)) & ~(ulong)(NumberRange - 1)) | ((ulong)epoch.Number & (ulong)(NumberRange - 1))));

    /// <summary>The first digits of the stamp that a mark holds, if it was made in this epoch; some others if not.</summary>
    public static ulong StampOf(long mark, ulong epoch) => (unchecked((ulong)mark) ^ Mix(epoch)) >> NumberBits;

    /// <summary>The end of the number that a mark holds.</summary>
    public static long NumberOf(long mark) => mark & (NumberRange - 1);

    // Stamps and epochs are drawn from the same numbers: without this a pair of equal ones would give a mark that others have too.
    private static ulong Mix(ulong epoch) => unchecked(epoch * 0x9E3779B97F4A7C15UL);
}
