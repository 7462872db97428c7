using System.Buffers;
using System.Runtime.CompilerServices;
using System.Text;
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
        Bodies = new BodyReader(engine, _kept);
        _wide = new WideOperations(engine, _keys, _changes);
        _feed = new ChangeFeed(engine, Notices, settings);
        _flights = new RedisFlights(engine, settings.Prefix, settings.Flights, settings.Time);
    }

    /// <summary>The connection to the engine, for its other uses.</summary>
    internal RedisEngine Engine => _engine;

    /// <summary>Opens bodies in chunks.</summary>
    internal BodyReader Bodies { get; }

    /// <summary>Tells other processes of changes.</summary>
    internal ChangeNotices Notices { get; }

    /// <inheritdoc/>
    public long? MaximumEntryBytes => _settings.MaximumResponseBytes;

    /// <inheritdoc/>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<HttpCacheSnapshot> ReadAsync(CacheKey key, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var placed = _keys.PlacedOf(key);
        if (placed.Place.Scoped is not null || _engine.Database is not { } database || StoreWait.IsBlocking)
        {
            return await ReadStepByStepAsync(placed, null).WaitAsync(cancellationToken).ConfigureAwait(false);
        }

        // The shortest way: its cost is the cost of a hit.
        _engine.Demand(database, placed.Place.Root);
        RespResult reply;
        try
        {
            var reading = _engine.WithinAsync(RedisEngine.ReadAsync(database, placed.Request(Record.MostBytes)));
            reply = await (cancellationToken.CanBeCanceled ? reading.WaitAsync(cancellationToken) : reading).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is RedisException or TimeoutException)
        {
            return await ReadStepByStepAsync(placed, exception).WaitAsync(cancellationToken).ConfigureAwait(false);
        }

        var bytes = RedisEngine.BytesOf(reply);
        if (bytes.IsEmpty)
        {
            return await ReadWithLeaseAsync(placed, null).WaitAsync(cancellationToken).ConfigureAwait(false);
        }

        if (!Record.TryRead(bytes, out var record))
        {
            bytes.Dispose();
            return await ReadStepByStepAsync(placed, null).WaitAsync(cancellationToken).ConfigureAwait(false);
        }

        return SnapshotOf(placed, record) ?? await ReadWithLeaseAsync(placed, record).WaitAsync(cancellationToken).ConfigureAwait(false);
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

    /// <summary>Reads a record of a scope, before there is a connection or for a caller that blocks. Reads a record again after a failure that may be over, or if it is damaged.</summary>
    /// <param name="placed">The key.</param>
    /// <param name="failure">The failure of the first attempt, if there was one.</param>
    private async Task<HttpCacheSnapshot> ReadStepByStepAsync(StoreKeys.Placed placed, Exception? failure)
    {
        if (failure is not null && !RedisEngine.IsOtherType(failure) && !RedisEngine.HasMoved(failure))
        {
            throw _engine.FailureOf(placed.Place.Root, failure);
        }

        var record = await ReadRecordAsync(placed).ConfigureAwait(false);
        return record is { } read && SnapshotOf(placed, read) is { } snapshot ? snapshot : await ReadWithLeaseAsync(placed, record).ConfigureAwait(false);
    }

    /// <summary>Reads a record; null if there is no valid one. A damaged record is removed.</summary>
    private async Task<Record?> ReadRecordAsync(StoreKeys.Placed placed)
    {
        var place = placed.Place;
        Lease<byte> bytes;
        ReadOnlyMemory<byte> root = default;
        try
        {
            // In one round trip.
            var readingRoot = place.Scoped is null ? Task.FromResult(root) : _engine.ReadAsync(place.Root, Record.StampEnd).AsTask();
            var reading = _engine.ReadAsync(place.Record, Record.MostBytes, placed.Request(Record.MostBytes)).AsTask();
            await Task.WhenAll(readingRoot, reading).ConfigureAwait(false);
            (root, bytes) = (await readingRoot.ConfigureAwait(false), await reading.ConfigureAwait(false));
        }
        catch (RedisServerException exception) when (RedisEngine.IsOtherType(exception))
        {
            await _changes.DiscardAsync(place.Record).ConfigureAwait(false);
            return null;
        }

        if (Record.TryRead(bytes, out var record))
        {
            if (place.Scoped is null || (Record.TryReadStamp(root.Span, out var stamp) && stamp == record.Stamp))
            {
                return record;
            }
        }
        else if (!bytes.IsEmpty)
        {
            await _changes.DiscardAsync(place.Record).ConfigureAwait(false);
        }

        bytes.Dispose();
        return null;
    }

    /// <summary>Returns the responses of the record, and makes sure that the URI has a stamp. Takes the bytes of the record over.</summary>
    private async Task<HttpCacheSnapshot> ReadWithLeaseAsync(StoreKeys.Placed placed, Record? record)
    {
        long mark;
        var isInvalid = false;
        try
        {
            (var stamp, mark) = await _changes.LeaseAsync(placed.Place).ConfigureAwait(false);

            // Invalidated between the two calls.
            isInvalid = record is { } read && read.Stamp != stamp;
        }
        catch (RedisServerException)
        {
            // No room, or a replica that refuses writes. Stored responses can still be read. A response requested now can't be stored,
            // because no URI has this mark.
            mark = Random.Shared.NextInt64();
        }

        if (record is { } current && !isInvalid && SnapshotOf(placed, current, mark) is { } snapshot)
        {
            return snapshot;
        }

        record?.Bytes.Dispose();
        return new RedisSnapshot(mark);
    }

    /// <summary>The responses of a record; null if there are none, or if the epoch of their bucket is not known. Else it takes the bytes of the record over.</summary>
    private RedisSnapshot? SnapshotOf(StoreKeys.Placed placed, in Record record) =>
        _epochs[placed.Place.Bucket] is { } epoch ? SnapshotOf(placed, record, BucketEpochs.Join(record.Stamp, epoch)) : null;

    private RedisSnapshot? SnapshotOf(StoreKeys.Placed placed, in Record record, long mark)
    {
        var (place, key) = (placed.Place, placed.Key);
        var rows = record.Rows;
        StoredResponse[] heads = [];
        RedisSnapshot.HeldBody[] bodies = [];
        var count = 0;
        foreach (var row in rows)
        {
            if (!_heads.TryRead(row.Head.Of(record.Bytes.Span), key, out var head) || unchecked((ulong)head.Generation) != row.Generation
                || head.BodyLength < 0 || head.BodyLength > _settings.MaximumResponseBytes || !ChunkedBodyInfo.IsPossible(row, head.BodyLength))
            {
                Background(_changes.RemoveAsync(place, key.Uri, RemovedBy.Generation, [unchecked((long)row.Generation)]).AsTask());
                continue;
            }

            if (rows.Count == 1 && !row.IsChunked)
            {
                return new RedisSnapshot(record.Bytes, head, row.Body, mark, this, key);
            }

            if (count == 0)
            {
                (heads, bodies) = (new StoredResponse[rows.Count], new RedisSnapshot.HeldBody[rows.Count]);
            }

            heads[count] = head;
            bodies[count++] = new RedisSnapshot.HeldBody(row.Body, row.IsChunked ? InfoOf(place, record, row, head) : null);
        }

        return count == 0 ? null : new RedisSnapshot(record.Bytes, count == rows.Count ? heads : heads[..count], bodies, mark, this, key);
    }

    private static ChunkedBodyInfo InfoOf(EntryPlace place, in Record record, in RecordRow row, StoredResponse head) =>
        new(place.Root, Encoding.ASCII.GetString(row.BodyKey.Of(record.Bytes.Span)), head.BodyLength, row.ChunkBytes);

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
