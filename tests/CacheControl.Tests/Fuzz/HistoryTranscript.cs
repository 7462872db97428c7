using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Globalization;
using Microsoft.Extensions.Logging;

namespace HttpCaching.Tests.Fuzz;

/// <summary>Everything that can be seen of a history: each answer with its status, each body, each log line, each count.</summary>
internal sealed class HistoryTranscript : ILoggerFactory, ILogger, IMeterFactory
{
    private readonly MeterListener _listener = new();
    private readonly List<Meter> _meters = [];

    public HistoryTranscript(bool isOfWalk)
    {
        IsOfWalk = isOfWalk;
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            // How long something takes differs, how often it is measured must not.
            if (_meters.Contains(instrument.Meter) && !instrument.IsObservable)
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<double>((instrument, _, tags, _) => Measured(instrument, "", tags));
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Measured(instrument, value.ToString(CultureInfo.InvariantCulture), tags));
        _listener.Start();
    }

    /// <summary>Whether the straight path is turned off.</summary>
    public bool IsOfWalk { get; }

    /// <summary>The lines of each step. Their order is no part of it: a validation in the background adds some.</summary>
    public List<ConcurrentQueue<string>> Steps { get; } = [[]];

    /// <summary>How many requests the straight path could answer.</summary>
    public int Straight { get; private set; }

    /// <summary>Notes a request before it is sent.</summary>
    public void Begin(HttpRequestMessage request, HttpCache cache)
    {
        Steps.Add([]);
        using var hit = cache.Controller.Straight?.TryAnswer(request);
        Steps[^1] = new([$"{request.Method} {request.RequestUri}"]);
        Straight += hit is null ? 0 : 1;
    }

    /// <summary>Notes an answer.</summary>
    public void Add(HttpResponseMessage response, int calls)
    {
        var status = response.GetCacheStatus()!;
        Add($"{(int)response.StatusCode} {response.ReasonPhrase} {response.Version} after {calls} calls, {response.Content.GetType().Name}");
        Add($"{status} {status.Key} {status.Reason} {status.Age} {status.TimeToLive} {status.Source} {status.Forward}");
        Add(string.Join(" | ", response.Headers.NonValidated.Concat(response.Content.Headers.NonValidated).Select(header => $"{header.Key}: {header.Value}")));
        Add($"for {response.RequestMessage!.RequestUri}");
    }

    /// <summary>Notes a body that was read.</summary>
    public void Add(byte[] body) => Add(Convert.ToHexString(body));

    private void Add(string line) => Steps[^1].Enqueue(line);

    public void Dispose()
    {
        _listener.Dispose();
        _meters.ForEach(meter => meter.Dispose());
    }

    ILogger ILoggerFactory.CreateLogger(string categoryName) => this;

    void ILoggerFactory.AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

    IDisposable? ILogger.BeginScope<TState>(TState state) => null;

    bool ILogger.IsEnabled(LogLevel logLevel) => true;

    void ILogger.Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        Add($"{logLevel} {eventId.Id} {formatter(state, exception)} {exception?.GetType().Name}");

    Meter IMeterFactory.Create(MeterOptions options)
    {
        var meter = new Meter(options);
        _meters.Add(meter);
        return meter;
    }

    private void Measured(Instrument instrument, string value, ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
        Add($"{instrument.Name} {value} {string.Join(' ', tags.ToArray().Select(tag => $"{tag.Key}={tag.Value}"))}");
}
