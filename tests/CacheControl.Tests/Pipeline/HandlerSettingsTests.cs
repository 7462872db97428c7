using System.Diagnostics.Metrics;
using HttpCaching.Diagnostics;
using HttpCaching.Tests.Control;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace HttpCaching.Tests.Pipeline;

/// <summary>A handler without registration logs and measures as one with it, and no logger or meter that throws harms a request.</summary>
public sealed class HandlerSettingsTests
{
    public enum Fault
    {
        LoggerFactory,
        Logger,
        MeterFactory,
        Listener,
    }

    [Fact]
    public async Task Handler_WithSettings_UsesEachOfThem()
    {
        var (origin, log, time, meters) = (new ScriptedOrigin(), new EventLog(LogLevel.Debug), new FakeTimeProvider(), new Meters());
        using var store = new MemoryHttpCacheStore();
        var counted = new List<string>();
        using var listener = ListenerTo(meters, instrument => counted.Add(instrument.Name));
        origin.Otherwise = _ => ScriptedOrigin.Response(200, "x", ("Date", time.GetUtcNow().ToString("r")));
        var settings = new CachingHandlerSettings
        {
            Store = store,
            Options = new HttpCacheOptions { DefaultFreshnessLifetime = TimeSpan.FromMinutes(1) },
            TimeProvider = time,
            LoggerFactory = log,
            MeterFactory = meters,
        };
        using var client = new HttpClient(new CachingHandler(settings) { InnerHandler = origin });

        await client.GetStringAsync("http://h/");
        await client.GetStringAsync("http://h/");
        time.Advance(TimeSpan.FromMinutes(2));
        await client.GetStringAsync("http://h/");

        origin.Requests.Should().HaveCount(2, "the clock is the one that was given");
        store.Count.Should().Be(1);
        log.Messages.Should().NotBeEmpty();
        counted.Should().Contain("cachecontrol.requests");
    }

    [Fact]
    public void Handler_WithoutSettings_IsRefused()
    {
        var make = () => new CachingHandler((CachingHandlerSettings)null!);

        make.Should().Throw<ArgumentNullException>();
    }

    [Theory]
    [InlineData(Fault.LoggerFactory, true)]
    [InlineData(Fault.Logger, true)]
    [InlineData(Fault.MeterFactory, true)]
    [InlineData(Fault.Listener, true)]
    [InlineData(Fault.LoggerFactory, false)]
    [InlineData(Fault.Logger, false)]
    [InlineData(Fault.MeterFactory, false)]
    [InlineData(Fault.Listener, false)]
    public async Task Handler_LoggerOrMeterThrows_RequestsSucceedAndHit(Fault fault, bool async)
    {
        var (origin, log, meters) = (new ScriptedOrigin(), new EventLog(), new Meters { Throws = fault == Fault.MeterFactory });
        using var listener = fault == Fault.Listener ? ListenerTo(meters, _ => throw new InvalidOperationException("of the listener")) : null;
        origin.Otherwise = _ => ScriptedOrigin.Response(200, "x", ("Cache-Control", "max-age=60"));
        var settings = new CachingHandlerSettings
        {
            LoggerFactory = fault is Fault.LoggerFactory or Fault.Logger ? new ThrowingLogs(atOnce: fault == Fault.LoggerFactory) : log,
            MeterFactory = meters,
        };
        using var client = new HttpClient(new CachingHandler(settings) { InnerHandler = origin });

        for (var i = 0; i < 3; i++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "http://h/");
            using var response = async ? await client.SendAsync(request) : client.Send(request);
            (await response.Content.ReadAsStringAsync()).Should().Be("x");
        }

        origin.Requests.Should().HaveCount(1);
        if (fault is Fault.MeterFactory or Fault.Listener)
        {
            log.Messages.Should().ContainSingle(m => m.Contains("Meter", StringComparison.Ordinal), "it is told once");
        }
    }

    private static MeterListener ListenerTo(Meters meters, Action<Instrument> measured)
    {
        var listener = new MeterListener
        {
            InstrumentPublished = (instrument, l) =>
            {
                if (instrument.Meter.Name == CacheMetrics.MeterName && ReferenceEquals(instrument.Meter.Scope, meters))
                {
                    l.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>((instrument, _, _, _) => measured(instrument));
        listener.SetMeasurementEventCallback<double>((instrument, _, _, _) => measured(instrument));
        listener.Start();
        return listener;
    }

    private sealed class Meters : IMeterFactory
    {
        public bool Throws { get; init; }

        public Meter Create(MeterOptions options) =>
            Throws ? throw new InvalidOperationException("of the factory") : new(options.Name, options.Version, options.Tags, scope: this);

        public void Dispose()
        {
        }
    }

    private sealed class ThrowingLogs(bool atOnce) : ILoggerFactory, ILogger
    {
        public void AddProvider(ILoggerProvider provider)
        {
        }

        public ILogger CreateLogger(string categoryName) => atOnce ? throw new ObjectDisposedException("of the factory") : this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => throw new InvalidOperationException("of the logger");

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            throw new InvalidOperationException("of the logger");

        public void Dispose()
        {
        }
    }
}
