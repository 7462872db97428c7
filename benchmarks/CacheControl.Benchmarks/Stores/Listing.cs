namespace HttpCaching.Benchmarks.Stores;

/// <summary>The memory that a list of all entries takes while it is read.</summary>
internal static class Listing
{
    // To ask for the memory takes longer than an entry does.
    private const int Between = 5_000;

    /// <summary>Lists everything.</summary>
    /// <param name="store">The store.</param>
    /// <returns>How many there are, and the most bytes that the process had more than before, with those that wait for the collector.</returns>
    public static (int Count, double MostMebibytes) Measure(IHttpCacheStore store)
    {
        using var cache = new HttpCache(store);
        return MeasureAsync(cache).GetAwaiter().GetResult();
    }

    private static async Task<(int Count, double MostMebibytes)> MeasureAsync(HttpCache cache)
    {
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var (count, most) = (0, 0L);
        await foreach (var _ in cache.ListAsync().ConfigureAwait(false))
        {
            if (++count % Between == 0)
            {
                most = Math.Max(most, GC.GetTotalMemory(forceFullCollection: false) - before);
            }
        }

        return (count, most / 1024.0 / 1024.0);
    }
}
