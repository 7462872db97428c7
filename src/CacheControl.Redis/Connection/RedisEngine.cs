using HttpCaching.Redis.Scripts;
using StackExchange.Redis;

namespace HttpCaching.Redis.Connection;

/// <summary>The connection to the engine. Connects at the first use. Runs commands and scripts on primaries only, because a replica may lag behind an invalidation.</summary>
internal sealed class RedisEngine : IDisposable
{
    private const int ConfigurationCheckSeconds = 5;
    private const CommandFlags Primary = CommandFlags.DemandMaster;
    private const string GetRange = "GETRANGE";

    /// <summary>
    /// On a primary, without following a server's redirection: if the target were down, the client would wait until its own limit. The caller that gets the redirection
    /// asks again.
    /// </summary>
    public const CommandFlags Once = Primary | CommandFlags.NoRedirect;

    /// <summary>The value in <see cref="SlotMapAsync"/> for a slot that is moving.</summary>
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

    /// <summary>Creates an engine with a connection of its own.</summary>
    public RedisEngine(ConfigurationOptions configuration, RedisStoreSettings settings)
        : this(settings)
    {
        _configuration = configuration;
        ChannelPrefix = (string?)configuration.ChannelPrefix ?? string.Empty;

        // A wait for an engine that is down would keep a request waiting, so fail immediately. The connection is restored in the background.
        configuration.AbortOnConnectFail = false;
        configuration.BacklogPolicy = BacklogPolicy.FailFast;
        configuration.ConfigCheckSeconds = Math.Min(configuration.ConfigCheckSeconds, ConfigurationCheckSeconds);
        configuration.ReconnectRetryPolicy = new ExponentialRetry(deltaBackOffMilliseconds: 250, maxDeltaBackOffMilliseconds: 2000);
    }

    /// <summary>Creates an engine over a connection of the caller.</summary>
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

    /// <summary>The prefix that the connection puts in front of channel names; empty if none. Scripts must add it.</summary>
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

    /// <summary>Runs a script on the server of its keys, which are all in one slot. If the server does not know the script, sends it.</summary>
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
    /// <param name="mostBytes">The most bytes to read, however long the value is.</param>
    public ValueTask<ReadOnlyMemory<byte>> ReadAsync(RedisKey key, int mostBytes) => RunAsync<(RedisKey Key, int Last), ReadOnlyMemory<byte>>(
        key,
        (key, mostBytes - 1),
        static async (database, state, flags) => await database.StringGetRangeAsync(state.Key, 0, state.Last, flags).ConfigureAwait(false),
        static (database, state, flags) => database.StringGetRange(state.Key, 0, state.Last, flags));

    /// <summary>Reads the beginning of a string into memory of a pool; empty if there is none. The caller disposes it.</summary>
    /// <param name="key">The key.</param>
    /// <param name="mostBytes">The most bytes to read, however long the value is.</param>
    /// <param name="range">The key and the range.</param>
    public ValueTask<Lease<byte>> ReadAsync(RedisKey key, int mostBytes, ReadOnlyMemory<RedisKeyOrValue> range) => RunAsync(
        key,
        (key, mostBytes, range),
        static async (database, state, flags) => flags == Once
            ? BytesOf(await ReadAsync(database, state.range).ConfigureAwait(false))
            : CopyOf(await database.StringGetRangeAsync(state.key, 0, state.mostBytes - 1, flags).ConfigureAwait(false)),
        static (database, state, flags) => flags == Once
            ? BytesOf(database.ExecuteResp(GetRange, state.range, flags))
            : CopyOf(database.StringGetRange(state.key, 0, state.mostBytes - 1, flags)));

    /// <summary>
    /// Begins to read a string, with <see cref="Once"/>. <see cref="BytesOf"/> has its bytes. This is the only read that needs no array for the reply. The client can't send it a second time,
    /// so it can't follow a redirection with it.
    /// </summary>
    /// <param name="database">The database.</param>
    /// <param name="range">The key and the range.</param>
    public static Task<RespResult> ReadAsync(IDatabase database, ReadOnlyMemory<RedisKeyOrValue> range) => database.ExecuteRespAsync(GetRange, range, Once);

    /// <summary>The bytes of a reply, which is disposed. The caller disposes the result.</summary>
    public static Lease<byte> BytesOf(RespResult reply)
    {
        using (reply)
        {
            var reader = reply.ReadScalar();
            return reader.ReadLease() ?? Lease<byte>.Empty;
        }
    }

    private static Lease<byte> CopyOf(ReadOnlyMemory<byte> value)
    {
        var copy = Lease<byte>.Create(value.Length);
        value.Span.CopyTo(copy.Span);
        return copy;
    }

    /// <summary>Runs commands on the server of a key. Follows a key that has moved to another server.</summary>
    /// <param name="key">The key.</param>
    /// <param name="state">The state for the commands.</param>
    /// <param name="commands">The commands. They use the given flags, and may run again.</param>
    /// <param name="blockingCommands">The same for a caller that blocks: the client needs no thread of the pool for these.</param>
    /// <exception cref="StorePartUnavailableException">The server can't be used, but others of its Cluster can.</exception>
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

    /// <summary>Whether a key that can't be read on its server has moved to another, or is about to move.</summary>
    public static bool HasMoved(Exception exception) => FlagsToFollow(exception, null) is not null;

    /// <summary>Whether a command has failed because the value of its key is of another type than the store's.</summary>
    public static bool IsOtherType(Exception exception) => exception is RedisServerException && exception.Message.StartsWith("WRONGTYPE", StringComparison.Ordinal);

    /// <summary>Throws if the server of a key is not used now.</summary>
    public void Demand(IDatabase database, in RedisKey key) => _servers.Demand(database.Multiplexer, key);

    /// <summary>The exception to throw for a failed command. Also begins the remedies that there are.</summary>
    public Exception FailureOf(in RedisKey key, Exception exception)
    {
        Consider(exception);
        return _database is { } database ? _servers.Failed(database, key, exception) : exception;
    }

    /// <summary>Waits for one server of a Cluster up to its own limit, so that a hanging server is not mistaken for a hanging store.</summary>
    public Task<T> WithinAsync<T>(Task<T> running) => _isCluster && !running.IsCompleted
        ? StoreWait.WithinAsync(running, _serverLimit, _time, CancellationToken.None)
        : StoreWait.For(running);

    /// <summary>The servers whose keys together are the whole database.</summary>
    /// <exception cref="StorePartUnavailableException">One of them can't be reached.</exception>
    /// <exception cref="RedisConnectionException">None of them can be reached.</exception>
    public async ValueTask<IReadOnlyList<IServer>> PrimariesAsync()
    {
        var connection = await ConnectionAsync().ConfigureAwait(false);
        var servers = connection.GetServers();

        // Without a Cluster every primary has all keys, and an unreachable one may have been replaced.
        if (!Array.Exists(servers, s => s is { IsConnected: true, ServerType: ServerType.Cluster }))
        {
            var all = Array.FindAll(servers, s => s.IsConnected && !s.IsReplica);
            return all.Length > 0 ? all : throw new RedisConnectionException(ConnectionFailureType.UnableToConnect, Primary, "No server of the engine can be reached.");
        }

        // In a Cluster each server has keys of its own, and the client may not know all servers yet.
        var nodes = servers.Where(s => s.IsConnected).Select(s => s.ClusterConfiguration).FirstOrDefault(c => c is not null)?.Nodes
            .Where(n => !n.IsReplica && n.Slots.Count > 0).ToList() ?? [];
        var primaries = nodes.Select(n => Array.Find(servers, s => s.IsConnected && s.EndPoint.Equals(n.EndPoint))).OfType<IServer>().ToList();
        return primaries.Count > 0 && primaries.Count == nodes.Count
            ? primaries
            : throw new StorePartUnavailableException("A server of the Cluster can't be reached: its keys are not removed.");
    }

    /// <summary>The slots that each primary says it has, and those that move from it or to it; empty without a Cluster.</summary>
    public async ValueTask<string> SlotMapAsync()
    {
        List<string> parts = [];
        foreach (var server in await PrimariesAsync().ConfigureAwait(false))
        {
            if (server.ServerType == ServerType.Cluster)
            {
                // By a script, like INFO. The line is "id address myself,master - 0 0 epoch state slots...".
                var nodes = (string?)await server.ExecuteAsync("EVAL", "return redis.call('CLUSTER','NODES')", "0").ConfigureAwait(false) ?? string.Empty;
                var own = nodes.Split('\n').FirstOrDefault(line => line.Contains("myself", StringComparison.Ordinal), string.Empty).Split(' ');
                parts.Add(own[0] + ' ' + string.Join(' ', own.Skip(8)));
            }
        }

        parts.Sort(StringComparer.Ordinal);
        return string.Join('\n', parts);
    }

    /// <summary>The number of the database, in the form for servers.</summary>
    public async ValueTask<int> DatabaseNumberAsync() => (await DatabaseAsync().ConfigureAwait(false)).Database;

    /// <summary>If an error says that servers have changed roles, makes the connection look at them again.</summary>
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

    /// <summary>Finds out whether the engine is a Cluster, now and whenever a server is reached: the connection may be made while all servers are down.</summary>
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

    /// <summary>The flags for asking again after an answer that the key is elsewhere; null after any other failure.</summary>
    /// <param name="exception">The failure.</param>
    /// <param name="followed">The flags of the request that has already asked again; null if none has.</param>
    private static CommandFlags? FlagsToFollow(Exception exception, CommandFlags? followed) => (exception, followed) switch
    {
        // The client has recorded the slot's new server, and goes there if that server is up.
        (RedisServerException { Kind: RedisErrorKind.Moved }, null) => Once,

        // It did not, if it still takes that server for a replica. Then it must be led there until it has looked at the servers again.
        (RedisServerException { Kind: RedisErrorKind.Moved }, Once) => Primary,

        // The slot is moving: only the client can send ASKING. If it may not follow, it turns ASK into an unreachable server.
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
            // The failed call has been answered; the next one will show the current state.
        }
    }
}
