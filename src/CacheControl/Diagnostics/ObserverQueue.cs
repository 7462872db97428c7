using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace HttpCaching.Diagnostics;

/// <summary>The events on their way to one observer. A request only writes to the queue: it waits for nothing, and no exception of the observer reaches it.</summary>
internal sealed class ObserverQueue
{
    /// <summary>The most events that wait. Above it the oldest are dropped.</summary>
    public const int Capacity = 1000;

    private readonly IHttpCacheObserver _observer;
    private readonly ILogger _logger;
    private readonly Channel<HttpCacheEvent> _events;
    private int _hasFallenBehind;

    /// <summary>Makes the queue, and begins to empty it.</summary>
    /// <param name="observer">The observer.</param>
    /// <param name="kinds">What it wants to be told.</param>
    /// <param name="logger">Where its first exception and its first lost event are logged.</param>
    /// <param name="dropped">Counts an event that is dropped.</param>
    public ObserverQueue(IHttpCacheObserver observer, HttpCacheEventKinds kinds, ILogger logger, Action dropped)
    {
        (_observer, _logger, Kinds) = (observer, logger, kinds);
        var options = new BoundedChannelOptions(Capacity) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true };
        _events = Channel.CreateBounded<HttpCacheEvent>(options, _ =>
        {
            dropped();
            if (Interlocked.Exchange(ref _hasFallenBehind, 1) == 0)
            {
                Log.ObserverBehind(_logger, Name);
            }
        });
        using (ExecutionContext.SuppressFlow())
        {
            Emptied = Task.Run(EmptyAsync);
        }
    }

    /// <summary>The kinds of events that the observer wants.</summary>
    public HttpCacheEventKinds Kinds { get; }

    /// <summary>Ends when the queue is closed and empty.</summary>
    public Task Emptied { get; }

    private string Name => $"The observer {_observer.GetType().Name}";

    /// <summary>Adds an event.</summary>
    public void Add(HttpCacheEvent cacheEvent) => _events.Writer.TryWrite(cacheEvent);

    /// <summary>Takes no more events. The observer still gets those that wait.</summary>
    public void Close() => _events.Writer.TryComplete();

    private async Task EmptyAsync()
    {
        var hasThrown = false;
        await foreach (var cacheEvent in _events.Reader.ReadAllAsync().ConfigureAwait(false))
        {
            try
            {
                _observer.OnEvent(cacheEvent);
            }
            catch (Exception exception)
            {
                if (!hasThrown)
                {
                    Log.RuleFailed(_logger, exception, Name, "the event is lost");
                }

                hasThrown = true;
            }
        }
    }
}
