using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using HttpCaching.Storage.Files;

namespace HttpCaching;

/// <summary>
/// Keeps stored responses in a directory. Any number of processes on one machine may share it, and it survives them, however they end.
/// Readers take no lock. Nothing runs while no caller reads or writes. A large store opens as quickly as an empty one.
/// </summary>
/// <remarks>
/// All members may be called by many threads at the same time. After <see cref="Dispose"/> they throw <see cref="ObjectDisposedException"/>; snapshots
/// stay readable even then. Damaged files are misses and are removed. If a body shows damage during a read, the read throws an <see cref="IOException"/>.
/// If the disk fails, is full or read-only, calls throw <see cref="IOException"/> or <see cref="UnauthorizedAccessException"/>, and nothing is half stored.
/// </remarks>
public sealed class FileHttpCacheStore : IHttpCacheStore, IHttpCacheStoreMaintenance, IHttpCacheStoreUsage, IDisposable
{
    private readonly FileStoreSettings _settings;
    private readonly StoreDirectory _directory;
    private readonly Maintenance _maintenance;
    private readonly RecordReader _reader;
    private readonly RecordChanges _changes;
    private readonly PendingRepairs _repairs;
    private volatile bool _isDisposed;

    /// <summary>Opens the store in a directory. If it is missing, the store makes it, for this user only.</summary>
    /// <param name="path">The directory, absolute or relative to the current directory. Use a directory that has no other purpose.</param>
    /// <param name="options">The limits; <see langword="null"/> for the defaults.</param>
    /// <exception cref="ArgumentException">The path is empty, or an option is out of range; the message lists all that are.</exception>
    /// <exception cref="IOException">
    /// The path is a file, a link or another user's directory, or its file system can't lock files; the message says which.
    /// </exception>
    /// <exception cref="UnauthorizedAccessException">The process may not write there.</exception>
    public FileHttpCacheStore(string path, FileHttpCacheStoreOptions? options = null)
        : this(path, (options ?? new FileHttpCacheStoreOptions()).ToSettings())
    {
    }

    internal FileHttpCacheStore(string path, FileStoreSettings settings)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        _settings = settings;
        _repairs = new PendingRepairs(settings.Time);
        _directory = new StoreDirectory(Path.TrimEndingDirectorySeparator(Path.GetFullPath(path)), settings);
        _maintenance = new Maintenance(_directory, settings);
        _changes = new RecordChanges(_directory, settings, _maintenance.Wrote);
        _reader = new RecordReader(_directory, settings, _maintenance.WasUsed, RemoveLater);
    }

    /// <summary>
    /// The bytes that the stored responses of all processes take on disk, in whole disk blocks, as counted by the store. If a process was killed
    /// during a change, the number may be wrong until the next maintenance has counted again.
    /// </summary>
    public long Bytes => _directory.State.ReadAllUsage().Sum(u => u.Bytes);

    /// <summary>The number of keys with stored responses, as counted by the store (see <see cref="Bytes"/>).</summary>
    public long Keys => _directory.State.ReadAllUsage().Sum(u => (long)u.Records);

    /// <inheritdoc/>
    public HttpCacheStoreUsage GetUsage()
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        var usage = _directory.State.ReadAllUsage();
        return new HttpCacheStoreUsage(usage.Sum(u => (long)u.Records), usage.Sum(u => u.Bytes), _settings.MaximumBytes, _maintenance.Evictions.Count);
    }

    /// <inheritdoc/>
    public IDisposable SubscribeToEvictions(Action<StoreEviction> evicted) => _maintenance.Evictions.Subscribe(evicted);

    internal bool IsEncrypted => _settings.Seal.IsSecret;

    /// <inheritdoc/>
    public long? MaximumEntryBytes => _settings.MaximumEntryBytes;

    /// <inheritdoc/>
    public ValueTask<HttpCacheSnapshot> ReadAsync(CacheKey key, CancellationToken cancellationToken) => Read(key, isUse: true, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<HttpCacheSnapshot> PeekAsync(CacheKey key, CancellationToken cancellationToken) => Read(key, isUse: false, cancellationToken);

    private ValueTask<HttpCacheSnapshot> Read(CacheKey key, bool isUse, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<HttpCacheSnapshot>(cancellationToken);
        }

        var snapshot = _reader.Read(key, out var path, out var isDamaged);
        if (isDamaged)
        {
            RemoveDamagedLater(key);
        }

        if (snapshot.Responses.IsEmpty)
        {
            return new ValueTask<HttpCacheSnapshot>(snapshot);
        }

        if (isUse)
        {
            _maintenance.Used(path);
        }
        else
        {
            var recent = _maintenance.RecentUseOf(path);
            snapshot.LastUse = Maintenance.LastUse(recent, UseStamp.Of(File.GetLastWriteTimeUtc(path)));
        }

        return new ValueTask<HttpCacheSnapshot>(snapshot);
    }

    /// <inheritdoc/>
    public ValueTask<HttpCacheWriter?> BeginWriteAsync(CacheKey key, long? expectedLength, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        ArgumentOutOfRangeException.ThrowIfNegative(expectedLength ?? 0, nameof(expectedLength));
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<HttpCacheWriter?>(cancellationToken);
        }

        return new ValueTask<HttpCacheWriter?>(expectedLength > _settings.MaximumEntryBytes
            ? null
            : new FileWriter(_changes, key, new BodyFileWriter(_directory, _settings, expectedLength), _settings.MaximumEntryBytes));
    }

    /// <inheritdoc/>
    public async ValueTask<bool> ReplaceHeadAsync(
        CacheKey key, long generation, StoredResponse head, long stamp, TimeSpan retention, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        ArgumentNullException.ThrowIfNull(head);
        cancellationToken.ThrowIfCancellationRequested();
        return await _changes.ReplaceHeadAsync(key, generation, head, stamp, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask RemoveAsync(CacheKey key, long generation, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        cancellationToken.ThrowIfCancellationRequested();
        await _changes.RemoveWhereAsync(_changes.PlaceOf(key), key, part => part.Head.Generation == generation, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask InvalidateAsync(string uri, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        ArgumentNullException.ThrowIfNull(uri);
        cancellationToken.ThrowIfCancellationRequested();
        await _changes.InvalidateAsync(uri, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    /// <remarks>Reads every record of the store.</remarks>
    public ValueTask<long> RemoveByTagAsync(string tag, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(tag);
        return RemoveWhereAsync(
            Removal.OfTag(tag, _settings.Seal), (_, head) => head.Tags.Contains(tag, StringComparer.Ordinal), cancellationToken);
    }

    /// <inheritdoc/>
    /// <remarks>Reads every record of the store.</remarks>
    public ValueTask<long> RemoveByPrefixAsync(string uriPrefix, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(uriPrefix);
        return RemoveWhereAsync(
            Removal.OfPrefix(uriPrefix, _settings.Seal), (key, _) => key.Uri.StartsWith(uriPrefix, StringComparison.Ordinal), cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask ClearAsync(CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        await ForbidLateCommitsAsync(Removal.OfAll, cancellationToken).ConfigureAwait(false);
        await ForEachShardAsync(
            async shard =>
            {
                using var locked = await _directory.LockAsync(shard, cancellationToken).ConfigureAwait(false);
                var directory = FilePlace.ShardDirectory(_directory.Root, shard);
                if (Directory.Exists(directory))
                {
                    locked.BeginChange();
                    Directory.Delete(directory, recursive: true);
                    locked.SetUsage(0, 0);
                }
            },
            cancellationToken).ConfigureAwait(false);
        if (_settings.Fsync)
        {
            FileModes.FlushDirectory(_directory.Root);
        }
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<ListedResponse> EnumerateAsync(
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);

        // Not on the caller's thread, which may belong to a user interface.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        for (var shard = 0; shard < FileLayout.Shards; shard++)
        {
            foreach (var head in HeadsIn(ShardScan.Records(_directory.Root, shard), cancellationToken))
            {
                yield return head;
            }
        }
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<ListedResponse> EnumerateAsync(
        string uri, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(uri);
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        var common = FilePlace.Of(_directory.Root, new CacheKey(uri), _settings.Seal);
        foreach (var head in HeadsIn(ShardScan.RecordsOfUri(common), cancellationToken).Where(head => head.Key.Uri == uri))
        {
            yield return head;
        }
    }

    /// <summary>
    /// Sweeps the files of killed processes, evicts down to the limits and writes the recent uses down. The store does this in the background; the method is for
    /// tools. While another process does the work, it only writes the uses down.
    /// </summary>
    /// <param name="cancellationToken">Ends the work; finished steps stay.</param>
    public Task MaintainAsync(CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        return _maintenance.RunNowAsync(cancellationToken);
    }

    /// <summary>Closes the store. It waits a few seconds at most for background work. The stored responses stay.</summary>
    public void Dispose()
    {
        if (!_isDisposed)
        {
            _isDisposed = true;
            _maintenance.Dispose();
            _reader.Dispose();
            _directory.Dispose();
        }
    }

    private IEnumerable<ListedResponse> HeadsIn(IEnumerable<FilePlace> places, CancellationToken cancellationToken)
    {
        foreach (var place in places)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var recent = _maintenance.RecentUseOf(place.RecordPath);
            if (KeyRecord.Read(place.RecordPath, _settings.Seal, expected: null, out _) is { } record)
            {
                var lastUse = Maintenance.LastUse(recent, record.Use);
                foreach (var part in record.Parts)
                {
                    yield return new ListedResponse(record.Key, part.Head, lastUse);
                }
            }
        }
    }

    private async ValueTask<long> RemoveWhereAsync(
        Removal removal, Func<CacheKey, StoredResponse, bool> matches, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        await ForbidLateCommitsAsync(removal, cancellationToken).ConfigureAwait(false);
        var removed = 0L;
        await ForEachShardAsync(
            async shard =>
            {
                foreach (var place in await ListAsync(shard, cancellationToken).ConfigureAwait(false))
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    if (KeyRecord.Read(place.RecordPath, _settings.Seal, expected: null, out _) is { } record
                        && record.Parts.Any(p => matches(record.Key, p.Head)))
                    {
                        removed += await _changes.RemoveWhereAsync(place, record.Key, p => matches(record.Key, p.Head), cancellationToken).ConfigureAwait(false);
                    }
                }
            },
            cancellationToken).ConfigureAwait(false);
        return removed;
    }

    /// <summary>
    /// Lists the records of a shard, under its lock. A change that passed the check of removals before this removal was recorded has ended by then. Every later
    /// change finds the removal. So a record that is not on the list is never from before the removal. The listing does not miss a record that is being replaced.
    /// </summary>
    private async ValueTask<List<FilePlace>> ListAsync(int shard, CancellationToken cancellationToken)
    {
        using var locked = await _directory.LockAsync(shard, cancellationToken).ConfigureAwait(false);
        return [.. ShardScan.Records(_directory.Root, shard)];
    }

    /// <summary>Does the same with every shard. If one can't be changed, because a process was stopped within a change, the others are done first; then it throws.</summary>
    private static async ValueTask ForEachShardAsync(Func<int, ValueTask> work, CancellationToken cancellationToken)
    {
        ExceptionDispatchInfo? failed = null;
        for (var shard = 0; shard < FileLayout.Shards; shard++)
        {
            try
            {
                await work(shard).ConfigureAwait(false);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException && !cancellationToken.IsCancellationRequested)
            {
                failed ??= ExceptionDispatchInfo.Capture(exception);
            }
        }

        failed?.Throw();
    }

    private async ValueTask ForbidLateCommitsAsync(Removal removal, CancellationToken cancellationToken)
    {
        _directory.Refresh();
        await _directory.AppendAsync(_directory.State, removal, cancellationToken).ConfigureAwait(false);
    }

    private void RemoveDamagedLater(CacheKey key) =>
        RepairLater(key, ct => _changes.RemoveDamagedAsync(key, ct).AsTask());

    private void RemoveLater(CacheKey key, StoredResponse head) =>
        RepairLater(key, ct => _changes.RemoveWhereAsync(_changes.PlaceOf(key), key, part => part.Head.BodyId == head.BodyId, ct).AsTask());

    private void RepairLater(CacheKey key, Func<CancellationToken, Task> repair)
    {
        if (!_repairs.TryBegin(key))
        {
            return;
        }

        FileStoreLog.Damaged(_settings.Logger);
        _maintenance.Start(async cancellationToken =>
        {
            var isRepaired = false;
            try
            {
                await repair(cancellationToken).ConfigureAwait(false);
                isRepaired = true;
            }
            finally
            {
                _repairs.End(key, isRepaired);
            }
        });
    }
}
