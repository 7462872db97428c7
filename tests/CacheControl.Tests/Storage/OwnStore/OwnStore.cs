using System.Collections.Immutable;

namespace HttpCaching.Tests.Storage.OwnStore;

/// <summary>
/// The example of docs/stores.md: a store written in an afternoon. It keeps immutable lists in a dictionary and changes them under one lock;
/// it has no limit in all, and no maintenance.
/// </summary>
public sealed class OwnStore : IHttpCacheStore
{
    private const int LargestBody = 64 * 1024 * 1024;

    private readonly Lock _lock = new();
    private readonly Dictionary<CacheKey, ImmutableArray<Held>> _held = [];
    private readonly Dictionary<string, long> _invalidated = [];
    private long _stamp;

    public ValueTask<HttpCacheSnapshot> ReadAsync(CacheKey key, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_lock)
        {
            // Lists and bodies never change: a snapshot pins them by referring to them.
            return new ValueTask<HttpCacheSnapshot>(new Snapshot(HeldUnder(key), _stamp));
        }
    }

    public ValueTask<HttpCacheWriter?> BeginWriteAsync(CacheKey key, long? expectedLength, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return new ValueTask<HttpCacheWriter?>(new Writer(this, key));
    }

    public ValueTask<bool> ReplaceHeadAsync(
        CacheKey key, long generation, StoredResponse head, long stamp, TimeSpan retention, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_lock)
        {
            var standing = HeldUnder(key).FirstOrDefault(h => h.Head.Generation == generation);
            var displaced = HeldUnder(key).FirstOrDefault(h => h != standing && h.Head.Variant == head.Variant);

            // Compare-and-swap: who comes second changes nothing.
            if (standing is null || head.YieldsTo(displaced?.Head))
            {
                return new ValueTask<bool>(false);
            }

            Put(key, new Held(head, standing.Body), standing, displaced);
            return new ValueTask<bool>(true);
        }
    }

    public ValueTask RemoveAsync(CacheKey key, long generation, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_lock)
        {
            _held[key] = HeldUnder(key).RemoveAll(h => h.Head.Generation == generation);
        }

        return ValueTask.CompletedTask;
    }

    public ValueTask InvalidateAsync(string uri, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_lock)
        {
            foreach (var key in _held.Keys.Where(k => k.Uri == uri).ToList())
            {
                _held.Remove(key);
            }

            _invalidated[uri] = ++_stamp;
        }

        return ValueTask.CompletedTask;
    }

    private bool Commit(CacheKey key, StoreCommit commit, byte[] body)
    {
        lock (_lock)
        {
            // What was requested before an invalidation of its URI must not be stored after it.
            if (commit.Stamp < _invalidated.GetValueOrDefault(key.Uri))
            {
                return false;
            }

            // Another writer was first: the newer response stays.
            var standing = HeldUnder(key).FirstOrDefault(h => h.Head.Variant == commit.Head.Variant);
            if (commit.YieldsTo(standing?.Head))
            {
                return false;
            }

            Put(key, new Held(commit.Head, body), standing, displaced: null);
            return true;
        }
    }

    private ImmutableArray<Held> HeldUnder(CacheKey key) => _held.TryGetValue(key, out var held) ? held : [];

    private void Put(CacheKey key, Held held, Held? standing, Held? displaced) =>
        _held[key] = HeldUnder(key).RemoveAll(h => h == standing || h == displaced).Insert(0, held);

    private sealed record Held(StoredResponse Head, byte[] Body);

    private sealed class Snapshot(ImmutableArray<Held> held, long stamp) : HttpCacheSnapshot
    {
        public override ImmutableArray<StoredResponse> Responses { get; } = [.. held.Select(h => h.Head)];

        public override long Stamp => stamp;

        public override ValueTask<StoredBody> OpenBodyAsync(StoredResponse response, CancellationToken cancellationToken)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return new ValueTask<StoredBody>(StoredBody.Of(held.First(h => h.Head.BodyId == response.BodyId).Body));
        }
    }

    private sealed class Writer(OwnStore store, CacheKey key) : CheckedHttpCacheWriter(LargestBody)
    {
        private readonly MemoryStream _body = new();

        protected override ValueTask<bool> AppendAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken)
        {
            _body.Write(data.Span);
            return new ValueTask<bool>(true);
        }

        protected override ValueTask<bool> StoreAsync(StoreCommit commit, CancellationToken cancellationToken) =>
            new(store.Commit(key, commit, _body.ToArray()));

        protected override void Release() => _body.Dispose();
    }
}
