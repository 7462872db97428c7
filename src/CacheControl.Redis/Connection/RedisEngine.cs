using HttpCaching.Redis.Scripts;
using StackExchange.Redis;

namespace HttpCaching.Redis.Connection;

/// <summary>The way to the engine: connects when it is first used, and runs commands and scripts on primaries only, because a replica may lag behind an invalidation.</summary>
internal sealed class RedisEngine : IDisposable
{
    private const int ConfigurationCheckSeconds = 5;
    private const CommandFlags Primary = CommandFlags.DemandMaster;

    /// <summary>
    /// On a primary, and not where a server says that the key is now: the client would wait there for a server that is down, until its own limit. Who is told
    /// so asks again.
    /// </summary>
    public const CommandFlags Once = Primary | CommandFlags.NoRedirect;

    /// <summary>Stands in <see cref="SlotMapAsync"/> where a slot is on its way.</summary>
    public const char SlotOnItsWay = '[';

    private static readonly TimeSpan PauseBetweenLooks = TimeSpan.FromSeconds(1);

    private readonly ConfigurationOptions? _configuration;
    private readonly int _number;
    private readonly TimeProvider _time;
    private readonly TimeSpan _serverLimit;
    private readonly ClusterServers _servers;
    private readonly BlockingThreads _threads = new();
    private readonly Lock _connecting = new();
    private Task<IConnectionMultiplexer>? _connection;
    private volatile IDatabase? _database;
    private volatile bool _isDisposed;
    private volatile bool _isCluster;
    private long _lookedAt;

    /// <summary>Reaches an engine over a connection of its own.</summary>
    public RedisEngine(ConfigurationOptions configuration, RedisStoreSettings settings)
        : this(settings)
    {
        _configuration = configuration;
        ChannelPrefix = (string?)configuration.ChannelPrefix ?? string.Empty;

        // Whoever waits for an engine that is down keeps a request waiting: better to fail at once. It connects again by itself.
        configuration.AbortOnConnectFail = false;
        configuration.BacklogPolicy = BacklogPolicy.FailFast;
        configuration.ConfigCheckSeconds = Math.Min(configuration.ConfigCheckSeconds, ConfigurationCheckSeconds);
        configuration.ReconnectRetryPolicy = new ExponentialRetry(deltaBackOffMilliseconds: 250, maxDeltaBackOffMilliseconds: 2000);
    }

    /// <summary>Reaches an engine over somebody else's connection.</summary>
    public RedisEngine(IConnectionMultiplexer connection, RedisStoreSettings settings)
        : this(settings)
    {
        ChannelPrefix = ConfigurationOptions.Parse(connection.Configuration ?? string.Empty, ignoreUnknown: true).ChannelPrefix is { IsNullOrEmpty: false } prefix ? prefix.ToString() : string.Empty;
        _connection = Task.FromResult(connection);
        _database = connection.GetDatabase(_number);
        Watch(connection);
    }

    private RedisEngine(RedisStoreSettings settings)
    {
        _number = settings.Database;
        _time = settings.Time;
        _serverLimit = settings.ServerTimeout;
        _servers = new ClusterServers(settings.Time, settings.ServerTimeout);
    }

    /// <summary>What the connection puts in front of the names of channels. Scripts have to do it themselves. Empty if it puts nothing there.</summary>
    public string ChannelPrefix { get; } = string.Empty;

    /// <summary>The database, once the connection has been made; null before, and after the end.</summary>
    public IDatabase? Database => _isDisposed ? null : _database;

    /// <summary>The database.</summary>
    public ValueTask<IDatabase> DatabaseAsync()
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        return _database is { } database ? new ValueTask<IDatabase>(database) : ConnectDatabaseAsync();
    }

    /// <summary>The connection.</summary>
    public Task<IConnectionMultiplexer> ConnectionAsync()
    {
        lock (_connecting)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            if (_connection is null || _connection.IsFaulted || _connection.IsCanceled)
            {
                _connection = ConnectAsync(_configuration!);
            }

            return _connection;
        }
    }

    /// <summary>Runs a script on the server of its keys, which all are in one slot. A server that doesn't know it is given it.</summary>
    public ValueTask<RedisResult> EvaluateAsync(Script script, RedisKey[] keys, RedisValue[] values) =>
        RunAsync(
            keys[0],
            (script, keys, values),
            static async (database, state, flags) =>
            {
                var (script, keys, values) = state;
                try
                {
                    return await database.ScriptEvaluateAsync(script.Hash, keys, values, flags).ConfigureAwait(false);
                }
                catch (RedisServerException exception) when (IsUnknownScript(exception))
                {
                    return await database.ScriptEvaluateAsync(script.Text, keys, values, flags | CommandFlags.NoScriptCache).ConfigureAwait(false);
                }
            },
            static (database, state, flags) =>
            {
                var (script, keys, values) = state;
                try
                {
                    return database.ScriptEvaluate(script.Hash, keys, values, flags);
                }
                catch (RedisServerException exception) when (IsUnknownScript(exception))
                {
                    return database.ScriptEvaluate(script.Text, keys, values, flags | CommandFlags.NoScriptCache);
                }
            });

    /// <summary>Reads the beginning of a string; null if there is none.</summary>
    /// <param name="key">The key.</param>
    /// <param name="mostBytes">How many bytes may come, whatever stands there.</param>
    public ValueTask<ReadOnlyMemory<byte>> ReadAsync(RedisKey key, int mostBytes) => RunAsync<(RedisKey Key, int Last), ReadOnlyMemory<byte>>(
        key,
        (key, mostBytes - 1),
        static async (database, state, flags) => await database.StringGetRangeAsync(state.Key, 0, state.Last, flags).ConfigureAwait(false),
        static (database, state, flags) => database.StringGetRange(state.Key, 0, state.Last, flags));

    /// <summary>Runs commands on the server of a key. Follows a key that has moved to another server.</summary>
    /// <param name="key">The key.</param>
    /// <param name="state">What the commands need.</param>
    /// <param name="commands">The commands, which are run with the flags that they are given, and may be run again.</param>
    /// <param name="blockingCommands">The same for a caller that blocks: the client needs no thread of the pool for these.</param>
    /// <exception cref="StorePartUnavailableException">The server can't be used, while others of its Cluster can.</exception>
    public async ValueTask<TResult> RunAsync<TState, TResult>(
        RedisKey key, TState state, Func<IDatabase, TState, CommandFlags, Task<TResult>> commands, Func<IDatabase, TState, CommandFlags, TResult> blockingCommands)
    {
        var database = await DatabaseAsync().ConfigureAwait(false);
        _servers.Demand(database.Multiplexer, key);
        CommandFlags? followed = null;
        while (true)
        {
            try
            {
                var flags = followed ?? Once;
                return await WithinAsync(
                    StoreWait.IsBlocking ? _threads.RunAsync(() => blockingCommands(database, state, flags)) : commands(database, state, flags)).ConfigureAwait(false);
            }
            catch (Exception exception) when (exception is RedisException or TimeoutException)
            {
                if (FlagsToFollow(exception, followed) is { } next && !ClusterServers.HasMovedToALostServer(database.Multiplexer, exception))
                {
                    followed = next;
                    continue;
                }

                var failure = FailureOf(key, exception);
                if (failure == exception)
                {
                    throw;
                }

                throw failure;
            }
        }
    }

    /// <summary>Whether a key that can't be read where it was has moved to another server, or is about to.</summary>
    public static bool HasMoved(Exception exception) => FlagsToFollow(exception, null) is not null;

    /// <summary>Throws if the server of a key is left alone now.</summary>
    public void Demand(IDatabase database, in RedisKey key) => _servers.Demand(database.Multiplexer, key);

    /// <summary>What to throw when a command has failed, after what can be done about it has been begun.</summary>
    public Exception FailureOf(in RedisKey key, Exception exception)
    {
        Consider(exception);
        return _database is { } database ? _servers.Failed(database, key, exception) : exception;
    }

    /// <summary>Waits for one server of a Cluster no longer than it may take, so that its hanging is not mistaken for that of the whole store.</summary>
    public Task<T> WithinAsync<T>(Task<T> running) => _isCluster && !running.IsCompleted
        ? StoreWait.WithinAsync(running, _serverLimit, _time, CancellationToken.None)
        : StoreWait.For(running);

    /// <summary>Reads the beginnings of two strings in one round trip.</summary>
    public async ValueTask<(ReadOnlyMemory<byte> First, ReadOnlyMemory<byte> Second)> ReadAsync(RedisKey first, int mostOfFirst, RedisKey second, int mostOfSecond)
    {
        var one = ReadAsync(first, mostOfFirst).AsTask();
        var other = ReadAsync(second, mostOfSecond).AsTask();
        await Task.WhenAll(one, other).ConfigureAwait(false);
        return (await one.ConfigureAwait(false), await other.ConfigureAwait(false));
    }

    /// <summary>The servers whose keys make up the whole database.</summary>
    /// <exception cref="StorePartUnavailableException">One of them can't be reached.</exception>
    /// <exception cref="RedisConnectionException">None of them can.</exception>
    public async ValueTask<IReadOnlyList<IServer>> PrimariesAsync()
    {
        var connection = await ConnectionAsync().ConfigureAwait(false);
        var servers = connection.GetServers();

        // Without a Cluster every primary has all keys, and one that can't be reached may have been replaced.
        if (!Array.Exists(servers, s => s is { IsConnected: true, ServerType: ServerType.Cluster }))
        {
            var all = Array.FindAll(servers, s => s.IsConnected && !s.IsReplica);
            return all.Length > 0 ? all : throw new RedisConnectionException(ConnectionFailureType.UnableToConnect, Primary, "No server of the engine can be reached.");
        }

        // In a Cluster each has keys of its own, and the client may not know all of them yet.
        var nodes = servers.Where(s => s.IsConnected).Select(s => s.ClusterConfiguration).FirstOrDefault(c => c is not null)?.Nodes
            .Where(n => !n.IsReplica && n.Slots.Count > 0).ToList() ?? [];
        var primaries = nodes.Select(n => Array.Find(servers, s => s.IsConnected && s.EndPoint.Equals(n.EndPoint))).OfType<IServer>().ToList();
        return primaries.Count > 0 && primaries.Count == nodes.Count
            ? primaries
            : throw new StorePartUnavailableException("A server of the Cluster can't be reached: its keys are not removed.");
    }

    /// <summary>Which slots each primary says that it has, and which are on their way from it or to it; empty without a Cluster.</summary>
    public async ValueTask<string> SlotMapAsync()
    {
        List<string> parts = [];
        foreach (var server in await PrimariesAsync().ConfigureAwait(false))
        {
            if (server.ServerType == ServerType.Cluster)
            {
                // By a script, as it is with INFO. The line is "id address myself,master - 0 0 epoch state slots...".
                var nodes = (string?)await server.ExecuteAsync("EVAL", "return redis.call('CLUSTER','NODES')", "0").ConfigureAwait(false) ?? string.Empty;
                var own = nodes.Split('\n').FirstOrDefault(line => line.Contains("myself", StringComparison.Ordinal), string.Empty).Split(' ');
                parts.Add(own[0] + ' ' + string.Join(' ', own.Skip(8)));
            }
        }

        parts.Sort(StringComparer.Ordinal);
        return string.Join('\n', parts);
    }

    /// <summary>The number of the database, as servers want it.</summary>
    public async ValueTask<int> DatabaseNumberAsync() => (await DatabaseAsync().ConfigureAwait(false)).Database;

    /// <summary>After an error that says that the servers have changed their parts, has the connection look at them again.</summary>
    private void Consider(Exception exception)
    {
        var now = _time.GetTimestamp();
        var last = Volatile.Read(ref _lookedAt);
        if (!IsAboutTopology(exception) || _connection is not { IsCompletedSuccessfully: true } connection
            || (last != 0 && _time.GetElapsedTime(last, now) < PauseBetweenLooks)
            || Interlocked.CompareExchange(ref _lookedAt, now, last) != last)
        {
            return;
        }

        _ = LookAsync(connection);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Task<IConnectionMultiplexer>? connection;
        lock (_connecting)
        {
            if (_isDisposed)
            {
                return;
            }

            _isDisposed = true;
            _servers.Dispose();
            connection = _configuration is null ? null : _connection;
            if (_connection is { IsCompletedSuccessfully: true } watched)
            {
                watched.Result.ConnectionRestored -= Look;
                watched.Result.ConfigurationChanged -= Look;
            }
        }

        _ = connection?.ContinueWith(
            static finished => finished.Result.Dispose(), CancellationToken.None, TaskContinuationOptions.OnlyOnRanToCompletion, TaskScheduler.Default);
    }

    private static async Task<IConnectionMultiplexer> ConnectAsync(ConfigurationOptions configuration) =>
        await ConnectionMultiplexer.ConnectAsync(configuration).ConfigureAwait(false);

    private async ValueTask<IDatabase> ConnectDatabaseAsync()
    {
        var connection = await StoreWait.For(ConnectionAsync()).ConfigureAwait(false);
        Watch(connection);
        return _database = connection.GetDatabase(_number);
    }

    /// <summary>Finds out whether there is a Cluster at the other end, now and whenever a server is reached: a connection may be made while all of them are away.</summary>
    private void Watch(IConnectionMultiplexer connection)
    {
        connection.ConnectionRestored += Look;
        connection.ConfigurationChanged += Look;
        _isCluster = IsCluster(connection);
    }

    private void Look(object? sender, EventArgs e)
    {
        if (!_isDisposed && sender is IConnectionMultiplexer connection)
        {
            _isCluster |= IsCluster(connection);
        }
    }

    private static bool IsCluster(IConnectionMultiplexer connection) => Array.Exists(connection.GetServers(), s => s is { IsConnected: true, ServerType: ServerType.Cluster });

    /// <summary>With which flags to ask again after an answer that the key is elsewhere; null after any other failure.</summary>
    /// <param name="exception">The failure.</param>
    /// <param name="followed">With which flags it has been asked again already; null if it has not.</param>
    private static CommandFlags? FlagsToFollow(Exception exception, CommandFlags? followed) => (exception, followed) switch
    {
        // The client has noted where the slot is now, and goes there by itself if that server is up.
        (RedisServerException { Kind: RedisErrorKind.Moved }, null) => Once,

        // It did not, if it takes that server for a replica still: then it has to be led there, until it has looked at the servers again.
        (RedisServerException { Kind: RedisErrorKind.Moved }, Once) => Primary,

        // On its way: only the client can say ASKING. What it makes of ASK when it may not follow is a server that can't be reached.
        (RedisServerException { Kind: RedisErrorKind.Ask } or RedisConnectionException { FailureType: ConnectionFailureType.UnableToConnect }, null) => Primary,
        _ => null,
    };

    private static bool IsUnknownScript(RedisServerException exception) => exception.Message.StartsWith("NOSCRIPT", StringComparison.Ordinal);

    private static bool IsAboutTopology(Exception exception) => exception is RedisConnectionException
        or RedisServerException { Kind: RedisErrorKind.ReadOnly or RedisErrorKind.Moved or RedisErrorKind.ClusterDown };

    private async Task LookAsync(Task<IConnectionMultiplexer> connecting)
    {
        try
        {
            var connection = await connecting.ConfigureAwait(false);
            await connection.ConfigureAsync().ConfigureAwait(false);
            _isCluster = IsCluster(connection);
        }
        catch (Exception exception) when (exception is RedisException or ObjectDisposedException or TimeoutException)
        {
            // The call that failed has been answered; the next one will show how it stands.
        }
    }
}
