using HttpCaching.Redis.Connection;
using HttpCaching.Redis.Keys;
using StackExchange.Redis;

namespace HttpCaching.Redis.Changes;

/// <summary>
/// Numbers the messages by which a store tells others of its changes, and says now and then how far they go: others notice by that if the last one was lost, whether or
/// not the store has a first tier itself.
/// </summary>
internal sealed class ChangeNotices : IDisposable
{
    // The sign of life may be lost as well as the message that it is for.
    private const int SignsOfLife = 2;

    private readonly RedisEngine _engine;
    private readonly bool _isOn;
    private readonly TimeSpan _interval;
    private readonly ITimer _timer;
    private long _sequence;
    private int _signsLeft;

    /// <summary>Messages of a store.</summary>
    /// <param name="engine">The way to the engine.</param>
    /// <param name="settings">Whether any are sent, and how often others check that none is missing.</param>
    public ChangeNotices(RedisEngine engine, RedisStoreSettings settings)
    {
        _engine = engine;
        _isOn = settings.PublishesChanges;
        _interval = settings.FeedCheckInterval;
        ClientChannel = ChangeMessage.ChannelOf(settings.Prefix);
        ScriptChannel = engine.ChannelPrefix + (string)ClientChannel!;
        _timer = settings.Time.CreateTimer(static state => ((ChangeNotices)state!).SayAlive(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>The store that the messages come from.</summary>
    public Guid Origin { get; } = Guid.NewGuid();

    /// <summary>The channel as the client is told it, which may put a prefix in front.</summary>
    public RedisChannel ClientChannel { get; }

    /// <summary>The channel by its whole name.</summary>
    public string ScriptChannel { get; }

    /// <summary>The channel as scripts are told it: empty if nothing is to be sent.</summary>
    public RedisValue Channel => _isOn ? ScriptChannel : RedisValue.EmptyString;

    /// <summary>Says that the store is there, and how far its messages go.</summary>
    /// <param name="through">The server that sends it.</param>
    public ChangeMessage Alive(string through) => new(Origin, Interlocked.Read(ref _sequence), ChangeKind.Alive, through);

    /// <summary>The next message; default if nothing is to be sent.</summary>
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
