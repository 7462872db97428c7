using System.Collections.Immutable;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using HttpCaching.Model;

namespace HttpCaching.Diagnostics;

/// <summary>The instruments of the meter <c>CacheControl</c>. Tags have few values: no URL, host or key.</summary>
internal sealed class CacheMetrics : IDisposable
{
    public const string MeterName = "CacheControl";

    /// <summary>A store in memory takes microseconds, a disk or a network milliseconds, and one that hangs seconds. OpenTelemetry's own boundaries begin at 5.</summary>
    public static readonly ImmutableArray<double> Buckets =
        [0.000001, 0.0000025, 0.000005, 0.00001, 0.000025, 0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

    private readonly Meter _meter;
    private readonly Counter<long> _requests;
    private readonly Counter<long> _bytes;
    private readonly Counter<long> _storing;
    private readonly Counter<long> _storeFaults;
    private readonly Histogram<double> _storeDuration;
    private readonly Counter<long> _collapsed;
    private readonly Counter<long> _nodeFlights;
    private readonly Counter<long> _background;
    private readonly Counter<long> _droppedEvents;

    private readonly UserRuleFaults _faults;
    private readonly KeyValuePair<string, object?>[] _client;
    private CacheGauges? _gauges;

    /// <summary>Makes the meter and its instruments, but for the gauges.</summary>
    /// <param name="factory">Makes the meter; null for a meter of the cache's own.</param>
    /// <param name="faults">Where listeners that throw are noted.</param>
    /// <param name="client">The name of the client, a tag of every measurement; null for none.</param>
    public CacheMetrics(IMeterFactory? factory, UserRuleFaults faults, string? client = null)
    {
        _faults = faults;
        _client = client is null ? [] : [new("client", client)];
        _meter = MeterOf(factory, faults) ?? new Meter(MeterName);
        _requests = _meter.CreateCounter<long>("cachecontrol.requests", "{request}", "Requests by outcome (RFC 9211) and reason.");
        _bytes = _meter.CreateCounter<long>("cachecontrol.body.bytes", "By", "Body bytes given to callers, by where they come from; of bodies whose length is known when the head departs.");
        _storing = _meter.CreateCounter<long>("cachecontrol.storing", "{response}", "Responses of the origin by whether they were stored, and why not.");
        _storeFaults = _meter.CreateCounter<long>("cachecontrol.store.faults", "{fault}", "Store operations that failed.");
        _collapsed = _meter.CreateCounter<long>("cachecontrol.collapsed", "{request}", "Requests that waited for the exchange of another request, by result.");
        _nodeFlights = _meter.CreateCounter<long>("cachecontrol.flights", "{request}", "Requests that checked if another process asks the origin, by result.");
        _background = _meter.CreateCounter<long>("cachecontrol.background", "{validation}", "Validations without a caller, by result.");
        _droppedEvents = _meter.CreateCounter<long>("cachecontrol.observer.dropped", "{event}", "Events that an observer was not told because it is too slow.");
        _storeDuration = _meter.CreateHistogram<double>("cachecontrol.store.duration", "s", "Duration of store operations.", advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = Buckets });
    }

    public bool CountsBytes => _bytes.Enabled;

    public bool MeasuresStore => _storeDuration.Enabled;

    /// <summary>Counts a request that is answered.</summary>
    public void Request(CacheStatus status)
    {
        if (_requests.Enabled)
        {
            Tell(status);
        }
    }

    /// <summary>Counts a response whose storing has ended, or that is not stored at all.</summary>
    /// <param name="reason">The reason why it is not stored; null if it is.</param>
    public void Storing(NotStoredReason? reason)
    {
        if (_storing.Enabled)
        {
            Add(_storing, 1, new KeyValuePair<string, object?>("outcome", reason is { } known ? CacheStatusNames.DetailOf(known) : "stored"));
        }
    }

    /// <summary>Counts body bytes.</summary>
    /// <param name="count">The number of bytes.</param>
    /// <param name="source">The source: cache, origin, or collapsed for the body of another request.</param>
    public void Bytes(long count, string source)
    {
        if (count > 0)
        {
            Add(_bytes, count, new KeyValuePair<string, object?>("source", source));
        }
    }

    /// <summary>Counts a request that found a flight: shared, validated, failed with it, or asked the origin itself: alone, unshared, overdue.</summary>
    public void Collapsed(string outcome) => Add(_collapsed, 1, new KeyValuePair<string, object?>("outcome", outcome));

    /// <summary>Counts a request that asked other processes: led, or, after a wait, its result: waited, refused, failed, overdue, lost.</summary>
    public void NodeFlight(string outcome) => Add(_nodeFlights, 1, new KeyValuePair<string, object?>("outcome", outcome));

    /// <summary>Counts a validation without a caller: done, failed, or refused because too many are running.</summary>
    public void Background(string outcome) => Add(_background, 1, new KeyValuePair<string, object?>("outcome", outcome));

    public void EventDropped() => Add(_droppedEvents, 1, null);

    public void StoreFault(string operation) => Add(_storeFaults, 1, new KeyValuePair<string, object?>("operation", operation));

    public void StoreOperation(string operation, TimeSpan duration)
    {
        try
        {
            var tag = new KeyValuePair<string, object?>("operation", operation);
            if (_client.Length == 0)
            {
                _storeDuration.Record(duration.TotalSeconds, tag);
            }
            else
            {
                _storeDuration.Record(duration.TotalSeconds, tag, _client[0]);
            }
        }
        catch (Exception exception)
        {
            _faults.Note(UserRule.MeterListener, exception);
        }
    }

    /// <summary>Adds the gauges, which need the store.</summary>
    /// <param name="stores">Reads the sizes of the store.</param>
    /// <param name="flights">Counts the flights.</param>
    /// <param name="isCircuitOpen">Whether the store is left alone.</param>
    public void AddGauges(Func<IReadOnlyList<StoreReading>> stores, Func<int> flights, Func<bool> isCircuitOpen) =>
        _gauges = new CacheGauges(_meter, _client, _faults, stores, flights, isCircuitOpen);

    public void Dispose()
    {
        _gauges?.Dispose();
        _meter.Dispose();
    }

    private void Tell(CacheStatus status)
    {
        var tags = new TagList
        {
            { "outcome", CacheStatusNames.OutcomeOf(status) },
            { "reason", status.Reason.ToString() },
        };
        if (_client.Length > 0)
        {
            tags.Add(_client[0]);
        }

        if (status is { Hit: false, Generated: false })
        {
            tags.Add("fwd", CacheStatusNames.Of(status.Forward));
            tags.Add("stored", status.Stored || status.Storing);
        }

        if (status.NotStored is { } reason)
        {
            tags.Add("not_stored", CacheStatusNames.DetailOf(reason));
        }

        try
        {
            _requests.Add(1, tags);
        }
        catch (Exception exception)
        {
            _faults.Note(UserRule.MeterListener, exception);
        }
    }

    // Listeners run on the thread of the request, and their exceptions would surface here.
    private void Add(Counter<long> counter, long count, KeyValuePair<string, object?>? own)
    {
        try
        {
            if (own is not { } tag)
            {
                counter.Add(count, _client);
            }
            else if (_client.Length == 0)
            {
                counter.Add(count, tag);
            }
            else
            {
                counter.Add(count, tag, _client[0]);
            }
        }
        catch (Exception exception)
        {
            _faults.Note(UserRule.MeterListener, exception);
        }
    }

    private static Meter? MeterOf(IMeterFactory? factory, UserRuleFaults faults)
    {
        try
        {
            return factory?.Create(MeterName);
        }
        catch (Exception exception)
        {
            faults.Note(UserRule.MeterFactory, exception);
            return null;
        }
    }
}
