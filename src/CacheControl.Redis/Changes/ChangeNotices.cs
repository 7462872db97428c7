using HttpCaching.Redis.Connection;
using HttpCaching.Redis.Keys;
using StackExchange.Redis;

namespace HttpCaching.Redis.Changes;

/// <summary>
/// Numbers the messages by which a store tells others of its changes, and publishes its last number at intervals. By that, others notice if the last message was lost, whether or
/// not this store has a first tier.
/// </summary>
internal sealed class ChangeNotices : IDisposable
{
    // The sign of life may be lost, like the message that it covers.
    private const int SignsOfLife = 2;

    private readonly RedisEngine _engine;
    private readonly bool _isOn;
    private readonly TimeSpan _interval;
    private readonly ITimer _timer;
    private long _sequence;
    private int _signsLeft;

    /// <summary>Messages of a store.</summary>
    /// <param name="engine">The way to the engine.</param>
    /// <param name="settings">Whether messages are sent, and how often others check for missing ones.</param>
    public ChangeNotices(RedisEngine engine, RedisStoreSettings settings)
    {
        _engine = engine;
        _isOn = settings.PublishesChanges;
        _interval = settings.FeedCheckInterval;
        ClientChannel = ChangeMessage.ChannelOf(settings.Prefix);
        ScriptChannel = engine.ChannelPrefix + (string)ClientChannel!;
        _timer = settings.Time.CreateTimer(static state => ((ChangeNotices)state!).SayAlive(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>The store that sends the messages.</summary>
    public Guid Origin { get; } = Guid.NewGuid();

    /// <summary>The channel's name for the client, which may put a prefix in front.</summary>
    public RedisChannel ClientChannel { get; }

    /// <summary>The channel's full name.</summary>
    public string ScriptChannel { get; }

    /// <summary>The channel's name for scripts: empty if no messages are sent.</summary>
    public RedisValue Channel => _isOn ? ScriptChannel : RedisValue.EmptyString;

    /// <summary>Tells that the store lives, and its last number.</summary>
    /// <param name="through">The server that sends it.</param>
    public ChangeMessage Alive(string through) => new(Origin, Interlocked.Read(ref _sequence), ChangeKind.Alive, through);

    /// <summary>The next message; default if no messages are sent.</summary>
    public ChangeMessage? Next(ChangeKind kind, string uri = "")
    {
        if (!_isOn)
        {
            return null;
        }

        var message = new ChangeMessage(Origin, Interlocked.Increment(ref _sequence), kind, uri);
        if (Interlocked.Exchange(ref _signsLeft, SignsOfLife) == 0)
        {
            _timer.Change(_interval, Timeout.InfiniteTimeSpan);
        }

        return message;
    }

    /// <summary>Sends a message in place of a script. No caller waits for the message, and it may be lost.</summary>
    public void Publish(ChangeMessage message)
    {
        try
        {
            _ = _engine.Database?.PublishAsync(ClientChannel, message.ToString(), CommandFlags.FireAndForget);
        }
        catch (Exception exception) when (exception is RedisException or TimeoutException or ObjectDisposedException)
        {
            // Other processes then miss a number, and read everything again.
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _timer.Dispose();

    private void SayAlive()
    {
        Publish(Alive(string.Empty));
        if (Interlocked.Decrement(ref _signsLeft) > 0)
        {
            _timer.Change(_interval, Timeout.InfiniteTimeSpan);
        }
    }
}
