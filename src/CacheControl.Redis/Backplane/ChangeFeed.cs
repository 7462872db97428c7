using System.Net;
using HttpCaching.Redis.Changes;
using HttpCaching.Redis.Connection;
using StackExchange.Redis;

namespace HttpCaching.Redis.Backplane;

/// <summary>
/// Follows the channel on which stores tell of their changes, while there are observers. It trusts only proven connections: it tells changes from
/// the moment when messages of scripts on all primaries have come back. A broken connection ends that immediately. Signs of life reveal a silent connection, or a cut between
/// the servers.
/// </summary>
/// <param name="engine">The way to the engine.</param>
/// <param name="notices">The messages of this store.</param>
/// <param name="settings">The clock, and the interval of the checks for arriving and for missing messages. A loss shows within two checks.</param>
internal sealed class ChangeFeed(RedisEngine engine, ChangeNotices notices, RedisStoreSettings settings) : IHttpCacheStoreChanges, IDisposable
{
    public static readonly TimeSpan DefaultInterval = TimeSpan.FromSeconds(1);

    private readonly RedisChannel _channel = notices.ClientChannel;
    private readonly TimeProvider _time = settings.Time;
    private readonly TimeSpan _interval = settings.FeedCheckInterval;
    private readonly SignsOfLife _signs = new(notices, settings);
    private readonly ChangeAudience _audience = new() { Self = notices.Origin };
    private readonly Lock _lock = new();
    private CancellationTokenSource? _running;
    private Task _following = Task.CompletedTask;
    private bool _isDisposed;
    private volatile TaskCompletionSource _wake = NewWake();

    /// <summary>Whether changes are told now.</summary>
    public bool IsConnected => _audience.IsConnected;

    public IDisposable Subscribe(IHttpCacheStoreChangesObserver observer)
    {
        ArgumentNullException.ThrowIfNull(observer);
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            _audience.Add(observer);
            if (_running is null)
            {
                _running = new CancellationTokenSource();
                var stop = _running.Token;
                var before = _following;
                using (ExecutionContext.SuppressFlow())
                {
                    // After the stopped one: its end must not be taken for the end of this one.
                    _following = Task.Run(
                        async () =>
                        {
                            await before.ConfigureAwait(false);
                            await RunAsync(stop).ConfigureAwait(false);
                        },
                        CancellationToken.None);
                }
            }
        }

        return new Subscription(this, observer);
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _isDisposed = true;
            Stop_NeedsLock();
        }
    }

    private static TaskCompletionSource NewWake() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private void Leave(IHttpCacheStoreChangesObserver observer)
    {
        lock (_lock)
        {
            if (_audience.Remove(observer))
            {
                Stop_NeedsLock();
            }
        }
    }

    private void Stop_NeedsLock()
    {
        _running?.Cancel();
        _running?.Dispose();
        _running = null;
    }

    private async Task RunAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                await FollowAsync(await engine.ConnectionAsync().WaitAsync(stop).ConfigureAwait(false), stop).ConfigureAwait(false);
            }
            catch (Exception)
            {
                // Not connected. The reason does not matter here: calls to the store show it.
                await PauseAsync(stop).ConfigureAwait(false);
            }
        }
    }

    private async Task FollowAsync(IConnectionMultiplexer connection, CancellationToken stop)
    {
        void Restored(object? sender, ConnectionFailedEventArgs e) => _wake.TrySetResult();

        connection.ConnectionRestored += Restored;
        try
        {
            while (!stop.IsCancellationRequested)
            {
                try
                {
                    await FollowOnceAsync(connection, stop).ConfigureAwait(false);
                }
                catch (Exception)
                {
                    // Whatever the fault was, the next round shows whether it is over. Until then the first tier is not trusted.
                }

                await PauseAsync(stop).ConfigureAwait(false);
            }
        }
        finally
        {
            connection.ConnectionRestored -= Restored;
        }
    }

    private async Task FollowOnceAsync(IConnectionMultiplexer connection, CancellationToken stop)
    {
        var subscriber = connection.GetSubscriber();
        using var lost = CancellationTokenSource.CreateLinkedTokenSource(stop);
        EndPoint? listened = null;
        void Failed(object? sender, ConnectionFailedEventArgs e)
        {
            // Faults of another server, and attempts to reach it again, do not concern this channel.
            if (listened is not null && !listened.Equals(e.EndPoint) && listened.Equals(subscriber.SubscribedEndpoint(_channel)))
            {
                return;
            }

            // Immediately, not when the task gets to run.
            _audience.Connect(false);
            Cancel(lost);
        }

        connection.ConnectionFailed += Failed;
        ChannelMessageQueue? queue = null;
        try
        {
            queue = await subscriber.SubscribeAsync(_channel).ConfigureAwait(false);
            queue.OnMessage(message => _audience.Hear(message.Message));
            listened = subscriber.SubscribedEndpoint(_channel);
            if (!await _signs.ArriveAsync(connection, _audience, lost.Token).ConfigureAwait(false))
            {
                return;
            }

            _audience.Connect(true);
            if (lost.IsCancellationRequested)
            {
                return;
            }

            await WatchAsync(connection, subscriber, listened, lost.Token).ConfigureAwait(false);
        }
        finally
        {
            connection.ConnectionFailed -= Failed;
            _audience.Connect(false);
            if (queue is not null)
            {
                await queue.UnsubscribeAsync(CommandFlags.FireAndForget).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Checks repeatedly, until no sign of life of a server, or no message at all, has come for so long that the connection must be cut.</summary>
    private async Task WatchAsync(IConnectionMultiplexer connection, ISubscriber subscriber, EndPoint? listened, CancellationToken lost)
    {
        var asked = new Dictionary<string, Task<bool>>(StringComparer.Ordinal);
        var heard = _audience.Check();
        while (true)
        {
            // At different times on different nodes: one node's sign of life spares the others theirs.
            await Task.Delay(_interval * (0.75 + (Random.Shared.NextDouble() / 2)), _time, lost).ConfigureAwait(false);
            heard = _audience.Check();
            if ((heard.Count == 0 && asked.Count > 0) || !Equals(listened, subscriber.SubscribedEndpoint(_channel)))
            {
                return;
            }

            foreach (var server in SignsOfLife.ServersOf(connection))
            {
                if (asked.Remove(server.Name, out var sent) && !heard.Contains(server.Name) && sent is { IsCompletedSuccessfully: true, Result: true })
                {
                    return;
                }

                if (!heard.Contains(server.Name))
                {
                    asked[server.Name] = _signs.SendAsync(server);
                }
            }
        }
    }

    /// <summary>Waits for a while, or until a connection is restored.</summary>
    private async Task PauseAsync(CancellationToken stop)
    {
        var wake = _wake.Task;
        try
        {
            await wake.WaitAsync(_interval, _time, stop).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is TimeoutException or OperationCanceledException)
        {
            // The pause is over, or the feed ends.
        }

        _wake = NewWake();
    }

    private static void Cancel(CancellationTokenSource source)
    {
        try
        {
            source.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The loss has been noticed already.
        }
    }

    private sealed class Subscription(ChangeFeed feed, IHttpCacheStoreChangesObserver observer) : IDisposable
    {
        private int _isDisposed;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _isDisposed, 1) == 0)
            {
                feed.Leave(observer);
            }
        }
    }
}
