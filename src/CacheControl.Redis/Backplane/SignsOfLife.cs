using HttpCaching.Redis.Changes;
using HttpCaching.Redis.Connection;
using StackExchange.Redis;

namespace HttpCaching.Redis.Backplane;

/// <summary>
/// Messages that scripts send from every primary, as they send changes: if these arrive, changes do. A server of a Cluster passes them on to the
/// server that a store listens to. A server that is cut off from the others still tells its own listeners that all is well.
/// </summary>
internal sealed class SignsOfLife(ChangeNotices notices, RedisStoreSettings settings)
{
    private const string Script = "return redis.call('PUBLISH',ARGV[1],ARGV[2])";

    /// <summary>The connected primaries, by names that are the same in all processes.</summary>
    public static IEnumerable<Sender> ServersOf(IConnectionMultiplexer connection) =>
        from server in connection.GetServers()
        where server is { IsConnected: true, IsReplica: false }
        let node = server.ServerType == ServerType.Cluster ? server.ClusterConfiguration?[server.EndPoint] : null
        where server.ServerType != ServerType.Cluster || node is { IsReplica: false, Slots.Count: > 0 }
        select new Sender(node?.NodeId ?? "primary", server);

    /// <summary>Makes a server send a sign of life.</summary>
    /// <returns>Whether it did. False if the server can't be asked now, which says nothing about its messages.</returns>
    public async Task<bool> SendAsync(Sender sender)
    {
        try
        {
            await sender.Server.ExecuteAsync("EVAL", Script, "0", notices.ScriptChannel, notices.Alive(sender.Name).ToString())
                .WaitAsync(settings.FeedCheckInterval, settings.Time).ConfigureAwait(false);
            return true;
        }
        catch (Exception exception) when (exception is RedisException or TimeoutException or ObjectDisposedException)
        {
            return false;
        }
    }

    /// <summary>Whether the messages of all reachable servers arrive, and of at least one.</summary>
    public async Task<bool> ArriveAsync(IConnectionMultiplexer connection, ChangeAudience audience, CancellationToken lost)
    {
        var arrivals = await Task.WhenAll(ServersOf(connection).Select(ArrivesAsync)).WaitAsync(lost).ConfigureAwait(false);
        return arrivals.Length > 0 && !arrivals.Contains(false) && arrivals.Contains(true);

        async Task<bool?> ArrivesAsync(Sender sender)
        {
            var arrival = audience.ExpectOwn(sender.Name);
            if (!await SendAsync(sender).ConfigureAwait(false))
            {
                return null;
            }

            await arrival.WaitAsync(settings.FeedCheckInterval, settings.Time, lost).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return arrival.IsCompletedSuccessfully;
        }
    }

    /// <summary>A server that can send.</summary>
    /// <param name="Name">Its name.</param>
    /// <param name="Server">The server.</param>
    public readonly record struct Sender(string Name, IServer Server);
}
