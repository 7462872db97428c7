using System.Buffers;
using HttpCaching.Redis;
using HttpCaching.Redis.Backplane;
using HttpCaching.Redis.Bodies;
using HttpCaching.Redis.Changes;
using HttpCaching.Redis.Connection;
using HttpCaching.Redis.Flights;
using HttpCaching.Redis.Keys;
using HttpCaching.Redis.Maintenance;
using HttpCaching.Redis.Records;
using HttpCaching.Redis.Scripts;
using StackExchange.Redis;

namespace HttpCaching;

/// <summary>
/// Keeps stored responses on an engine that speaks Redis' protocol (Redis 7, Valkey, Garnet; one server, replicas, Cluster), shared by any number of machines.
/// A look-up of a small response is one round trip; each change is one script on one server.
/// </summary>
/// <remarks>
/// All members may be called by many threads at the same time. After <see cref="Dispose"/> they throw <see cref="ObjectDisposedException"/>. If the engine is down, slow,
/// full or failing over, calls throw <see cref="RedisException"/>, <see cref="TimeoutException"/> or <see cref="IOException"/>. The connection recovers without a restart.
/// Damaged responses are misses and are removed. The engine needs scripts; Garnet needs <c>--lua</c> and <c>--lua-transaction-mode</c>.
/// </remarks>
public sealed partial class RedisHttpCacheStore : IHttpCacheStore, IHttpCacheStoreMaintenance, IDisposable
{
    private readonly RedisStoreSettings _settings;
    private readonly RedisEngine _engine;
    private readonly StoreKeys _keys;
    private readonly BucketEpochs _epochs = new();
    private readonly DecodedHeads _heads = new();
    private readonly StoreChanges _changes;
    private readonly KeptKeys _kept;
    private readonly BodyReader _bodies;
    private readonly WideOperations _wide;

    /// <summary>Creates a store on the engine of a configuration. It connects at the first use, and again after each lost connection.</summary>
    /// <param name="configuration">The text for <see cref="ConfigurationOptions.Parse(string)"/>: <c>localhost:6379</c>, or several servers with options.</param>
    /// <exception cref="ArgumentException">The configuration can't be parsed.</exception>
    public RedisHttpCacheStore(string configuration)
        : this(configuration, null)
    {
    }

    /// <summary>Creates a store on the engine of a configuration. It connects at the first use, and again after each lost connection.</summary>
    /// <param name="configuration">The text for <see cref="ConfigurationOptions.Parse(string)"/>: <c>localhost:6379</c>, or several servers with options.</param>
    /// <param name="options">The limits; <see langword="null"/> for the defaults.</param>
    /// <exception cref="ArgumentException">The configuration can't be parsed, or an option is out of range; the message lists all that are.</exception>
    public RedisHttpCacheStore(string configuration, RedisHttpCacheStoreOptions? options)
        : this(Parse(configuration), (options ?? new RedisHttpCacheStoreOptions()).ToSettings())
    {
    }

    /// <summary>Creates a store on the engine of a connection.</summary>
    /// <param name="connection">The connection. The caller disposes it.</param>
    public RedisHttpCacheStore(IConnectionMultiplexer connection)
        : this(connection, (RedisHttpCacheStoreOptions?)null)
    {
    }

    /// <summary>Creates a store on the engine of a connection.</summary>
    /// <param name="connection">The connection. The caller disposes it.</param>
    /// <param name="options">The limits; <see langword="null"/> for the defaults.</param>
    /// <exception cref="ArgumentException">An option is out of range; the message lists all that are.</exception>
    public RedisHttpCacheStore(IConnectionMultiplexer connection, RedisHttpCacheStoreOptions? options)
        : this(connection ?? throw new ArgumentNullException(nameof(connection)), (options ?? new RedisHttpCacheStoreOptions()).ToSettings())
    {
    }

    internal RedisHttpCacheStore(ConfigurationOptions configuration, RedisStoreSettings settings)
        : this(new RedisEngine(configuration, settings), settings)
    {
    }

    internal RedisHttpCacheStore(IConnectionMultiplexer connection, RedisStoreSettings settings)
        : this(new RedisEngine(connection, settings), settings)
    {
    }

    private RedisHttpCacheStore(RedisEngine engine, RedisStoreSettings settings)
    {
        _settings = settings;
        _engine = engine;
        _keys = new StoreKeys(settings.Prefix);
        Notices = new ChangeNotices(engine, settings);
        _changes = new StoreChanges(engine, _keys, settings, _epochs, Notices);
        _kept = new KeptKeys(_changes, settings);
        _bodies = new BodyReader(engine, _kept);
        _wide = new WideOperations(engine, _keys, _changes);
        _feed = new ChangeFeed(engine, Notices, settings);
        _flights = new RedisFlights(engine, settings.Prefix, settings.Flights, settings.Time);
    }

    /// <summary>The connection to the engine, for its other uses.</summary>
    internal RedisEngine Engine => _engine;

    /// <summary>Tells other processes of changes.</summary>
    internal ChangeNotices Notices { get; }

    /// <inheritdoc/>
    public long? MaximumEntryBytes => _settings.MaximumResponseBytes;

    /// <inheritdoc/>
    public async ValueTask<HttpCacheSnapshot> ReadAsync(CacheKey key, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var place = _keys.PlaceOf(key);
        Record? record = null;
        if (place.Scoped is not null || _engine.Database is not { } database || StoreWait.IsBlocking)
        {
            record = await ReadRecordAsync(place).WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        else
        {
            // The shortest way: its cost is the cost of a hit.
            _engine.Demand(database, place.Root);
            ReadOnlyMemory<byte> bytes = default;
            Exception? failure = null;
            try
            {
                var reading = _engine.WithinAsync(database.StringGetRangeAsync(place.Root, 0, Record.MostBytes - 1, RedisEngine.Once));
                bytes = await (cancellationToken.CanBeCanceled ? reading.WaitAsync(cancellationToken) : reading).ConfigureAwait(false);
            }
            catch (Exception exception) when (exception is RedisException or TimeoutException)
            {
                failure = exception;
            }

            if (failure is not null || (!bytes.IsEmpty && !Record.TryRead(bytes, out record)))
            {
                record = await ReadAgainAsync(place, failure).WaitAsync(cancellationToken).ConfigureAwait(false);
            }
        }

        var epoch = _epochs[place.Bucket];
        if (record is { Rows.Length: > 0 } && epoch is not null)
        {
            var parts = PartsOf(place, key, record);
            if (parts.Length > 0)
            {
                return SnapshotOf(key, parts, BucketEpochs.Join(record.Stamp, epoch));
            }
        }

        return await ReadWithLeaseAsync(place, key, record).WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public ValueTask<HttpCacheWriter?> BeginWriteAsync(CacheKey key, long? expectedLength, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(expectedLength ?? 0, nameof(expectedLength));
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<HttpCacheWriter?>(cancellationToken);
        }

        if (expectedLength > _settings.MaximumResponseBytes)
        {
            return default;
        }

        var place = _keys.PlaceOf(key);
        return new ValueTask<HttpCacheWriter?>(
            new RedisWriter(_changes, place, key, new BodyStage(_engine, _kept, place.Root, _settings), _settings.MaximumResponseBytes));
    }

    /// <inheritdoc/>
    public async ValueTask<bool> ReplaceHeadAsync(
        CacheKey key, long generation, StoredResponse head, long stamp, TimeSpan retention, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(head);
        cancellationToken.ThrowIfCancellationRequested();
        var buffer = new ArrayBufferWriter<byte>();
        StoredHeadFormat.Write(buffer, key, head);
        if (buffer.WrittenCount + head.BodyLength > _settings.MaximumResponseBytes)
        {
            return false;
        }

        return await _changes.ReplaceHeadAsync(_keys.PlaceOf(key), key, generation, head, buffer.WrittenMemory, stamp, retention).ConfigureAwait(false) switch
        {
            ScriptResult.Done => true,
            ScriptResult.OtherBody => throw new ArgumentException("The head belongs to another body than the stored one.", nameof(head)),
            _ => false,
        };
    }

    /// <inheritdoc/>
    public async ValueTask RemoveAsync(CacheKey key, long generation, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        await _changes.RemoveAsync(_keys.PlaceOf(key), key.Uri, RemovedBy.Generation, [generation]).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask InvalidateAsync(string uri, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(uri);
        cancellationToken.ThrowIfCancellationRequested();
        await _changes.InvalidateAsync(uri).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public ValueTask<long> RemoveByTagAsync(string tag, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(tag);
        return _wide.RemoveByTagAsync(tag, cancellationToken);
    }

    /// <inheritdoc/>
    /// <remarks>Looks at every key of the engine.</remarks>
    public ValueTask<long> RemoveByPrefixAsync(string uriPrefix, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(uriPrefix);
        return _wide.RemoveByPrefixAsync(uriPrefix, cancellationToken);
    }

    /// <inheritdoc/>
    /// <remarks>Removes only keys with the store's prefix. Looks at every key of the engine.</remarks>
    public ValueTask ClearAsync(CancellationToken cancellationToken) => _wide.ClearAsync(cancellationToken);

    /// <inheritdoc/>
    /// <remarks>Looks at every key of the engine.</remarks>
    public IAsyncEnumerable<ListedResponse> EnumerateAsync(CancellationToken cancellationToken) =>
        _wide.EnumerateAsync(cancellationToken);

    /// <inheritdoc/>
    /// <remarks>Looks at the records of the URI. If the engine may evict, it looks at the names of all keys as well.</remarks>
    public IAsyncEnumerable<ListedResponse> EnumerateAsync(string uri, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(uri);
        return _wide.EnumerateAsync(uri, cancellationToken);
    }

    /// <inheritdoc/>
    /// <remarks>Looks at every key of the engine, and reads the beginning of every record.</remarks>
    public IAsyncEnumerable<ListedResponse> EnumerateByPrefixAsync(string uriPrefix, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(uriPrefix);
        return _wide.EnumerateByPrefixAsync(uriPrefix, cancellationToken);
    }

    /// <summary>Ends the background work, and closes the connection if the store made it. The stored responses stay.</summary>
    public void Dispose()
    {
        _feed.Dispose();
        Notices.Dispose();
        _kept.Dispose();
        _engine.Dispose();
    }

    private static ConfigurationOptions Parse(string configuration)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(configuration);
        return ConfigurationOptions.Parse(configuration);
    }

    /// <summary>Reads a record again, after a failure that may be over or after a damaged record. A damaged record is removed.</summary>
    private Task<Record?> ReadAgainAsync(EntryPlace place, Exception? failure) =>
        failure is null || RedisEngine.IsOtherType(failure) || RedisEngine.HasMoved(failure) ? ReadRecordAsync(place) : throw _engine.FailureOf(place.Root, failure);

    /// <summary>Reads a record; null if there is no valid one. A damaged record is removed.</summary>
    private async Task<Record?> ReadRecordAsync(EntryPlace place)
    {
        ReadOnlyMemory<byte> bytes;
        ReadOnlyMemory<byte> root = default;
        try
        {
            if (place.Scoped is { } scoped)
            {
                (root, bytes) = await _engine.ReadAsync(place.Root, Record.StampEnd, scoped, Record.MostBytes).ConfigureAwait(false);
            }
            else
            {
                bytes = await _engine.ReadAsync(place.Root, Record.MostBytes).ConfigureAwait(false);
            }
        }
        catch (RedisServerException exception) when (RedisEngine.IsOtherType(exception))
        {
            await _changes.DiscardAsync(place.Record).ConfigureAwait(false);
            return null;
        }

        if (bytes.IsEmpty)
        {
            return null;
        }

        if (!Record.TryRead(bytes, out var record))
        {
            await _changes.DiscardAsync(place.Record).ConfigureAwait(false);
            return null;
        }

        return place.Scoped is null || (Record.TryReadStamp(root.Span, out var stamp) && stamp == record!.Stamp) ? record : null;
    }

    private RedisSnapshot.HeldPart[] PartsOf(EntryPlace place, CacheKey key, Record record)
    {
        var parts = new RedisSnapshot.HeldPart[record.Rows.Length];
        var count = 0;
        foreach (var row in record.Rows)
        {
            if (!_heads.TryRead(row.Head.Span, key, out var head) || unchecked((ulong)head.Generation) != row.Generation
                || head.BodyLength < 0 || head.BodyLength > _settings.MaximumResponseBytes || !ChunkedBodyInfo.IsPossible(row, head.BodyLength))
            {
                Background(_changes.RemoveAsync(place, key.Uri, RemovedBy.Generation, [unchecked((long)row.Generation)]).AsTask());
                continue;
            }

            var chunked = row.BodyKey is null ? null : new ChunkedBodyInfo(place.Root, row.BodyKey, head.BodyLength, row.ChunkBytes);
            parts[count++] = new RedisSnapshot.HeldPart(head, row, chunked);
        }

        return count == parts.Length ? parts : parts[..count];
    }

    /// <summary>Returns the responses of the record, and makes sure that the URI has a stamp.</summary>
    private async Task<HttpCacheSnapshot> ReadWithLeaseAsync(EntryPlace place, CacheKey key, Record? record)
    {
        long mark;
        try
        {
            (var stamp, mark) = await _changes.LeaseAsync(place).ConfigureAwait(false);
            if (record is not null && record.Stamp != stamp)
            {
                // Invalidated between the two calls.
                record = null;
            }
        }
        catch (RedisServerException)
        {
            // No room, or a replica that refuses writes. Stored responses can still be read. A response requested now can't be stored,
            // because no URI has this mark.
            mark = Random.Shared.NextInt64();
        }

        return record is null ? new RedisSnapshot(mark) : SnapshotOf(key, PartsOf(place, key, record), mark);
    }

    private RedisSnapshot SnapshotOf(CacheKey key, RedisSnapshot.HeldPart[] parts, long mark) =>
        parts.Length == 0 ? new RedisSnapshot(mark) : new RedisSnapshot(parts, mark, _bodies, this, key);

    /// <summary>Removes a response whose body is gone or damaged, without a wait.</summary>
    internal void RemoveLater(CacheKey key, StoredResponse head) =>
        Background(_changes.RemoveAsync(_keys.PlaceOf(key), key.Uri, RemovedBy.Generation, [head.Generation]).AsTask());

    private static void Background(Task work) => _ = ObserveAsync(work);

    private static async Task ObserveAsync(Task work)
    {
        try
        {
            await work.ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is RedisException or TimeoutException or IOException or ObjectDisposedException)
        {
            // The next read finds the damage again.
        }
    }
}
