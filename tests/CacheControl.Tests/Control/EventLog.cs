using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace HttpCaching.Tests.Control;

/// <summary>Collects what is logged, and tells who waits for an event when it has happened.</summary>
/// <param name="least">The least level that is taken.</param>
internal sealed class EventLog(LogLevel least = LogLevel.Information) : ILoggerFactory, ILogger
{
    private readonly ConcurrentDictionary<string, TaskCompletionSource> _events = new();

    public ConcurrentQueue<string> Messages { get; } = new();

    /// <summary>Ends when an event of this name has been logged.</summary>
    public Task UntilAsync(string name) => EventOf(name).Task.WaitAsync(TimeSpan.FromMinutes(1));

    public void AddProvider(ILoggerProvider provider)
    {
    }

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= least;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        Messages.Enqueue(formatter(state, exception) + exception);
        EventOf(eventId.Name!).TrySetResult();
    }

    public void Dispose()
    {
    }

    private TaskCompletionSource EventOf(string name) => _events.GetOrAdd(name, static _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
}
