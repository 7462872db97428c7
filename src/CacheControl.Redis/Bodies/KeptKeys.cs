using HttpCaching.Redis.Changes;
using HttpCaching.Redis.Connection;
using StackExchange.Redis;

namespace HttpCaching.Redis.Bodies;

/// <summary>
/// Prolongs the bodies that are being read or written. A body that was replaced in the meantime, or has no head yet, would expire. Runs only while there are such
/// bodies. It gives up a body that has not been touched for the longest time of an exchange, because not every caller disposes its response.
/// </summary>
internal sealed class KeptKeys : IDisposable
{
    private readonly StoreChanges _changes;
    private readonly TimeProvider _time;
    private readonly TimeSpan _grace;
    private readonly TimeSpan _exchange;
    private readonly HashSet<KeptKey> _kept = [];
    private readonly Lock _gate = new();
    private ITimer? _timer;

    /// <summary>Creates an empty set.</summary>
    public KeptKeys(StoreChanges changes, RedisStoreSettings settings)
    {
        _changes = changes;
        _time = settings.Time;
        _grace = settings.Grace;
        _exchange = settings.MaximumExchange;
    }

    private TimeSpan Period => _grace / 3;

    /// <summary>Keeps a body until the result is disposed.</summary>
    public KeptKey KeepBody(RedisKey key) => Keep(key, _grace);

    /// <summary>Keeps the stamp of a URI until the result is disposed.</summary>
    public KeptKey KeepStamp(RedisKey root) => Keep(root, _exchange);

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_gate)
        {
            _kept.Clear();
            _timer?.Dispose();
            _timer = null;
        }
    }

    private KeptKey Keep(RedisKey key, TimeSpan lifetime)
    {
        var kept = new KeptKey(this, key, lifetime, _time);
        lock (_gate)
        {
            _kept.Add(kept);
            _timer ??= _time.CreateTimer(static state => ((KeptKeys)state!).Prolong(), this, Period, Period);
        }

        return kept;
    }

    private void Release(KeptKey kept)
    {
        lock (_gate)
        {
            _kept.Remove(kept);
        }
    }

    private void Prolong()
    {
        KeptKey[] kept;
        lock (_gate)
        {
            _kept.RemoveWhere(k => k.Idle > _exchange);
            if (_kept.Count == 0)
            {
                _timer?.Dispose();
                _timer = null;
                return;
            }

            kept = [.. _kept];
        }

        foreach (var one in kept)
        {
            _ = ProlongAsync(one);
        }
    }

    private async Task ProlongAsync(KeptKey kept)
    {
        try
        {
            await _changes.ProlongAsync(kept.Key, kept.Lifetime).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is RedisException or TimeoutException or IOException or ObjectDisposedException)
        {
            // If it was too late, the reader or writer notices.
        }
    }

    /// <summary>A key that is kept.</summary>
    internal sealed class KeptKey(KeptKeys owner, RedisKey key, TimeSpan lifetime, TimeProvider time) : IDisposable
    {
        private long _touched = time.GetTimestamp();

        /// <summary>The key.</summary>
        public RedisKey Key => key;

        /// <summary>The least remaining lifetime.</summary>
        public TimeSpan Lifetime => lifetime;

        /// <summary>The time since the last use.</summary>
        public TimeSpan Idle => time.GetElapsedTime(Volatile.Read(ref _touched));

        /// <summary>Records a use.</summary>
        public void Touch() => Volatile.Write(ref _touched, time.GetTimestamp());

        /// <inheritdoc/>
        public void Dispose() => owner.Release(this);
    }
}
