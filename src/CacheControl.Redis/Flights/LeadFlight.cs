using StackExchange.Redis;

namespace HttpCaching.Redis.Flights;

/// <summary>A lead. It is renewed while it is held and its process lives.</summary>
internal sealed class LeadFlight : HttpCacheFlight
{
    private readonly RedisFlights _flights;
    private readonly RedisKey _key;
    private readonly string _token;
    private readonly long _start;
    private readonly ITimer _timer;
    private int _isEnded;
    private int _isRenewing;

    public LeadFlight(RedisFlights flights, RedisKey key, string token)
    {
        _flights = flights;
        _key = key;
        _token = token;
        _start = flights.Time.GetTimestamp();
        var interval = flights.Settings.Lease / 3;
        _timer = flights.Time.CreateTimer(static state => ((LeadFlight)state!).Renew(), this, interval, interval);
    }

    /// <inheritdoc/>
    public override bool IsLead => true;

    /// <inheritdoc/>
    public override ValueTask<HttpCacheFlightEnd> WaitAsync(TimeSpan limit, CancellationToken cancellationToken) =>
        throw new InvalidOperationException("The leader can't wait for its own flight.");

    /// <inheritdoc/>
    public override async ValueTask EndAsync(HttpCacheFlightEnd end, CancellationToken cancellationToken)
    {
        if (Interlocked.Exchange(ref _isEnded, 1) == 0)
        {
            await _timer.DisposeAsync().ConfigureAwait(false);
            await _flights.EndAsync(_key, _token, end).WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    protected override ValueTask DisposeAsyncCore() => EndAsync(HttpCacheFlightEnd.Failed, CancellationToken.None);

    private void Renew()
    {
        if (Interlocked.Exchange(ref _isRenewing, 1) == 0)
        {
            _ = RenewAsync();
        }
    }

    private async Task RenewAsync()
    {
        try
        {
            if (_flights.Time.GetElapsedTime(_start) > _flights.Settings.LongestLead || !await _flights.RenewAsync(_key, _token).ConfigureAwait(false))
            {
                // Too long for any follower, or lost: the others continue without it.
                await _timer.DisposeAsync().ConfigureAwait(false);
            }
        }
        catch (Exception exception) when (exception is RedisException or TimeoutException or IOException or ObjectDisposedException)
        {
            // The next renewal may still be in time; if not, the lead expires.
        }
        finally
        {
            Volatile.Write(ref _isRenewing, 0);
        }
    }
}
