using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace HttpCaching.Redis.Tests.Faults;

/// <summary>Collects what the cache warns of.</summary>
internal sealed class WarningLog : ILoggerFactory, ILogger
{
    private readonly ConcurrentQueue<(string? Name, string Text)> _warnings = new();

    /// <summary>The warnings so far: the name of the event, and all that was said.</summary>
    public IReadOnlyCollection<(string? Name, string Text)> Warnings => _warnings;

    public ILogger CreateLogger(string categoryName) => this;

    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (IsEnabled(logLevel))
        {
            _warnings.Enqueue((eventId.Name, $"{formatter(state, exception)} {exception}"));
        }
    }

    public void Dispose()
    {
    }
}
