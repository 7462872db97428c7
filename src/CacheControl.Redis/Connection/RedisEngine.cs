using CacheControl.Redis.Scripts;
using StackExchange.Redis;

namespace CacheControl.Redis.Connection;

/// <summary>The way to the engine: connects when it is first used, and runs commands and scripts on primaries only, because a replica may lag behind an invalidation.</summary>
internal sealed class RedisEngine : IDisposable
{
    private const int ConfigurationCheckSeconds = 5;
    private const CommandFlags Primary = CommandFlags.DemandMaster;

    private static readonly TimeSpan PauseBetweenLooks = TimeSpan.FromSeconds(1);

    private readonly ConfigurationOptions? _configuration;
    private readonly int _number;
    private readonly TimeProvider _time;
    private readonly Lock _connecting = new();
    private Task<IConnectionMultiplexer>? _connection;
    private volatile IDatabase? _database;
    private volatile bool _isDisposed;
    private long _lookedAt;

    /// <summary>Reaches an engine over a connection of its own.</summary>
    public RedisEngine(ConfigurationOptions configuration, int number, TimeProvider time)
    {
        _configuration = configuration;
        _number = number;
        _time = time;

        // Whoever waits for an engine that is down keeps a request waiting: better to fail at once. It connects again by itself.
        configuration.AbortOnConnectFail = false;
        configuration.BacklogPolicy = BacklogPolicy.FailFast;
        configuration.ConfigCheckSeconds = Math.Min(configuration.ConfigCheckSeconds, ConfigurationCheckSeconds);
        configuration.ReconnectRetryPolicy = new ExponentialRetry(deltaBackOffMilliseconds: 250, maxDeltaBackOffMilliseconds: 2000);
    }

    /// <summary>Reaches an engine over somebody else's connection.</summary>
    public RedisEngine(IConnectionMultiplexer connection, int number, TimeProvider time)
    {
        _number = number;
        _time = time;
        _connection = Task.FromResult(connection);
        _database = connection.GetDatabase(number);
    }

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
    public async ValueTask<RedisResult> EvaluateAsync(Script script, RedisKey[] keys, RedisValue[] values)
    {
        var database = await DatabaseAsync().ConfigureAwait(false);
        try
        {
            try
            {
                return await database.ScriptEvaluateAsync(script.Hash, keys, values, Primary).ConfigureAwait(false);
            }
            catch (RedisServerException exception) when (exception.Message.StartsWith("NOSCRIPT", StringComparison.Ordinal))
            {
                return await database.ScriptEvaluateAsync(script.Text, keys, values, Primary | CommandFlags.NoScriptCache).ConfigureAwait(false);
            }
        }
        catch (RedisException exception)
        {
            Consider(exception);
            throw;
        }
    }

    /// <summary>Reads the beginning of a string; null if there is none.</summary>
    /// <param name="key">The key.</param>
    /// <param name="mostBytes">How many bytes may come, whatever stands there.</param>
    public async ValueTask<ReadOnlyMemory<byte>> ReadAsync(RedisKey key, int mostBytes)
    {
        var database = await DatabaseAsync().ConfigureAwait(false);
        try
        {
            return await database.StringGetRangeAsync(key, 0, mostBytes - 1, Primary).ConfigureAwait(false);
        }
        catch (RedisException exception)
        {
            Consider(exception);
            throw;
        }
    }

    /// <summary>Reads the beginnings of two strings in one round trip.</summary>
    public async ValueTask<(ReadOnlyMemory<byte> First, ReadOnlyMemory<byte> Second)> ReadAsync(RedisKey first, int mostOfFirst, RedisKey second, int mostOfSecond)
    {
        var one = ReadAsync(first, mostOfFirst).AsTask();
        var other = ReadAsync(second, mostOfSecond).AsTask();
        await Task.WhenAll(one, other).ConfigureAwait(false);
        return (await one.ConfigureAwait(false), await other.ConfigureAwait(false));
    }

    /// <summary>The servers whose keys make up the whole database.</summary>
    /// <exception cref="RedisConnectionException">One of them can't be reached.</exception>
    public async ValueTask<IReadOnlyList<IServer>> PrimariesAsync()
    {
        var connection = await ConnectionAsync().ConfigureAwait(false);
        var servers = connection.GetServers();

        // Without a Cluster every primary has all keys, and one that can't be reached may have been replaced. In a Cluster each has keys of its own.
        var cluster = servers.Where(s => s.IsConnected && s.ServerType == ServerType.Cluster).Select(s => s.ClusterConfiguration).FirstOrDefault(c => c is not null);
        var primaries = servers.Where(s => cluster?[s.EndPoint] is { } node ? !node.IsReplica && node.Slots.Count > 0 : s.IsConnected && !s.IsReplica).ToList();
        if (primaries.Exists(s => !s.IsConnected))
        {
            throw new RedisConnectionException(ConnectionFailureType.UnableToConnect, Primary, "A server of the Cluster can't be reached: its keys are left.");
        }

        return primaries.Count > 0
            ? primaries
            : throw new RedisConnectionException(ConnectionFailureType.UnableToConnect, Primary, "No server of the engine can be reached.");
    }

    /// <summary>The number of the database, as servers want it.</summary>
    public async ValueTask<int> DatabaseNumberAsync() => (await DatabaseAsync().ConfigureAwait(false)).Database;

    /// <summary>After an error that says that the servers have changed their parts, has the connection look at them again.</summary>
    public void Consider(RedisException exception)
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
            connection = _configuration is null ? null : _connection;
        }

        _ = connection?.ContinueWith(
            static finished => finished.Result.Dispose(), CancellationToken.None, TaskContinuationOptions.OnlyOnRanToCompletion, TaskScheduler.Default);
    }

    private static async Task<IConnectionMultiplexer> ConnectAsync(ConfigurationOptions configuration) =>
        await ConnectionMultiplexer.ConnectAsync(configuration).ConfigureAwait(false);

    private async ValueTask<IDatabase> ConnectDatabaseAsync()
    {
        var connection = await ConnectionAsync().ConfigureAwait(false);
        return _database = connection.GetDatabase(_number);
    }

    private static bool IsAboutTopology(RedisException exception) =>
        exception is RedisConnectionException
        || exception.Message.StartsWith("READONLY", StringComparison.Ordinal)
        || exception.Message.StartsWith("MOVED", StringComparison.Ordinal)
        || exception.Message.StartsWith("CLUSTERDOWN", StringComparison.Ordinal);

    private static async Task LookAsync(Task<IConnectionMultiplexer> connection)
    {
        try
        {
            await (await connection.ConfigureAwait(false)).ConfigureAsync().ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is RedisException or ObjectDisposedException or TimeoutException)
        {
            // The call that failed has been answered; the next one will show how it stands.
        }
    }
}
