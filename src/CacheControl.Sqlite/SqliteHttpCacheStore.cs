using System.Buffers;
using System.Runtime.CompilerServices;
using HttpCaching.Sqlite.Engine;

namespace HttpCaching;

/// <summary>
/// Keeps stored responses in one SQLite file. Any number of processes on the machine may share it, and it survives them, however they end.
/// Readers wait for no writer. Changes that come at the same time share a transaction. A large store opens as quickly as an empty one.
/// </summary>
/// <remarks>
/// All members may be called by many threads at the same time. After <see cref="Dispose"/> they throw <see cref="ObjectDisposedException"/>; snapshots
/// stay readable even then. Damaged responses are misses and are removed. If a body shows damage during a read, the read throws an <see cref="IOException"/>.
/// If the structure of the file is damaged, the store renames it, with the extension <c>.damaged</c>, and begins another one.
/// If the disk fails, is full or read-only, calls throw <see cref="IOException"/>, and nothing is half stored.
/// </remarks>
public sealed class SqliteHttpCacheStore : IHttpCacheStore, IHttpCacheStoreMaintenance, IHttpCacheStoreUsage, IDisposable
{
    private readonly SqliteStoreSettings _settings;
    private readonly OpenFile _file;

    /// <summary>Opens the store in a file. If the file or its directory is missing, the store makes it, for this user only.</summary>
    /// <param name="path">The file, absolute or relative to the current directory. SQLite and the store keep other files next to it, whose names begin with its name.</param>
    /// <param name="options">The limits; <see langword="null"/> for the defaults.</param>
    /// <exception cref="ArgumentException">The path is empty, or an option is out of range; the message lists all that are.</exception>
    /// <exception cref="IOException">
    /// The path is a directory, a link, another user's file, in a directory that others can write to, or another program's database, or a newer version wrote it, or its file system can't be used. The message says which.
    /// </exception>
    /// <exception cref="UnauthorizedAccessException">The process may not write there.</exception>
    public SqliteHttpCacheStore(string path, SqliteHttpCacheStoreOptions? options = null)
        : this(path, (options ?? new SqliteHttpCacheStoreOptions()).ToSettings())
    {
    }

    internal SqliteHttpCacheStore(string path, SqliteStoreSettings settings)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        _settings = settings;
        _file = new OpenFile(path, settings);
    }

    /// <summary>The bytes that the stored responses of all processes take: heads, bodies, and 256 bytes more for each. Each change updates it, so it is always right. Reads the file.</summary>
    public long Bytes => ReadNumber("SELECT bytes FROM state WHERE id = 1");

    /// <summary>The number of stored responses, with all variants, and with responses past their retention that are not removed yet. Reads the file.</summary>
    public long Responses => ReadNumber("SELECT responses FROM state WHERE id = 1");

    /// <inheritdoc/>
    public HttpCacheStoreUsage GetUsage() => new(Responses, Bytes, _settings.MaximumBytes, _file.Evictions.Count);

    /// <inheritdoc/>
    public IDisposable SubscribeToEvictions(Action<StoreEviction> evicted) => _file.Evictions.Subscribe(evicted);

    /// <inheritdoc/>
    public long? MaximumEntryBytes => _settings.MaximumEntryBytes;

    /// <inheritdoc/>
    public ValueTask<HttpCacheSnapshot> ReadAsync(CacheKey key, CancellationToken cancellationToken) => ReadAsync(key, isUse: true, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<HttpCacheSnapshot> PeekAsync(CacheKey key, CancellationToken cancellationToken) => ReadAsync(key, isUse: false, cancellationToken);

    private ValueTask<HttpCacheSnapshot> ReadAsync(CacheKey key, bool isUse, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_file.IsDisposed, this);
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<HttpCacheSnapshot>(cancellationToken);
        }

        var database = _file.DatabaseToRead();
        var renting = database.RentAsync(cancellationToken);
        return renting.IsCompletedSuccessfully && !_file.WasReplaced
            ? new ValueTask<HttpCacheSnapshot>(Read(database, renting.Result, key, isUse))
            : ReadLaterAsync(database, renting, key, isUse, cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<HttpCacheWriter?> BeginWriteAsync(CacheKey key, long? expectedLength, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_file.IsDisposed, this);
        ArgumentOutOfRangeException.ThrowIfNegative(expectedLength ?? 0, nameof(expectedLength));
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<HttpCacheWriter?>(cancellationToken);
        }

        return new ValueTask<HttpCacheWriter?>(
            expectedLength > _settings.MaximumEntryBytes ? null : new SqliteWriter(_file, key, expectedLength));
    }

    /// <inheritdoc/>
    public async ValueTask<bool> ReplaceHeadAsync(
        CacheKey key, long generation, StoredResponse head, long stamp, TimeSpan retention, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(head);
        var bytes = new ArrayBufferWriter<byte>();
        StoredHeadFormat.Write(bytes, key, head);
        return await ChangeAsync(
            writer => bytes.WrittenCount + head.BodyLength <= _settings.MaximumEntryBytes && writer.ReplaceHead(key, generation, head, stamp, retention, bytes.WrittenSpan),
            cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask RemoveAsync(CacheKey key, long generation, CancellationToken cancellationToken) =>
        await ChangeAsync(
            writer =>
            {
                writer.Remove(key, generation);
                return true;
            },
            cancellationToken).ConfigureAwait(false);

    /// <inheritdoc/>
    public async ValueTask InvalidateAsync(string uri, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(uri);
        await ChangeAsync(
            writer =>
            {
                writer.Invalidate(uri);
                return true;
            },
            cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask<long> RemoveByTagAsync(string tag, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(tag);
        await RefuseLateAsync(writer => writer.RefuseLateTagged(tag), cancellationToken).ConfigureAwait(false);

        // Some hundred in each transaction, so that other writers get their turn.
        var removed = 0L;
        while (await ChangeAsync(writer => writer.RemoveTagged(tag), cancellationToken).ConfigureAwait(false) is var count and > 0)
        {
            removed += count;
        }

        return removed;
    }

    /// <inheritdoc/>
    public async ValueTask<long> RemoveByPrefixAsync(string uriPrefix, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(uriPrefix);
        await RefuseLateAsync(writer => writer.RefuseLateBegun(uriPrefix), cancellationToken).ConfigureAwait(false);
        var removed = 0L;
        var last = 0L;
        while (await WithReaderAsync(reader => reader.FindBegun(uriPrefix, last), cancellationToken).ConfigureAwait(false) is [.., var next] ids)
        {
            removed += await ChangeAsync(writer => ids.Count(writer.RemoveEntry), cancellationToken).ConfigureAwait(false);
            last = next;
        }

        return removed;
    }

    /// <inheritdoc/>
    public async ValueTask ClearAsync(CancellationToken cancellationToken) =>
        await ChangeAsync(
            writer =>
            {
                writer.Clear();
                return true;
            },
            cancellationToken).ConfigureAwait(false);

    /// <inheritdoc/>
    public IAsyncEnumerable<ListedResponse> EnumerateAsync(CancellationToken cancellationToken) =>
        EnumerateAsync(static (ReadConnection reader, long after, long now, out long last) => reader.ReadHeads(after, now, out last), cancellationToken);

    /// <inheritdoc/>
    /// <remarks>Looks at the narrow row of every response, and reads the heads of those with the prefix. An index of URIs would make each change slower.</remarks>
    public IAsyncEnumerable<ListedResponse> EnumerateByPrefixAsync(string uriPrefix, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(uriPrefix);
        return EnumerateAsync((ReadConnection reader, long after, long now, out long last) => reader.ReadHeadsBegun(uriPrefix, after, now, out last), cancellationToken);
    }

    private async IAsyncEnumerable<ListedResponse> EnumerateAsync(PageReader read, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_file.IsDisposed, this);

        // Not on the caller's thread, which may belong to a user interface.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        for (var (after, last) = (0L, -1L); after != last;)
        {
            cancellationToken.ThrowIfCancellationRequested();
            last = after;
            foreach (var listed in await ListAsync(reader => read(reader, last, _settings.Now, out after), cancellationToken).ConfigureAwait(false))
            {
                yield return listed;
            }
        }
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<ListedResponse> EnumerateAsync(
        string uri, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(uri);
        ObjectDisposedException.ThrowIf(_file.IsDisposed, this);
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        foreach (var listed in await ListAsync(reader => reader.ReadHeadsOf(uri, _settings.Now), cancellationToken).ConfigureAwait(false))
        {
            yield return listed;
        }
    }

    /// <summary>
    /// Sweeps the remains of killed processes, removes responses past their retention, evicts down to the limits, deletes bodies without readers, writes down
    /// the recent uses, and shortens the file if much of it is empty. The store does this in the background; the method is for tools.
    /// </summary>
    /// <param name="cancellationToken">Ends the work; finished steps stay.</param>
    public Task MaintainAsync(CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(_file.IsDisposed, this);
        return _file.Maintenance.RunNowAsync(cancellationToken);
    }

    /// <summary>Closes the store. It waits a few seconds at most for background work. The stored responses stay.</summary>
    public void Dispose() => _file.Dispose();

    /// <summary>Reads rows, and adds the uses that are not written down yet. It reads again if uses were written down in between.</summary>
    private async ValueTask<List<ListedResponse>> ListAsync(Func<ReadConnection, List<ListedRow>> read, CancellationToken cancellationToken)
    {
        var maintenance = _file.Maintenance;
        while (true)
        {
            var before = maintenance.UsesWritten;
            var rows = await WithReaderAsync(read, cancellationToken).ConfigureAwait(false);
            var listed = rows.ConvertAll(row => new ListedResponse(row.Key, row.Head, Maintenance.LastUse(maintenance.RecentUseOf(row.Id), row.Used)));
            if (before == maintenance.UsesWritten)
            {
                return listed;
            }
        }
    }

    private static bool IsDamage(Exception exception) => exception is DamagedFileException;

    private HttpCacheSnapshot Read(Database database, ReadConnection reader, CacheKey key, bool isUse)
    {
        SqliteSnapshot snapshot;
        List<long>? damaged;
        try
        {
            snapshot = reader.Read(key, _settings.Now, out damaged);
            if (!isUse)
            {
                snapshot.ReadLastUses(reader, _file.Maintenance);
            }
        }
        catch (Exception exception) when (IsDamage(exception))
        {
            _file.TryReplaceLater(database);
            throw;
        }
        finally
        {
            database.Return(reader);
        }

        if (damaged is not null)
        {
            _file.RemoveLater(database, damaged);
        }

        snapshot.Attach(_file, key, isUse);
        return snapshot;
    }

    private async ValueTask<HttpCacheSnapshot> ReadLaterAsync(
        Database database, ValueTask<ReadConnection> renting, CacheKey key, bool isUse, CancellationToken cancellationToken)
    {
        var reader = await renting.ConfigureAwait(false);
        if (_file.WasReplaced)
        {
            database.Return(reader);
            database = _file.DatabaseAfter(database);
            reader = await database.RentAsync(cancellationToken).ConfigureAwait(false);
        }

        return Read(database, reader, key, isUse);
    }

    private Task<T> ChangeAsync<T>(Func<WriteConnection, T> change, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_file.IsDisposed, this);
        cancellationToken.ThrowIfCancellationRequested();
        return _file.Queue.RunAsync(change, cancellationToken);
    }

    private Task<bool> RefuseLateAsync(Action<WriteConnection> refuse, CancellationToken cancellationToken) => ChangeAsync(
        writer =>
        {
            refuse(writer);
            return true;
        },
        cancellationToken);

    private long ReadNumber(string sql)
    {
        ObjectDisposedException.ThrowIf(_file.IsDisposed, this);
        var database = _file.Database;
        var reader = database.Rent();
        try
        {
            return reader.ReadNumber(sql);
        }
        finally
        {
            database.Return(reader);
        }
    }

    private async ValueTask<T> WithReaderAsync<T>(Func<ReadConnection, T> read, CancellationToken cancellationToken)
    {
        var database = _file.Database;
        var reader = await database.RentAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return read(reader);
        }
        finally
        {
            database.Return(reader);
        }
    }

    private delegate List<ListedRow> PageReader(ReadConnection reader, long after, long now, out long last);
}
