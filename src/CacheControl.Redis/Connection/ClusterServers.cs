using System.Collections.Concurrent;
using System.Net;
using CacheControl.Storage;
using StackExchange.Redis;

namespace CacheControl.Redis.Connection;

/// <summary>
/// Which servers of a Cluster are left alone. One that can't be reached, hangs or is loading is asked once a second; in between what lies on it is not asked for,
/// so that it costs neither its own requests a wait nor the others their hits. Empty without a Cluster: there one server is all there is.
/// </summary>
internal sealed class ClusterServers(TimeProvider time)
{
    private static readonly TimeSpan PauseBetweenTrials = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<EndPoint, Trial> _failing = new();
    private volatile bool _any;

    /// <summary>Throws if the server of a key is left alone now. All that a call on a Cluster that is well costs here is one look at a field.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="key">The key.</param>
    /// <exception cref="StorePartUnavailableException">It is.</exception>
    public void Demand(IConnectionMultiplexer connection, in RedisKey key)
    {
        if (_any && ServerOf(connection, key) is { } server && _failing.TryGetValue(server, out var trial) && !trial.Begins(time))
        {
            throw new StorePartUnavailableException("A server of the Cluster is left alone for a moment because it failed.", trial.Failure);
        }
    }

    /// <summary>A call has succeeded.</summary>
    public void Succeeded(IConnectionMultiplexer connection, in RedisKey key)
    {
        if (_any && ServerOf(connection, key) is { } server && _failing.TryRemove(server, out _))
        {
            _any = !_failing.IsEmpty;
        }
    }

    /// <summary>A call has failed.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="key">The key that it was about.</param>
    /// <param name="failure">How.</param>
    /// <returns>What to throw: a <see cref="StorePartUnavailableException"/> if the failure is one server's of several.</returns>
    public Exception Failed(IConnectionMultiplexer connection, in RedisKey key, Exception failure)
    {
        if (!IsOneServers(failure) || !IsOneOfSeveral(connection))
        {
            return failure;
        }

        // A slot that is on its way says nothing about the server that it is still, or already, on.
        if (!IsOfASlotOnItsWay(failure) && ServerOf(connection, key) is { } server)
        {
            _failing[server] = new Trial(failure, time);
            _any = true;
        }

        return new StorePartUnavailableException("A server of the Cluster can't be reached or used now.", failure);
    }

    /// <summary>
    /// Whether a failure can be that of one server while others are well. That the Cluster is down is what one says that has just come back and not met the others yet;
    /// if it is, each says so.
    /// </summary>
    private static bool IsOneServers(Exception failure) => failure switch
    {
        RedisConnectionException or TimeoutException => true,
        RedisServerException server => server.Kind is RedisErrorKind.Moved or RedisErrorKind.Ask or RedisErrorKind.TryAgain or RedisErrorKind.Loading
            or RedisErrorKind.UnknownRedirectTarget or RedisErrorKind.MasterDown or RedisErrorKind.ClusterDown || IsOfASlotOnItsWay(server),
        _ => false,
    };

    /// <summary>Whether a command failed because some of its keys are on one server still, and some on another already.</summary>
    private static bool IsOfASlotOnItsWay(Exception failure) => failure is RedisServerException server
        && (server.Kind == RedisErrorKind.TryAgain || server.Message.Contains("non local key", StringComparison.OrdinalIgnoreCase));

    private static bool IsOneOfSeveral(IConnectionMultiplexer connection) =>
        Array.Exists(connection.GetServers(), s => s is { ServerType: ServerType.Cluster, IsConnected: true, IsReplica: false });

    /// <summary>The server that has a key by the newest that is known of the slots, connected or not. (The connection itself would name another one that is.)</summary>
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

    /// <summary>When the server may be asked again.</summary>
    private sealed class Trial(Exception failure, TimeProvider time)
    {
        private long _since = time.GetTimestamp();

        public Exception Failure => failure;

        /// <summary>Whether the caller is to try: one, each second.</summary>
        public bool Begins(TimeProvider clock)
        {
            var since = Volatile.Read(ref _since);
            return clock.GetElapsedTime(since) >= PauseBetweenTrials && Interlocked.CompareExchange(ref _since, clock.GetTimestamp(), since) == since;
        }
    }
}
