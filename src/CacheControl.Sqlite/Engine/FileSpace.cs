namespace HttpCaching.Sqlite.Engine;

/// <summary>
/// The empty part of the file. Pages that eviction frees are soon used again, and it frees an eighth of a full store at most, so that much stays. If a file
/// is much emptier, its limits were lowered or it was cleared, and it is shortened.
/// </summary>
/// <param name="Pages">The pages of the file.</param>
/// <param name="Free">The unused pages among them.</param>
internal readonly record struct FileSpace(long Pages, long Free)
{
    private const int LeastFreePages = 1024;
    private const int ReserveParts = 8;
    private const int MostFreeParts = 4;

    /// <summary>Whether the file should be shortened now.</summary>
    public bool IsWasteful => Free > LeastFreePages && Free > Pages / MostFreeParts;

    /// <summary>Whether there are more free pages than should stay after shortening.</summary>
    public bool IsAboveReserve => Free > Pages / ReserveParts;
}
