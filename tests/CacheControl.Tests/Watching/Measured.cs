using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace HttpCaching.Tests.Watching;

/// <summary>The measurements of the caches whose meters were made here.</summary>
internal sealed class Measured : IMeterFactory
{
    private readonly MeterListener _listener = new();
    private readonly ConcurrentDictionary<string, Meter> _meters = new();

    /// <param name="listens">False to make the meters and listen to none.</param>
    public Measured(bool listens = true)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (ReferenceEquals(instrument.Meter.Scope, this))
            {
                Instruments[instrument.Name] = instrument;
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Note(instrument, value, tags));
        _listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Note(instrument, value, tags));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Note(instrument, value, tags));
        if (listens)
        {
            _listener.Start();
        }
    }

    public ConcurrentDictionary<string, Instrument> Instruments { get; } = new();

    /// <summary>The values by instrument and tags: "name a=b c=d". Values of one name add up, but for gauges.</summary>
    public ConcurrentDictionary<string, double> Values { get; } = new();

    /// <summary>As a real factory does: one meter for a name, which its users can't dispose.</summary>
    public Meter Create(MeterOptions options) => _meters.GetOrAdd(options.Name, name => new SharedMeter(name, this));

    /// <summary>Listens to one instrument of all caches in the process.</summary>
    public static MeterListener Listen(string name)
    {
        var listener = new MeterListener
        {
            InstrumentPublished = (instrument, self) =>
            {
                if (instrument.Name == name)
                {
                    self.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.Start();
        return listener;
    }

    /// <summary>Reads the gauges.</summary>
    public void Collect()
    {
        foreach (var key in Values.Keys.Where(key => Instruments[key.Split(' ')[0]].IsObservable))
        {
            Values.TryRemove(key, out _);
        }

        _listener.RecordObservableInstruments();
    }

    public void Dispose() => _listener.Dispose();

    private void Note(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var key = string.Join(' ', [instrument.Name, .. tags.ToArray().Select(tag => $"{tag.Key}={tag.Value}")]);
        Values.AddOrUpdate(key, value, (_, old) => instrument.IsObservable ? value : old + value);
    }

    private sealed class SharedMeter(string name, object scope) : Meter(new MeterOptions(name) { Scope = scope })
    {
        protected override void Dispose(bool disposing)
        {
        }
    }
}
