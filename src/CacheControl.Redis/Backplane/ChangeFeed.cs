using CacheControl.Redis.Changes;
using CacheControl.Redis.Keys;
using CacheControl.Storage;
using StackExchange.Redis;

namespace CacheControl.Redis.Backplane;

/// <summary>
/// Follows the channel on which stores tell of their changes, as long as anybody wants to know. Nothing is believed that was not shown: changes are told from
/// when a message of this store's own has come back; a broken connection ends that at once, and one that has died in silence is found out by signs of life.
/// </summary>
/// <param name="connect">Gives the connection.</param>
/// <param name="prefix">The prefix of the keys.</param>
/// <param name="notices">The messages of this store.</param>
/// <param name="time">The clock of checks.</param>
/// <param name="interval">How often it is checked that messages arrive and that none is missing. A loss is noticed within two of them.</param>
internal sealed class ChangeFeed(Func<Task<IConnectionMultiplexer>> connect, string prefix, ChangeNotices notices, TimeProvider time, TimeSpan interval)
    : IHttpCacheStoreChanges, IDisposable
{
    public static readonly TimeSpan DefaultInterval = TimeSpan.FromSeconds(2);

    private readonly RedisChannel _channel = ChangeMessage.ChannelOf(prefix);
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
                    // After the one that was stopped: its end must not be taken for the end of this one.
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
                await FollowAsync(await connect().WaitAsync(stop).ConfigureAwait(false), stop).ConfigureAwait(false);
            }
            catch (Exception)
            {
                // Not connected, and why is not of interest here: calls to the store show it.
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
                    // Whatever it was, the next round shows whether it is over. Until then nobody believes what is in front.
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
        void Failed(object? sender, ConnectionFailedEventArgs e)
        {
            if (e.ConnectionType != ConnectionType.Subscription
                && subscriber.SubscribedEndpoint(_channel) is { } endpoint && !endpoint.Equals(e.EndPoint))
            {
                return;
            }

            // At once, not when the task gets to run.
            _audience.Connect(false);
            Cancel(lost);
        }

        connection.ConnectionFailed += Failed;
        ChannelMessageQueue? queue = null;
        try
        {
            queue = await subscriber.SubscribeAsync(_channel).ConfigureAwait(false);
            queue.OnMessage(message => _audience.Hear(message.Message));
            var proof = _audience.ExpectOwn();
            await subscriber.PublishAsync(_channel, notices.Alive().ToString()).ConfigureAwait(false);
            await proof.WaitAsync(interval, time, lost.Token).ConfigureAwait(false);
            _audience.Connect(true);
            if (lost.IsCancellationRequested)
            {
                return;
            }

            await WatchAsync(subscriber, lost.Token).ConfigureAwait(false);
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

    /// <summary>Checks again and again, until nothing has been heard for so long that the connection must be dead.</summary>
    private async Task WatchAsync(ISubscriber subscriber, CancellationToken lost)
    {
        var announced = notices.Last;
        var asked = false;
        while (true)
        {
            // At different times on different nodes: one's sign of life spares the others theirs.
            await Task.Delay(interval * (0.75 + (Random.Shared.NextDouble() / 2)), time, lost).ConfigureAwait(false);
            var hasHeard = _audience.Check();
            if (!hasHeard && asked)
            {
                return;
            }

            asked = !hasHeard || notices.Last != announced;
            if (asked)
            {
                announced = notices.Last;
                await subscriber.PublishAsync(_channel, notices.Alive().ToString()).WaitAsync(interval, time, lost).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Waits for a while, or until a connection is restored.</summary>
    private async Task PauseAsync(CancellationToken stop)
    {
        var wake = _wake.Task;
        try
        {
            await wake.WaitAsync(interval, time, stop).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is TimeoutException or OperationCanceledException)
        {
            // The pause is over, or everything is.
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
            // It has been noticed already.
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
