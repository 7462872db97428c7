using HttpCaching.Storage.InMemory;

namespace HttpCaching;

/// <summary>
/// Keeps stored responses in the memory of this process, up to a limit in bytes. A hit takes no lock, allocates nothing and copies no body.
/// Responses that are read once do not displace responses that are read often.
/// </summary>
/// <remarks>All members may be called by many threads at the same time. After <see cref="Dispose"/> they throw <see cref="ObjectDisposedException"/>;
/// snapshots and bodies stay readable even then.</remarks>
public sealed partial class MemoryHttpCacheStore : IHttpCacheStore, IHttpCacheStoreMaintenance, IHttpCacheStoreUsage, IHttpCacheStoreAtOnce, IDisposable
{
    private const int RememberedRemovals = 65_536;

    private readonly Lock _lock = new();
    private readonly MemoryIndex _index;
    private readonly EvictionFeed _evictions = new();
    private readonly long _maximumBytes;
    private readonly CommonTexts _texts = new();
    private readonly RemovalLog _removals = new(RememberedRemovals);
    private readonly long _maximumEntryBytes;
    private readonly SegmentPool _pool;
    private readonly UseClock _clock;

    private long _stamp;
    private MemorySnapshot _empty = new([], stamp: 0);
    private volatile bool _isDisposed;

    /// <summary>Creates a store with the default limits.</summary>
    public MemoryHttpCacheStore()
        : this(new MemoryHttpCacheStoreOptions())
    {
    }

    /// <summary>Creates a store with these limits.</summary>
    /// <param name="options">The limits.</param>
    /// <exception cref="ArgumentException">A limit is out of range; the message lists all that are.</exception>
    public MemoryHttpCacheStore(MemoryHttpCacheStoreOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        _index = new MemoryIndex(options.MaximumBytes, options.MaximumVariants, _evictions);
        _maximumBytes = options.MaximumBytes;
        _maximumEntryBytes = MostForOne(options);
        _pool = new SegmentPool(MostUnused(options));
        _clock = new UseClock(options.TimeProvider);
    }

    /// <summary>Creates a store whose large bodies take their segments from this pool.</summary>
    internal MemoryHttpCacheStore(MemoryHttpCacheStoreOptions options, SegmentPool pool)
        : this(options) =>
        _pool = pool;

    /// <summary>The bytes of all stored responses now, heads included. Never above the limit.</summary>
    public long Bytes
    {
        get
        {
            lock (_lock)
            {
                return _index.Bytes;
            }
        }
    }

    /// <summary>The number of stored responses now, with all variants.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _index.Count;
            }
        }
    }

    /// <inheritdoc/>
    public long? MaximumEntryBytes => _maximumEntryBytes;

    /// <inheritdoc/>
    public HttpCacheStoreUsage GetUsage()
    {
        lock (_lock)
        {
            return new HttpCacheStoreUsage(_index.Count, _index.Bytes, _maximumBytes, _evictions.Count);
        }
    }

    /// <inheritdoc/>
    public IDisposable SubscribeToEvictions(Action<StoreEviction> evicted) => _evictions.Subscribe(evicted);

    /// <inheritdoc/>
    public ValueTask<HttpCacheSnapshot> ReadAsync(CacheKey key, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<HttpCacheSnapshot>(cancellationToken);
        }

        // The stamp first: an invalidation between the two lines then makes it too old, never too new.
        var stamp = Volatile.Read(ref _stamp);
        if (_index.Find(key) is not { } snapshot)
        {
            return new ValueTask<HttpCacheSnapshot>(EmptyAsOf(stamp));
        }

        snapshot.CountUse(_clock.Now);
        return new ValueTask<HttpCacheSnapshot>(
            snapshot.HasLargeBodies ? Lease(key, snapshot, stamp) : snapshot.Stamp >= stamp ? snapshot : _index.AsOf(key, snapshot, stamp));
    }

    /// <inheritdoc/>
    HttpCacheSnapshot? IHttpCacheStoreAtOnce.FindAtOnce(in CacheKey key) => _isDisposed ? null : _index.Find(key);

    /// <inheritdoc/>
    UseClock IHttpCacheStoreAtOnce.Clock => _clock;

    /// <inheritdoc/>
    public ValueTask<HttpCacheSnapshot> PeekAsync(CacheKey key, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<HttpCacheSnapshot>(cancellationToken);
        }

        var stamp = Volatile.Read(ref _stamp);
        return new ValueTask<HttpCacheSnapshot>(
            _index.Find(key) is not { } snapshot ? EmptyAsOf(stamp) : snapshot.HasLargeBodies ? Lease(key, snapshot, stamp) : snapshot);
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

        return new ValueTask<HttpCacheWriter?>(
            expectedLength > _maximumEntryBytes ? null : new MemoryWriter(this, key, expectedLength, _maximumEntryBytes, _pool));
    }

    /// <inheritdoc/>
    public ValueTask<bool> ReplaceHeadAsync(
        CacheKey key, long generation, StoredResponse head, long stamp, TimeSpan retention, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(head);
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<bool>(cancellationToken);
        }

        _texts.Share(head.Fields);
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            return new ValueTask<bool>(ReplaceHead_NeedsLock(key, generation, head, stamp));
        }
    }

    /// <inheritdoc/>
    public ValueTask RemoveAsync(CacheKey key, long generation, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled(cancellationToken);
        }

        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            if (_index.Find(key, generation) is { } held)
            {
                _index.Drop(held, _stamp);
            }
        }

        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask InvalidateAsync(string uri, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(uri);
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled(cancellationToken);
        }

        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);

            // Removed first: so no snapshot with the new stamp shows the earlier responses.
            _index.DropUri(uri);
            NextStamp_NeedsLock(stamp => _removals.AddUri(uri, stamp));
        }

        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask<long> RemoveByTagAsync(string tag, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(tag);
        return RemoveWhere(
            held => held.Head.Tags.Contains(tag, StringComparer.Ordinal), stamp => _removals.AddTag(tag, stamp), cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<long> RemoveByPrefixAsync(string uriPrefix, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(uriPrefix);
        return RemoveWhere(
            held => held.Key.Uri.StartsWith(uriPrefix, StringComparison.Ordinal), stamp => _removals.AddPrefix(uriPrefix, stamp), cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask ClearAsync(CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled(cancellationToken);
        }

        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            _index.Clear();
            _texts.Clear();
            NextStamp_NeedsLock(_removals.AddAll);
        }

        return ValueTask.CompletedTask;
    }

    /// <summary>Drops all stored responses.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            _isDisposed = true;
            _index.Clear();
        }

        _pool.Close();
    }

    /// <summary>Makes a response visible, unless a removal or a newer response forbids it.</summary>
    internal bool Commit(CacheKey key, StoreCommit commit, MemoryBody body)
    {
        _texts.Share(commit.Head.Fields);
        var held = new HeldResponse(key, commit.Head, body, _clock.Now);
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            if (held.Size > _maximumEntryBytes || _removals.Forbid(key.Uri, commit.Head.Tags, commit.Stamp))
            {
                return false;
            }

            var standing = _index.FindVariant(key, commit.Head.Variant);
            if (commit.YieldsTo(standing?.Head))
            {
                return false;
            }

            commit.Head.ForgetMemos();
            return Put_NeedsLock(held, standing, displaced: null);
        }
    }

    private static long MostForOne(MemoryHttpCacheStoreOptions options) => options.MaximumEntryBytes ?? Math.Max(1, options.MaximumBytes / 10);

    /// <summary>The memory for a body that replaces another one of its size.</summary>
    private static long MostUnused(MemoryHttpCacheStoreOptions options) => Math.Min(MostForOne(options), options.MaximumBytes / 4);

    /// <summary>The view of a key with large bodies, for one reader.</summary>
    private HttpCacheSnapshot Lease(CacheKey key, MemorySnapshot seen, long stamp)
    {
        // If segments were given back since the look-up, the view is no longer in the table: by then there is another view, or none.
        for (var view = seen; view is not null; view = _index.Find(key))
        {
            if (view.Lease(stamp) is { } leased)
            {
                return leased;
            }
        }

        return EmptyAsOf(stamp);
    }

    private bool Put_NeedsLock(HeldResponse held, HeldResponse? standing, HeldResponse? displaced)
    {
        if (!held.TryHold())
        {
            return false;
        }

        _index.Put(held, standing, displaced, _stamp);
        return true;
    }

    private MemorySnapshot EmptyAsOf(long stamp)
    {
        var empty = Volatile.Read(ref _empty);
        if (empty.Stamp != stamp)
        {
            empty = new MemorySnapshot([], stamp);
            Volatile.Write(ref _empty, empty);
        }

        return empty;
    }

    private bool ReplaceHead_NeedsLock(CacheKey key, long generation, StoredResponse head, long stamp)
    {
        if (_index.Find(key, generation) is not { } standing || _removals.Forbid(key.Uri, head.Tags, stamp))
        {
            return false;
        }

        if (!head.MayTakePlaceOf(standing.Head))
        {
            throw new ArgumentException("The head belongs to another body than the stored one.", nameof(head));
        }

        // A head that moves to another variant meets the stored response there, as a commit does.
        var displaced = _index.FindVariant(key, head.Variant);
        if (displaced == standing)
        {
            displaced = null;
        }

        var held = new HeldResponse(key, head, standing.Body, standing.UsedAt);
        if (head.YieldsTo(displaced?.Head) || held.Size > _maximumEntryBytes)
        {
            return false;
        }

        return Put_NeedsLock(held, standing, displaced);
    }

    /// <summary>Removes the responses that match. It holds the lock for one response at a time, so that a large store stays usable.</summary>
    private ValueTask<long> RemoveWhere(Predicate<HeldResponse> matches, Action<long> forbidLate, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<long>(cancellationToken);
        }

        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            NextStamp_NeedsLock(forbidLate);
        }

        // From here on no matching response is stored unless it was requested after this.
        var removed = 0L;
        foreach (var held in _index.All(CancellationToken.None).Where(held => matches(held)))
        {
            lock (_lock)
            {
                // The response may have changed since, perhaps to another variant: the current responses of the key are checked.
                removed += _index.DropWhere(held.Key, matches, _stamp);
            }
        }

        return new ValueTask<long>(removed);
    }

    private void NextStamp_NeedsLock(Action<long> note)
    {
        var stamp = _stamp + 1;
        note(stamp);
        Volatile.Write(ref _stamp, stamp);
    }
}
