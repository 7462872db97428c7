using System.Collections.Concurrent;
using System.Net;
using StackExchange.Redis;

namespace HttpCaching.Redis.Connection;

/// <summary>
/// The servers of a Cluster that are not used now. A server that can't be reached, hangs or is loading is tried in the background. Until it answers again the store sends no requests for its keys.
/// So it costs neither its own requests a wait nor the others their hits. Empty without a Cluster: there is only one server then.
/// </summary>
/// <param name="time">The clock.</param>
/// <param name="limit">The longest time of a trial.</param>
internal sealed class ClusterServers(TimeProvider time, TimeSpan limit) : IDisposable
{
    private static readonly TimeSpan PauseBetweenTrials = TimeSpan.FromMilliseconds(500);

    private readonly ConcurrentDictionary<EndPoint, Exception> _failing = new();
    private readonly CancellationTokenSource _stop = new();
    private volatile bool _any;

    /// <summary>Throws if the server of a key is not used now. If the Cluster is well, a call here costs one read of a field.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="key">The key.</param>
    /// <exception cref="StorePartUnavailableException">The server is not used now.</exception>
    public void Demand(IConnectionMultiplexer connection, in RedisKey key)
    {
        if (_any && FailureOf(ServerOf(connection, key), connection) is { } failure)
        {
            throw new StorePartUnavailableException("A server of the Cluster is not used until it answers again.", failure);
        }
    }

    /// <summary>Handles the failure of a call.</summary>
    /// <param name="database">The database.</param>
    /// <param name="key">The key of the call.</param>
    /// <param name="failure">The failure.</param>
    /// <returns>The exception to throw: a <see cref="StorePartUnavailableException"/> if only one of several servers failed.</returns>
    public Exception Failed(IDatabase database, RedisKey key, Exception failure)
    {
        if (!IsOneServers(failure) || !IsOneOfSeveral(database.Multiplexer))
        {
            return failure;
        }

        // A slot that moves says nothing about its old or its new server.
        if (!IsOfASlotOnItsWay(failure) && ServerOf(database.Multiplexer, key) is { } server)
        {
            if (_failing.TryAdd(server, failure))
            {
                _ = TryAgainAsync(database, key, server);
            }

            _any = true;
        }

        return new StorePartUnavailableException("A server of the Cluster can't be reached or used now.", failure);
    }

    /// <summary>Whether a key has moved to a server that the client knows to be disconnected: a request there would wait until its limit.</summary>
    public static bool HasMovedToALostServer(IConnectionMultiplexer connection, Exception failure) =>
        failure is RedisServerException { Kind: RedisErrorKind.Moved } moved
        && EndPointCollection.TryParse(moved.Message[(moved.Message.LastIndexOf(' ') + 1)..]) is { } target
        && Array.Exists(connection.GetServers(), s => target.Equals(s.EndPoint) && !s.IsConnected);

    /// <summary>Ends the trials.</summary>
    public void Dispose() => _stop.Cancel();

    /// <summary>The reason why a server is not used. If the slot has no server any more, the reason of any server. Null if the server is used.</summary>
    private Exception? FailureOf(EndPoint? server, IConnectionMultiplexer connection) =>
        server is not null ? _failing.GetValueOrDefault(server)
        : Array.Exists(connection.GetServers(), s => s is { IsConnected: true, ClusterConfiguration: not null }) ? _failing.Values.FirstOrDefault()
        : null;

    /// <summary>Asks for the failed key until its server answers, or until it is another server's. Does not ask a server that the client knows to be disconnected.</summary>
    private async Task TryAgainAsync(IDatabase database, RedisKey key, EndPoint server)
    {
        do
        {
            await Task.Delay(PauseBetweenTrials, time, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        while (!_stop.IsCancellationRequested && !await AnswersAsync(database, key, server).ConfigureAwait(false));

        _failing.TryRemove(server, out _);
        _any = !_failing.IsEmpty;
    }

    private async Task<bool> AnswersAsync(IDatabase database, RedisKey key, EndPoint server)
    {
        try
        {
            if (ServerOf(database.Multiplexer, key) is { } owner && !owner.Equals(server))
            {
                return true;
            }

            if (!Array.Exists(database.Multiplexer.GetServers(), s => s.IsConnected && server.Equals(s.EndPoint)))
            {
                return false;
            }

            await database.StringGetRangeAsync(key, 0, 0, RedisEngine.Once).WaitAsync(limit, time).ConfigureAwait(false);
            return true;
        }
        catch (RedisServerException exception)
        {
            // A key of another type is an answer too.
            return !IsOneServers(exception) || IsOfASlotOnItsWay(exception);
        }
        catch (Exception exception) when (exception is RedisException or TimeoutException or ObjectDisposedException)
        {
            return exception is ObjectDisposedException;
        }
    }

    /// <summary>
    /// Whether a failure can be that of one server while others are well. A server that has just come back and not met the others yet says that the Cluster is down;
    /// if it is down, each server says so.
    /// </summary>
    private static bool IsOneServers(Exception failure) => failure switch
    {
        RedisConnectionException or TimeoutException => true,
        RedisServerException server => server.Kind is RedisErrorKind.Moved or RedisErrorKind.Ask or RedisErrorKind.TryAgain or RedisErrorKind.Loading
            or RedisErrorKind.UnknownRedirectTarget or RedisErrorKind.MasterDown or RedisErrorKind.ClusterDown || IsOfASlotOnItsWay(server),
        _ => false,
    };

    /// <summary>Whether a command failed because some of its keys are still on one server and some already on another.</summary>
    private static bool IsOfASlotOnItsWay(Exception failure) => failure is RedisServerException server
        && (server.Kind == RedisErrorKind.TryAgain || server.Message.Contains("non local key", StringComparison.OrdinalIgnoreCase));

    private static bool IsOneOfSeveral(IConnectionMultiplexer connection) =>
        Array.Exists(connection.GetServers(), s => s is { ServerType: ServerType.Cluster, IsConnected: true, IsReplica: false });

    /// <summary>The server of a key by the newest known slots, connected or not. (The connection itself would name another, connected one.)</summary>
    private static EndPoint? ServerOf(IConnectionMultiplexer connection, in RedisKey key)
    {
        var slot = connection.HashSlot(key);
        foreach (var server in connection.GetServers())
        {
            if (server.IsConnected && server.ClusterConfiguration?.GetBySlot(slot)?.EndPoint is { } owner)
            {
                return owner;
            }
        }

        return null;
    }
}
