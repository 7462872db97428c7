using HttpCaching.Diagnostics;

namespace HttpCaching;

/// <content>Numbers.</content>
public sealed partial class HttpCache
{
    /// <inheritdoc/>
    public async Task<CacheStatistics> GetStatisticsAsync(CancellationToken cancellationToken = default)
    {
        // A store may read a file for it.
        var usage = await Task.Run(ReadUsage, cancellationToken).ConfigureAwait(false);
        var totals = _services.Tally.Read();
        return new CacheStatistics
        {
            Since = _since,
            Entries = usage?.Entries,
            Bytes = usage?.Bytes,
            MaximumBytes = usage?.MaximumBytes,
            Evictions = usage?.Evictions,
            Hits = totals.Hits,
            Validations = totals.Validations,
            Misses = totals.Misses,
            BytesFromCache = totals.BytesFromCache,
            BytesFromOrigin = totals.BytesFromOrigin,
            TimeSaved = totals.MeanWait * totals.Hits,
        };
    }

    /// <summary>The size of the store, of tiers that of the one behind, which has everything. Null if it does not tell, or fails to.</summary>
    private HttpCacheStoreUsage? ReadUsage()
    {
        try
        {
            return (StoreTiers.WholeOf(_store) as IHttpCacheStoreUsage)?.GetUsage();
        }
        catch (Exception exception)
        {
            _faults.Note(UserRule.StoreUsage, exception);
            return null;
        }
    }
}
