using System.Globalization;
using System.Security.Cryptography;
using HttpCaching.Redis.Connection;
using StackExchange.Redis;

namespace HttpCaching.Redis.Flights;

/// <summary>
/// Flights on the engine. The leader has set a missing key to a token of its own, and renews its expiry. Only the flight depends
/// on the key. So if an engine loses it, or gives it to two leaders after a failover, that costs one request to the origin.
/// </summary>
/// <param name="engine">The way to the engine.</param>
/// <param name="prefix">The prefix of the keys.</param>
/// <param name="settings">The times.</param>
/// <param name="time">The clock.</param>
internal sealed class RedisFlights(RedisEngine engine, string prefix, FlightSettings settings, TimeProvider time) : IHttpCacheFlights
{
    private const char EndMark = '!';
    private const int TokenBytes = 16;

    public FlightSettings Settings => settings;

    public TimeProvider Time => time;

    /// <inheritdoc/>
    public async ValueTask<HttpCacheFlight> EnterAsync(string name, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        RedisKey key = prefix + "flight:" + name;
        var token = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(TokenBytes));
        var isLead = await engine.RunAsync(
            key,
            (key, token, settings.Lease),
            static (database, state, flags) => database.StringSetAsync(state.key, state.token, state.Lease, When.NotExists, flags),
            static (database, state, flags) => database.StringSet(state.key, state.token, state.Lease, When.NotExists, flags)).AsTask().WaitAsync(cancellationToken).ConfigureAwait(false);
        return isLead ? new LeadFlight(this, key, token) : new FollowedFlight(this, key);
    }

    /// <summary>Prolongs a lead. Returns false if it is lost.</summary>
    public async Task<bool> RenewAsync(RedisKey key, string token) =>
        (long)await engine.EvaluateAsync(FlightScripts.Renew, [key], [token, Milliseconds(settings.Lease)]).ConfigureAwait(false) != 0;

    /// <summary>Ends a lead, and tells its followers.</summary>
    public async Task EndAsync(RedisKey key, string token, HttpCacheFlightEnd end)
    {
        var word = EndMark + ((int)end).ToString(CultureInfo.InvariantCulture);
        var remembered = end == HttpCacheFlightEnd.NotStorable ? word : string.Empty;
        var ended = (long)await engine.EvaluateAsync(FlightScripts.End, [key], [token, remembered, Milliseconds(settings.NotStorableSpan)]).ConfigureAwait(false);
        if (ended != 0)
        {
            // Not in the script: if the engine forbids the channel, the lead must still end. The followers also look at the lead.
            var connection = await engine.ConnectionAsync().ConfigureAwait(false);
            await connection.GetSubscriber().PublishAsync(ChannelOf(key), word, CommandFlags.FireAndForget).ConfigureAwait(false);
        }
    }

    /// <summary>The value that replaced a lead; null if the lead still exists.</summary>
    /// <param name="key">The key.</param>
    /// <param name="seen">The token of the leader at the first call; set then.</param>
    public async Task<(HttpCacheFlightEnd? End, RedisValue Seen)> LookAsync(RedisKey key, RedisValue seen)
    {
        var value = await engine.RunAsync(
            key,
            key,
            static (database, name, flags) => database.StringGetAsync(name, flags),
            static (database, name, flags) => database.StringGet(name, flags)).ConfigureAwait(false);
        if (value.IsNull)
        {
            return (HttpCacheFlightEnd.Unknown, seen);
        }

        if (EndOf(value) is { } end)
        {
            return (end, seen);
        }

        return seen.IsNull || seen == value ? (null, value) : (HttpCacheFlightEnd.Unknown, seen);
    }

    /// <summary>Subscribes to the end of a flight; null if that is not possible now.</summary>
    public async Task<ChannelMessageQueue?> ListenAsync(RedisKey key)
    {
        try
        {
            var connection = await engine.ConnectionAsync().ConfigureAwait(false);
            return await connection.GetSubscriber().SubscribeAsync(ChannelOf(key)).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is RedisException or TimeoutException)
        {
            return null;
        }
    }

    /// <summary>The result in a message, or in the value that replaced a lead; null if it is neither.</summary>
    public static HttpCacheFlightEnd? EndOf(RedisValue value) =>
        (string?)value is { Length: 2 } text && text[0] == EndMark && text[1] is >= '0' and <= '4' ? (HttpCacheFlightEnd)(text[1] - '0') : null;

    // One channel for each flight: only its followers receive the messages.
    private static RedisChannel ChannelOf(RedisKey key) => RedisChannel.Literal(key.ToString());

    private static RedisValue Milliseconds(TimeSpan span) => (long)span.TotalMilliseconds;
}
