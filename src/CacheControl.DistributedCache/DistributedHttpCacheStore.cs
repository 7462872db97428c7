using HttpCaching.DistributedCache;
using HttpCaching.DistributedCache.Engines;
using Microsoft.Extensions.Caching.Distributed;

namespace HttpCaching;

/// <summary>
/// Keeps stored responses in any <see cref="IDistributedCache"/>: an engine that an organisation runs already, for all its nodes. If the engine implements
/// <see cref="IBufferDistributedCache"/>, it is read and written without further copies. For a caller that blocks, the store calls the engine's blocking members, on threads of its own.
/// </summary>
/// <remarks>
/// <para>
/// Such an engine can get, set and remove single values. It can't compare and swap, and it can't list its values. Within one process this store is as strong as any other. Between processes
/// it is weaker in one respect: if two change the same key at the same moment, the later one wins with its whole record. The other one's
/// response is then a miss, and of two responses of one variant the older one may stay until it is stale.
/// </para>
/// <para>
/// The other guarantees hold. The store writes a head together with its body, or after all chunks of its body, under a name that is never used again. A value that is evicted,
/// damaged or foreign is a miss. An invalidated response does not come back, whichever process writes: a record counts only while the epochs of its
/// writing are current. This is as strong as the engine: if a read returns a value older than the last write, the store may show an invalidated response for that long.
/// </para>
/// <para>All members may be called by many threads at the same time. After <see cref="Dispose"/> they throw <see cref="ObjectDisposedException"/>.</para>
/// </remarks>
public sealed class DistributedHttpCacheStore : IHttpCacheStore, IHttpCacheStoreMaintenance, IDisposable
{
    private const long CannotTell = -1;

    private readonly DistributedStoreSettings _settings;
    private readonly Engine _engine;
    private readonly KeyNames _names;
    private readonly Epochs _epochs;
    private readonly ChunkWriter _chunks;
    private readonly RecordChanges _changes;
    private volatile bool _isDisposed;

    /// <summary>Creates a store over an engine.</summary>
    /// <param name="engine">The engine. The caller disposes it.</param>
    /// <param name="options">The limits; <see langword="null"/> for the defaults.</param>
    /// <exception cref="ArgumentException">An option is out of range; the message lists all that are.</exception>
    public DistributedHttpCacheStore(IDistributedCache engine, DistributedHttpCacheStoreOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(engine);
        _settings = (options ?? new DistributedHttpCacheStoreOptions()).ToSettings();
        _engine = new Engine(engine, _settings);
        _names = new KeyNames(_settings.KeyPrefix);
        _epochs = new Epochs(_engine, _names, _settings);
        _chunks = new ChunkWriter(_engine, _names, _settings);
        Remover = new BodyRemover(_engine, _names);
        _changes = new RecordChanges(_engine, _epochs, _names, _chunks, Remover, _settings);
    }

    internal BodyRemover Remover { get; }

    /// <inheritdoc/>
    public long? MaximumEntryBytes => _settings.MaximumEntryBytes;

    /// <inheritdoc/>
    public async ValueTask<HttpCacheSnapshot> ReadAsync(CacheKey key, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        cancellationToken.ThrowIfCancellationRequested();

        // Both together: a record written before an epoch changed does not fit the new one, and a record written after it does not fit the old one.
        var state = _epochs.ReadAsync(key, cancellationToken).AsTask();
        var reading = _changes.ReadAsync(key, cancellationToken).AsTask();
        await Task.WhenAll(state, reading).ConfigureAwait(false);
        var current = await state.ConfigureAwait(false);
        var (record, value) = await reading.ConfigureAwait(false);
        var parts = await _changes.CurrentAsync(record, current.Mark, remembered: true, cancellationToken).ConfigureAwait(false);
        if (parts.Count == 0)
        {
            value?.Release();
            value = null;
        }

        return new DistributedSnapshot(this, key, current.Stamp, parts, value);
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
            : new DistributedWriter(_changes, _chunks, Remover, _settings, key, expectedLength));
    }

    /// <inheritdoc/>
    public async ValueTask<bool> ReplaceHeadAsync(
        CacheKey key, long generation, StoredResponse head, long stamp, TimeSpan retention, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        ArgumentNullException.ThrowIfNull(head);
        cancellationToken.ThrowIfCancellationRequested();
        return await _changes.ReplaceHeadAsync(key, generation, head, stamp, retention, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask RemoveAsync(CacheKey key, long generation, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        cancellationToken.ThrowIfCancellationRequested();
        await _changes.RemoveWhereAsync(key, part => part.Head.Generation == generation, cancellationToken).ConfigureAwait(false);
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
    /// <remarks>
    /// Takes the same short time however much is stored. It frees no memory: the engine drops the removed values in its own time. In other nodes it takes effect after
    /// <see cref="DistributedHttpCacheStoreOptions.MaximumEpochAge"/> at the latest.
    /// </remarks>
    /// <returns>-1: the engine can't count.</returns>
    public async ValueTask<long> RemoveByTagAsync(string tag, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        ArgumentNullException.ThrowIfNull(tag);
        await _epochs.RenewTagAsync(tag, cancellationToken).ConfigureAwait(false);
        return CannotTell;
    }

    /// <inheritdoc/>
    /// <remarks>Works for a whole origin ("https://example.org/"), as <see cref="RemoveByTagAsync"/> does. The engine can't list the URIs of a longer prefix.</remarks>
    /// <returns>-1: the engine can't count.</returns>
    /// <exception cref="NotSupportedException">The prefix is not an origin with a slash after it.</exception>
    public async ValueTask<long> RemoveByPrefixAsync(string uriPrefix, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        ArgumentNullException.ThrowIfNull(uriPrefix);
        if (!KeyNames.IsOrigin(uriPrefix))
        {
            throw new NotSupportedException(
                "An IDistributedCache can't list its keys, so only a whole origin can be removed by its prefix, such as 'https://example.org/': "
                + "invalidate the URIs one by one, or give the responses a tag and remove by tag.");
        }

        await _epochs.RenewOriginAsync(uriPrefix, cancellationToken).ConfigureAwait(false);
        return CannotTell;
    }

    /// <inheritdoc/>
    /// <remarks>As <see cref="RemoveByTagAsync"/>. Values of other applications stay. The memory of this store's values stays in use until the engine drops them.</remarks>
    public async ValueTask ClearAsync(CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        await _epochs.RenewAllAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Not supported: an <see cref="IDistributedCache"/> can't list its values.</summary>
    /// <param name="cancellationToken">Not used.</param>
    /// <exception cref="NotSupportedException">Always.</exception>
    public IAsyncEnumerable<ListedResponse> EnumerateAsync(CancellationToken cancellationToken) =>
        throw new NotSupportedException("An IDistributedCache can't list its values.");

    /// <summary>Closes the store. The engine and the stored responses stay.</summary>
    public void Dispose()
    {
        _isDisposed = true;
        Remover.Dispose();
    }

    /// <summary>Opens a body in chunks. If a part of it is gone, the store removes the response, so that the next reader has a miss.</summary>
    internal ValueTask<StoredBody> OpenChunkedAsync(
        CacheKey key, StoredResponse head, ChunkedPlace place, CancellationToken cancellationToken) =>
        ChunkedBody.OpenAsync(_engine, _names, place, head, () => RemoveLostAsync(key, place), cancellationToken);

    private async ValueTask RemoveLostAsync(CacheKey key, ChunkedPlace place)
    {
        try
        {
            await _changes.RemoveWhereAsync(key, part => part.Chunks?.Name == place.Name, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception)
        {
            // The exception that follows tells the fault.
        }
    }
}
