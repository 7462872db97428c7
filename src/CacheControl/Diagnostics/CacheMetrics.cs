using System.Diagnostics;
using System.Diagnostics.Metrics;
using HttpCaching.Model;

namespace HttpCaching.Diagnostics;

/// <summary>The instruments of the meter <c>CacheControl</c>. Tags have few values: no URL, host or key.</summary>
internal sealed class CacheMetrics : IDisposable
{
    public const string MeterName = "CacheControl";

    private readonly Meter _meter;
    private readonly Counter<long> _requests;
    private readonly Counter<long> _bytes;
    private readonly Counter<long> _storing;
    private readonly Counter<long> _storeFaults;
    private readonly Histogram<double> _storeDuration;
    private readonly Counter<long> _collapsed;
    private readonly Counter<long> _nodeFlights;

    private readonly UserRuleFaults _faults;

    public CacheMetrics(IMeterFactory? factory, UserRuleFaults faults)
    {
        _faults = faults;
        _meter = MeterOf(factory, faults) ?? new Meter(MeterName);
        _requests = _meter.CreateCounter<long>("cachecontrol.requests", "{request}", "Requests by outcome (RFC 9211) and reason.");
        _bytes = _meter.CreateCounter<long>("cachecontrol.body.bytes", "By", "Body bytes given to callers, by where they come from; of bodies whose length is known when the head departs.");
        _storing = _meter.CreateCounter<long>("cachecontrol.storing", "{response}", "Responses of the origin by whether they were stored, and why not.");
        _storeFaults = _meter.CreateCounter<long>("cachecontrol.store.faults", "{fault}", "Store operations that failed.");
        _collapsed = _meter.CreateCounter<long>("cachecontrol.collapsed", "{request}", "Requests that waited for the exchange of another request, by result.");
        _nodeFlights = _meter.CreateCounter<long>("cachecontrol.flights", "{request}", "Requests that checked if another process asks the origin, by result.");
        _storeDuration = _meter.CreateHistogram<double>("cachecontrol.store.duration", "s", "Duration of store operations.");
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

    public void StoreFault(string operation) => Add(_storeFaults, 1, new KeyValuePair<string, object?>("operation", operation));

    public void StoreOperation(string operation, TimeSpan duration)
    {
        try
        {
            _storeDuration.Record(duration.TotalSeconds, new KeyValuePair<string, object?>("operation", operation));
        }
        catch (Exception exception)
        {
            _faults.Note(UserRule.MeterListener, exception);
        }
    }

    public void Dispose() => _meter.Dispose();

    private void Tell(CacheStatus status)
    {
        var tags = new TagList
        {
            { "outcome", status.Hit ? "hit" : status.Generated ? "generated" : "fwd" },
            { "reason", status.Reason.ToString() },
        };
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
    private void Add(Counter<long> counter, long count, KeyValuePair<string, object?> tag)
    {
        try
        {
            counter.Add(count, tag);
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
