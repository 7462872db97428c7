using System.Diagnostics.Metrics;

namespace HttpCaching.Diagnostics;

/// <summary>
/// The gauges of one cache, read when a listener collects. The platform keeps a meter and its instruments until the meter is disposed, and a meter of a factory outlives the cache. So the
/// instruments hold nothing of the cache: one that its owner forgets to dispose is collected.
/// </summary>
internal sealed class CacheGauges : IDisposable
{
    private readonly Sources _sources;

    /// <summary>Makes the gauges, which tell something until this is disposed or collected.</summary>
    /// <param name="meter">The meter.</param>
    /// <param name="tags">The tags of every measurement.</param>
    /// <param name="faults">Where a failure is noted.</param>
    /// <param name="stores">Reads the sizes of the store.</param>
    /// <param name="flights">Counts the flights.</param>
    /// <param name="isCircuitOpen">Whether the store is left alone.</param>
    public CacheGauges(
        Meter meter, KeyValuePair<string, object?>[] tags, UserRuleFaults faults, Func<IReadOnlyList<StoreReading>> stores, Func<int> flights, Func<bool> isCircuitOpen)
    {
        _sources = new Sources(stores, flights, isCircuitOpen);
        var gauges = new Readings(tags, faults, new WeakReference<Sources>(_sources));
        meter.CreateObservableGauge("cachecontrol.store.entries", () => gauges.Read(static store => store.Entries), "{response}", "Stored responses now.");
        meter.CreateObservableGauge("cachecontrol.store.size", () => gauges.Read(static store => store.Bytes), "By", "Bytes of the stored responses now.");
        meter.CreateObservableGauge("cachecontrol.store.limit", () => gauges.Read(static store => store.MaximumBytes), "By", "The most bytes that the store keeps.");
        meter.CreateObservableCounter("cachecontrol.store.evictions", () => gauges.Read(static store => store.Evictions), "{response}", "Stored responses that this process removed to make room.");
        meter.CreateObservableGauge("cachecontrol.store.circuit", () => gauges.Read(static all => all.IsCircuitOpen() ? 1 : 0), null, "1 while the circuit is open and the store is not asked, else 0.");
        meter.CreateObservableGauge("cachecontrol.flights.active", () => gauges.Read(static all => all.Flights()), "{flight}", "Exchanges with the origin now that other requests may join.");
    }

    /// <inheritdoc/>
    public void Dispose() => _sources.End();

    private sealed class Readings(KeyValuePair<string, object?>[] tags, UserRuleFaults faults, WeakReference<Sources> sources)
    {
        public List<Measurement<long>> Read(Func<StoreReading, long> value)
        {
            List<Measurement<long>> measurements = [];
            try
            {
                foreach (var store in Known()?.Stores() ?? [])
                {
                    measurements.Add(new Measurement<long>(value(store), store.Tier is { } tier ? [.. tags, new("tier", tier)] : tags));
                }
            }
            catch (Exception exception)
            {
                // A store that fails has no size to tell; the other instruments have.
                faults.Note(UserRule.StoreUsage, exception);
            }

            return measurements;
        }

        public Measurement<int>[] Read(Func<Sources, int> value) => Known() is { } known ? [new Measurement<int>(value(known), tags)] : [];

        private Sources? Known() => sources.TryGetTarget(out var known) && !known.HasEnded ? known : null;
    }

    private sealed class Sources(Func<IReadOnlyList<StoreReading>> stores, Func<int> flights, Func<bool> isCircuitOpen)
    {
        private volatile bool _hasEnded;

        public Func<IReadOnlyList<StoreReading>> Stores => stores;

        public Func<int> Flights => flights;

        public Func<bool> IsCircuitOpen => isCircuitOpen;

        public bool HasEnded => _hasEnded;

        public void End() => _hasEnded = true;
    }
}
