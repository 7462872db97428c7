using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace HttpCaching.Storage;

/// <summary>The application's logger, which may throw: if a message can't be logged, no request fails, and a store still removes damaged files.</summary>
/// <param name="logger">The logger.</param>
internal sealed class QuietLogger(ILogger logger) : ILogger
{
    /// <summary>The logger of a category; one that logs nowhere if there is no factory, or if it throws.</summary>
    /// <param name="factory">The application's factory.</param>
    /// <param name="category">The category.</param>
    public static ILogger Of(ILoggerFactory? factory, string category)
    {
        try
        {
            return factory is null ? NullLogger.Instance : new QuietLogger(factory.CreateLogger(category));
        }
        catch (Exception)
        {
            return NullLogger.Instance;
        }
    }

    /// <inheritdoc/>
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    /// <inheritdoc/>
    public bool IsEnabled(LogLevel logLevel)
    {
        try
        {
            return logger.IsEnabled(logLevel);
        }
        catch (Exception)
        {
            return false;
        }
    }

    /// <inheritdoc/>
    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        try
        {
            logger.Log(logLevel, eventId, state, exception, formatter);
        }
        catch (Exception)
        {
            // No logger is left for this fault.
        }
    }
}
