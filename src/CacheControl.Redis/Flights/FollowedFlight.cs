using StackExchange.Redis;

namespace HttpCaching.Redis.Flights;

/// <summary>The flight of another leader. The follower waits for the message of its end and also looks at the lead, because a dead leader sends no message.</summary>
internal sealed class FollowedFlight(RedisFlights flights, RedisKey key) : HttpCacheFlight
{
    // The lead is gone a moment before the message: the result is worth this wait.
    private static readonly TimeSpan TellingTime = TimeSpan.FromMilliseconds(50);

    /// <inheritdoc/>
    public override bool IsLead => false;

    /// <inheritdoc/>
    public override async ValueTask<HttpCacheFlightEnd> WaitAsync(TimeSpan limit, CancellationToken cancellationToken)
    {
        var start = flights.Time.GetTimestamp();
        var told = new TaskCompletionSource<HttpCacheFlightEnd>(TaskCreationOptions.RunContinuationsAsynchronously);
        var listening = ListenAsync(told);
        try
        {
            // The channel first: the look then sees an end between the two.
            await WithinAsync(listening, StoreWait.IsBlocking ? TellingTime : limit, cancellationToken).ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();
            var seen = RedisValue.Null;
            while (true)
            {
                (var end, seen) = await flights.LookAsync(key, seen).WaitAsync(cancellationToken).ConfigureAwait(false);
                var rest = limit - flights.Time.GetElapsedTime(start);
                if (end is { } known and not HttpCacheFlightEnd.Unknown)
                {
                    return known;
                }

                var pause = end is null ? flights.Settings.PollInterval : TellingTime;
                if (rest <= TimeSpan.Zero)
                {
                    return HttpCacheFlightEnd.Overdue;
                }

                if (await WithinAsync(told.Task, pause < rest ? pause : rest, cancellationToken).ConfigureAwait(false))
                {
                    return await told.Task.ConfigureAwait(false);
                }

                if (end is not null)
                {
                    return HttpCacheFlightEnd.Unknown;
                }
            }
        }
        finally
        {
            _ = LeaveAsync(listening);
        }
    }

    /// <inheritdoc/>
    public override ValueTask EndAsync(HttpCacheFlightEnd end, CancellationToken cancellationToken) => ValueTask.CompletedTask;

    /// <inheritdoc/>
    protected override ValueTask DisposeAsyncCore() => ValueTask.CompletedTask;

    private async Task<ChannelMessageQueue?> ListenAsync(TaskCompletionSource<HttpCacheFlightEnd> told)
    {
        var queue = await flights.ListenAsync(key).ConfigureAwait(false);
        queue?.OnMessage(message => told.TrySetResult(RedisFlights.EndOf(message.Message) ?? HttpCacheFlightEnd.Unknown));
        return queue;
    }

    private async Task<bool> WithinAsync(Task told, TimeSpan pause, CancellationToken cancellationToken)
    {
        if (StoreWait.IsBlocking)
        {
            // Messages arrive on a thread of the pool, if one is free. A blocking caller depends on the look.
            return Task.WaitAny([told], (int)pause.TotalMilliseconds, cancellationToken) == 0;
        }

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await Task.WhenAny(told, Task.Delay(pause, flights.Time, stop.Token)).ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
        await stop.CancelAsync().ConfigureAwait(false);
        return told.IsCompleted;
    }

    private static async Task LeaveAsync(Task<ChannelMessageQueue?> listening)
    {
        try
        {
            if (await listening.ConfigureAwait(false) is { } queue)
            {
                await queue.UnsubscribeAsync(CommandFlags.FireAndForget).ConfigureAwait(false);
            }
        }
        catch (Exception exception) when (exception is RedisException or TimeoutException or IOException or ObjectDisposedException)
        {
            // If the engine can't be told to end the subscription, the subscription has ended.
        }
    }
}
