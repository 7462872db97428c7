using System.Buffers;
using HttpCaching.DistributedCache.Engines;

namespace HttpCaching.DistributedCache;

/// <summary>Takes a response. Up to one chunk is in memory; earlier ones are already in the engine, under a name without references before the commit.</summary>
internal sealed class DistributedWriter(
    RecordChanges changes, ChunkWriter chunks, BodyRemover remover, DistributedStoreSettings settings, CacheKey key, long? expectedLength)
    : CheckedHttpCacheWriter(settings.MaximumEntryBytes)
{
    private const int FirstBytes = 4 * 1024;

    private readonly BodyName _name = BodyName.Create();
    private byte[] _buffer = [];
    private int _used;
    private int _chunks;
    private long _until;
    private bool _isCommitted;

    /// <inheritdoc/>
    protected override async ValueTask<bool> AppendAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken)
    {
        while (!data.IsEmpty)
        {
            if (_used == settings.ChunkBytes)
            {
                await FlushAsync(cancellationToken).ConfigureAwait(false);
            }

            var count = Math.Min(data.Length, settings.ChunkBytes - _used);
            Reserve(count);
            data[..count].CopyTo(_buffer.AsMemory(_used));
            _used += count;
            data = data[count..];
        }

        return true;
    }

    /// <inheritdoc/>
    protected override async ValueTask<bool> StoreAsync(StoreCommit commit, CancellationToken cancellationToken)
    {
        if (_chunks == 0 && Length <= settings.InlineBytes)
        {
            // If that throws, the engine may still be reading from the buffer, so the buffer is not given back.
            var body = _buffer;
            _buffer = [];
            var isStored = await changes.CommitAsync(key, commit, body.AsMemory(0, _used), place: null, cancellationToken).ConfigureAwait(false);
            _buffer = body;
            return isStored;
        }

        // A body of one chunk is written only when its retention is known.
        _until = _chunks == 0 ? changes.UntilOf(commit.Retention, place: null) : _until;
        await FlushAsync(cancellationToken).ConfigureAwait(false);
        var place = new ChunkedPlace(_name, _chunks, settings.ChunkBytes, _until);

        // If that throws, it is unknown whether the record was written: the chunks expire.
        _isCommitted = true;
        _isCommitted = await changes.CommitAsync(key, commit, default, place, cancellationToken).ConfigureAwait(false);
        return _isCommitted;
    }

    /// <inheritdoc/>
    protected override void Release()
    {
        if (_chunks > 0 && !_isCommitted)
        {
            remover.Add(_name, _chunks);
        }

        Return();
    }

    private async ValueTask FlushAsync(CancellationToken cancellationToken)
    {
        if (_chunks == 0 && _until == 0)
        {
            _until = settings.NowTicks + settings.LargeBodyRetention.Ticks;
        }

        if (_used == 0)
        {
            return;
        }

        var index = _chunks++;
        var content = _buffer.AsMemory(0, _used);
        try
        {
            await chunks.WriteAsync(_name, index, content, _until, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            // The engine may still be reading from the buffer, so the buffer is not given back.
            _buffer = [];
            throw;
        }

        _used = 0;
    }

    private void Reserve(int count)
    {
        var wanted = _used + count;
        if (wanted <= _buffer.Length)
        {
            return;
        }

        var likely = Math.Min(expectedLength ?? FirstBytes, settings.ChunkBytes);
        var larger = ArrayPool<byte>.Shared.Rent((int)Math.Min(settings.ChunkBytes, Math.Max(Math.Max(wanted, likely), 2L * _buffer.Length)));
        _buffer.AsSpan(0, _used).CopyTo(larger);
        Return();
        _buffer = larger;
    }

    private void Return()
    {
        if (_buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
        }

        _buffer = [];
    }
}
