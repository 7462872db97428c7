using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace HttpCaching.StressHost;

/// <summary>Collects warnings: the cache hides faults of its store from callers, and here there must be none to hide.</summary>
internal sealed class FaultLog(ConcurrentQueue<string> faults) : ILoggerFactory, ILogger
{
    public ILogger CreateLogger(string categoryName) => this;

    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (IsEnabled(logLevel))
        {
            faults.Enqueue($"{formatter(state, exception)} {exception}".ReplaceLineEndings(" "));
        }
    }

    public void Dispose()
    {
    }
}
