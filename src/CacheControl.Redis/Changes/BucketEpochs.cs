using HttpCaching.Redis.Keys;

namespace HttpCaching.Redis.Changes;

/// <summary>
/// The last known epoch of each bucket. A removal of everything, or by a prefix that names no whole origin, gives every bucket another epoch. A commit
/// or a new head counts only in the epoch of its snapshot. A removal by tag, or by another prefix, gives every bucket a higher number. It refuses only responses that have
/// the tag, or are of the origin, and were read at a lower number.
/// The engine compares. The epoch known here may be old; then a commit too many is refused, never one too few.
/// </summary>
internal sealed class BucketEpochs
{
    /// <summary>The modulus of the numbers in marks: as milliseconds three days, far beyond the longest exchange.</summary>
    public const long NumberRange = 1L << NumberBits;

    /// <summary>The number of hexadecimal digits of a stamp in a mark.</summary>
    public const int StampDigits = (64 - NumberBits) / 4;

    private const int NumberBits = 28;

    private readonly BucketEpoch?[] _seen = new BucketEpoch?[StoreKeys.Buckets];

    /// <summary>The last known epoch; <see langword="null"/> if none.</summary>
    public BucketEpoch? this[int bucket] => Volatile.Read(ref _seen[bucket]);

    /// <summary>Records the values from the engine.</summary>
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

    /// <summary>The first digits of the stamp in a mark, if the mark was made in this epoch; other digits if not.</summary>
    public static ulong StampOf(long mark, ulong epoch) => (unchecked((ulong)mark) ^ Mix(epoch)) >> NumberBits;

    /// <summary>The end of the number in a mark.</summary>
    public static long NumberOf(long mark) => mark & (NumberRange - 1);

    // Stamps and epochs are drawn from the same numbers: without this, equal pairs would give equal marks.
    private static ulong Mix(ulong epoch) => unchecked(epoch * 0x9E3779B97F4A7C15UL);
}
