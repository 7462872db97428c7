namespace HttpCaching.Sqlite.Engine;

/// <summary>
/// How much of the file is empty. Pages that eviction frees are soon used again, and it frees an eighth of a full store at most: so much is left. A file
/// that is emptier than that by far has seen its limits lowered, or been cleared, and is shortened.
/// </summary>
/// <param name="Pages">The pages of the file.</param>
/// <param name="Free">Those of them that nothing stands in.</param>
internal readonly record struct FileSpace(long Pages, long Free)
{
    private const int LeastFreePages = 1024;
    private const int ReserveParts = 8;
    private const int MostFreeParts = 4;

    /// <summary>Whether the file should be shortened now.</summary>
    public bool IsWasteful => Free > LeastFreePages && Free > Pages / MostFreeParts;

    /// <summary>Whether there are more free pages than should be left when it is.</summary>
    public bool IsAboveReserve => Free > Pages / ReserveParts;
}
