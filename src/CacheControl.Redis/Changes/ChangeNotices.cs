using CacheControl.Redis.Keys;
using StackExchange.Redis;

namespace CacheControl.Redis.Changes;

/// <summary>Numbers the messages by which a store tells others of its changes.</summary>
/// <param name="prefix">The prefix of the keys.</param>
/// <param name="isOn">Whether any are sent.</param>
internal sealed class ChangeNotices(string prefix, bool isOn)
{
    private readonly RedisChannel _channel = ChangeMessage.ChannelOf(prefix);
    private long _sequence;

    /// <summary>The store that the messages come from.</summary>
    public Guid Origin { get; } = Guid.NewGuid();

    /// <summary>The channel as scripts are told it: empty if nothing is to be sent.</summary>
    public RedisValue Channel { get; } = isOn ? (string)ChangeMessage.ChannelOf(prefix)! : string.Empty;

    /// <summary>The next message; default if nothing is to be sent.</summary>
    public ChangeMessage? Next(ChangeKind kind, string uri = "") =>
        isOn ? new ChangeMessage(Origin, Interlocked.Increment(ref _sequence), kind, uri) : null;

    /// <summary>Sends a message that no script has sent.</summary>
    public Task PublishAsync(IDatabase database, ChangeMessage message) =>
        database.PublishAsync(_channel, message.ToString(), CommandFlags.FireAndForget);
}
