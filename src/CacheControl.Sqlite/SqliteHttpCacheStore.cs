using System.Buffers;
using System.Runtime.CompilerServices;
using HttpCaching.Sqlite.Engine;

namespace HttpCaching;

/// <summary>
/// Keeps stored responses in one SQLite file, which any number of processes on the machine may share, and which survives them, however they end.
/// Readers wait for nobody; changes that come at the same time share a transaction; opening a large store is as quick as opening an empty one.
/// </summary>
/// <remarks>
/// All members may be called by many threads at once, and throw <see cref="ObjectDisposedException"/> after <see cref="Dispose"/>; snapshots
/// stay readable even then. Damaged responses are misses and are removed; a body that shows damage while it is read throws an <see cref="IOException"/>;
/// a file whose structure is damaged is set aside, beside it with the extension <c>.damaged</c>, and another one is begun.
/// Calls throw <see cref="IOException"/> when the disk fails, is full or read-only: nothing is stored half then.
/// </remarks>
public sealed class SqliteHttpCacheStore : IHttpCacheStore, IHttpCacheStoreMaintenance, IDisposable
{
    private readonly SqliteStoreSettings _settings;
    private readonly OpenFile _file;

    /// <summary>Opens the store in a file, which is made (for this user only) if it is missing, as is its directory.</summary>
    /// <param name="path">The file; relative to the current directory now, or absolute. SQLite and the store keep others beside it, whose names begin with its name.</param>
    /// <param name="options">The limits; <see langword="null"/> for the defaults.</param>
    /// <exception cref="ArgumentException">The path is empty, or an option is out of range; the message lists all that are.</exception>
    /// <exception cref="IOException">
    /// The path is a directory, a link, another user's file or another program's database, was written by a newer version, or its file system can't be used; the message says which.
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

    /// <summary>The bytes that all processes' stored responses take: heads and bodies, and 256 bytes more for each. Kept by each change, and so always right. Reads the file.</summary>
    public long Bytes => ReadNumber("SELECT bytes FROM state WHERE id = 1");

    /// <summary>The number of stored responses, all variants counted, and those of no use any more that are not removed yet. Reads the file.</summary>
    public long Responses => ReadNumber("SELECT responses FROM state WHERE id = 1");

    /// <inheritdoc/>
    public long? MaximumEntryBytes => _settings.MaximumEntryBytes;

    /// <inheritdoc/>
    public ValueTask<HttpCacheSnapshot> ReadAsync(CacheKey key, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_file.IsDisposed, this);
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<HttpCacheSnapshot>(cancellationToken);
        }

        var database = _file.DatabaseToRead();
        var renting = database.RentAsync(cancellationToken);
        return renting.IsCompletedSuccessfully && !_file.WasReplaced
            ? new ValueTask<HttpCacheSnapshot>(Read(database, renting.Result, key))
            : ReadLaterAsync(database, renting, key, cancellationToken);
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

        // Some hundred in each transaction, so that others get their turn.
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
    public async IAsyncEnumerable<KeyValuePair<CacheKey, StoredResponse>> EnumerateAsync(
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_file.IsDisposed, this);

        // On another thread than the caller's: it may be a user interface's.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        var heads = new List<KeyValuePair<CacheKey, StoredResponse>>();
        for (var (after, last) = (0L, -1L); after != last; heads.Clear())
        {
            cancellationToken.ThrowIfCancellationRequested();
            last = after;
            after = await WithReaderAsync(reader => reader.ReadHeads(last, _settings.Now, heads), cancellationToken).ConfigureAwait(false);
            foreach (var head in heads)
            {
                yield return head;
            }
        }
    }

    /// <summary>
    /// Sweeps what killed processes have left, removes what is of no use any more, evicts what is too much, deletes bodies that nobody reads any more, writes down
    /// what was used of late, and shortens the file if much of it is empty. Happens by itself beside the requests; for tools.
    /// </summary>
    /// <param name="cancellationToken">Ends the work; what is done stays done.</param>
    public Task MaintainAsync(CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(_file.IsDisposed, this);
        return _file.Maintenance.RunNowAsync(cancellationToken);
    }

    /// <summary>Closes the store; waits a few seconds at most for what goes on beside the requests. What is stored stays.</summary>
    public void Dispose() => _file.Dispose();

    private static bool IsDamage(Exception exception) => exception is DamagedFileException;

    private HttpCacheSnapshot Read(Database database, ReadConnection reader, CacheKey key)
    {
        SqliteSnapshot snapshot;
        List<long>? damaged;
        try
        {
            snapshot = reader.Read(key, _settings.Now, out damaged);
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

        snapshot.Attach(_file, key);
        return snapshot;
    }

    private async ValueTask<HttpCacheSnapshot> ReadLaterAsync(
        Database database, ValueTask<ReadConnection> renting, CacheKey key, CancellationToken cancellationToken)
    {
        var reader = await renting.ConfigureAwait(false);
        if (_file.WasReplaced)
        {
            database.Return(reader);
            database = _file.DatabaseAfter(database);
            reader = await database.RentAsync(cancellationToken).ConfigureAwait(false);
        }

        return Read(database, reader, key);
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
}
