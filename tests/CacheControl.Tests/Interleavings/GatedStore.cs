using System.Collections.Immutable;

namespace HttpCaching.Tests.Interleavings;

/// <summary>
/// A store in memory whose every call waits at a gate, and once more with its answer where somebody else may act on what it has done before the caller knows. It
/// fails when told to, and counts what it has given out.
/// </summary>
internal sealed class GatedStore(MemoryHttpCacheStore inner, Gates gates) : IHttpCacheStore, IHttpCacheStoreMaintenance
{
    private readonly Gates _gates = gates;
    private readonly TaskCompletionSource _hanging = new();
    private int _calls;

    /// <summary>Snapshots, bodies and writers that were given out and not given back.</summary>
    public Dictionary<string, int> Leases { get; } = new() { ["snapshot"] = 0, ["body"] = 0, ["writer"] = 0, ["view"] = 0 };

    /// <summary>What was given back twice, or used after it was given back.</summary>
    public List<string> Misuses { get; } = [];

    /// <summary>Makes the next call fail.</summary>
    public bool FailsNext { get; set; }

    /// <summary>Makes the next call hang.</summary>
    public bool HangsNext { get; set; }

    /// <summary>Whether a call hangs now.</summary>
    public bool Hangs { get; private set; }

    /// <summary>Lets calls that hang go on.</summary>
    public void LetGo()
    {
        Hangs = false;
        _hanging.TrySetResult();
    }

    public async ValueTask<HttpCacheSnapshot> ReadAsync(CacheKey key, CancellationToken cancellationToken)
    {
        await EnterAsync("read");
        var snapshot = await inner.ReadAsync(key, CancellationToken.None);
        await _gates.PassAsync("answer the read");
        return new Snapshot(this, snapshot);
    }

    public async ValueTask<HttpCacheWriter?> BeginWriteAsync(CacheKey key, long? expectedLength, CancellationToken cancellationToken)
    {
        await EnterAsync("begin write");
        return await inner.BeginWriteAsync(key, expectedLength, CancellationToken.None) is { } writer ? new Writer(this, writer) : null;
    }

    public async ValueTask<bool> ReplaceHeadAsync(CacheKey key, long generation, StoredResponse head, long stamp, TimeSpan retention, CancellationToken cancellationToken)
    {
        await EnterAsync("replace head");
        var isReplaced = await inner.ReplaceHeadAsync(key, generation, head, stamp, retention, CancellationToken.None);
        await _gates.PassAsync("answer the replacing");
        return isReplaced;
    }

    public async ValueTask RemoveAsync(CacheKey key, long generation, CancellationToken cancellationToken)
    {
        await EnterAsync("remove");
        await inner.RemoveAsync(key, generation, CancellationToken.None);
    }

    public async ValueTask InvalidateAsync(string uri, CancellationToken cancellationToken)
    {
        await EnterAsync("invalidate");
        await inner.InvalidateAsync(uri, CancellationToken.None);
    }

    public async ValueTask<long> RemoveByTagAsync(string tag, CancellationToken cancellationToken)
    {
        await EnterAsync("remove by tag");
        return await inner.RemoveByTagAsync(tag, CancellationToken.None);
    }

    public async ValueTask<long> RemoveByPrefixAsync(string uriPrefix, CancellationToken cancellationToken)
    {
        await EnterAsync("remove by prefix");
        return await inner.RemoveByPrefixAsync(uriPrefix, CancellationToken.None);
    }

    public async ValueTask ClearAsync(CancellationToken cancellationToken)
    {
        await EnterAsync("clear");
        await inner.ClearAsync(CancellationToken.None);
    }

    public IAsyncEnumerable<ListedResponse> EnumerateAsync(CancellationToken cancellationToken) => inner.EnumerateAsync(cancellationToken);

    private async ValueTask EnterAsync(string call)
    {
        await _gates.PassAsync(call);

        // Of a body whose head was given to the caller only the caller can be told (SRE-4).
        if (call.StartsWith("read ", StringComparison.Ordinal))
        {
            return;
        }

        _calls++;
        if (FailsNext)
        {
            FailsNext = false;
            throw new IOException($"The store failed to {call}.");
        }

        if (HangsNext)
        {
            HangsNext = false;
            Hangs = true;
            var failsLate = _calls % 2 == 1;
            await _hanging.Task;
            if (failsLate)
            {
                throw new IOException($"The store failed to {call}, late.");
            }
        }
    }

    private void Take(string what) => Leases[what]++;

    private void GiveBack(string what, ref bool isBack)
    {
        Leases[what]--;
        if (isBack)
        {
            Misuses.Add($"A {what} was disposed twice.");
        }

        isBack = true;
    }

    private void Use(string what, bool isBack)
    {
        if (isBack)
        {
            Misuses.Add($"A {what} was used after it had been disposed.");
        }
    }

    private sealed class Snapshot : HttpCacheSnapshot
    {
        private readonly GatedStore _store;
        private readonly HttpCacheSnapshot _inner;
        private bool _isBack;

        public Snapshot(GatedStore store, HttpCacheSnapshot inner)
        {
            (_store, _inner) = (store, inner);
            store.Take("snapshot");
        }

        public override ImmutableArray<StoredResponse> Responses => _inner.Responses;

        public override long Stamp => _inner.Stamp;

        public override async ValueTask<StoredBody> OpenBodyAsync(StoredResponse response, CancellationToken cancellationToken)
        {
            _store.Use("snapshot", _isBack);
            await _store.EnterAsync("open");
            return new Body(_store, "body", await _inner.OpenBodyAsync(response, CancellationToken.None));
        }

        protected override void Dispose(bool disposing) => _store.GiveBack("snapshot", ref _isBack);
    }

    private sealed class Body : StoredBody
    {
        private readonly GatedStore _store;
        private readonly string _kind;
        private readonly StoredBody _inner;
        private bool _isBack;

        public Body(GatedStore store, string kind, StoredBody inner)
        {
            (_store, _kind, _inner) = (store, kind, inner);
            store.Take(kind);
        }

        public override long Length => _inner.Length;

        public override async ValueTask<int> ReadAsync(long offset, Memory<byte> buffer, CancellationToken cancellationToken)
        {
            _store.Use(_kind, _isBack);
            await _store.EnterAsync("read " + _kind);
            return await _inner.ReadAsync(offset, buffer, CancellationToken.None);
        }

        public override int Read(long offset, Span<byte> buffer) => throw new NotSupportedException("Nothing blocks here.");

        protected override void Dispose(bool disposing) => _store.GiveBack(_kind, ref _isBack);
    }

    private sealed class Writer : HttpCacheWriter
    {
        private readonly GatedStore _store;
        private readonly HttpCacheWriter _inner;
        private bool _isBack;

        public Writer(GatedStore store, HttpCacheWriter inner)
        {
            (_store, _inner) = (store, inner);
            store.Take("writer");
        }

        public override async ValueTask<bool> WriteAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken)
        {
            _store.Use("writer", _isBack);
            await _store.EnterAsync("write");
            return await _inner.WriteAsync(data, CancellationToken.None);
        }

        public override async ValueTask<bool> CommitAsync(StoreCommit commit, CancellationToken cancellationToken)
        {
            _store.Use("writer", _isBack);
            await _store.EnterAsync("commit");
            var isCommitted = await _inner.CommitAsync(commit, CancellationToken.None);
            await _store._gates.PassAsync("answer the commit");
            return isCommitted;
        }

        public override StoredBody? OpenWritten() => _inner.OpenWritten() is { } view ? new Body(_store, "view", view) : null;

        protected override void Dispose(bool disposing)
        {
            // A writer may be disposed again: a cancelled commit and its cleaning up do not know of each other.
            if (!_isBack)
            {
                _store.GiveBack("writer", ref _isBack);
                _inner.Dispose();
            }
        }
    }
}
