using System.Globalization;
using HttpCaching.Redis.Connection;
using StackExchange.Redis;

namespace HttpCaching.Redis.Bodies;

/// <summary>
/// Reads a body in chunks. During sequential reading the next chunks are on their way: two at most, so a body costs the memory of three, whatever its size.
/// </summary>
internal sealed class ChunkedBody : StoredBody
{
    private const int Ahead = 2;

    private readonly RedisEngine _engine;
    private readonly ChunkedBodyInfo _info;
    private readonly KeptKeys.KeptKey _kept;
    private readonly Action _damaged;
    private readonly List<Chunk> _chunks = [];
    private readonly Lock _gate = new();
    private bool _isDisposed;

    /// <summary>Creates a body whose first chunk has been read already.</summary>
    /// <param name="engine">The engine.</param>
    /// <param name="info">The location and the expected length of the body.</param>
    /// <param name="first">The first chunk.</param>
    /// <param name="kept">Keeps the body from expiring.</param>
    /// <param name="damaged">Called when a chunk is gone or damaged.</param>
    public ChunkedBody(RedisEngine engine, ChunkedBodyInfo info, ReadOnlyMemory<byte> first, KeptKeys.KeptKey kept, Action damaged)
    {
        _engine = engine;
        _info = info;
        _kept = kept;
        _damaged = damaged;
        _chunks.Add(new Chunk(0, Task.FromResult<Lease<byte>?>(null), first));
    }

    /// <inheritdoc/>
    public override long Length => _info.Length;

    /// <inheritdoc/>
    public override async ValueTask<int> ReadAsync(long offset, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset, Length);
        if (offset == Length || buffer.IsEmpty)
        {
            return 0;
        }

        _kept.Touch();
        var index = (int)(offset / _info.ChunkBytes);
        var chunk = StoreWait.IsBlocking ? TakeHere(index) : Take(index);
        try
        {
            await chunk.Arrival.WaitAsync(cancellationToken).ConfigureAwait(false);
            return Copy(chunk, (int)(offset - ((long)index * _info.ChunkBytes)), buffer.Span);
        }
        catch (Exception exception) when (exception is RedisException or TimeoutException or StorePartUnavailableException)
        {
            Forget(chunk);
            throw Unreadable(exception);
        }
        finally
        {
            Release(chunk);
        }
    }

    /// <inheritdoc/>
    public override int Read(long offset, Span<byte> buffer)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset, Length);
        if (offset == Length || buffer.IsEmpty)
        {
            return 0;
        }

        // For the blocking path of HttpClient.Send: the caller itself asks for each chunk and waits for it.
        _kept.Touch();
        var index = (int)(offset / _info.ChunkBytes);
        var chunk = TakeHere(index);
        try
        {
            if (!StoreWait.For(chunk.Arrival).IsCompleted && StoreWait.IsBlocking)
            {
                throw new TimeoutException();
            }

            _ = chunk.Arrival.GetAwaiter().GetResult();
            return Copy(chunk, (int)(offset - ((long)index * _info.ChunkBytes)), buffer);
        }
        catch (Exception exception) when (exception is RedisException or TimeoutException or StorePartUnavailableException)
        {
            Forget(chunk);
            throw Unreadable(exception);
        }
        finally
        {
            Release(chunk);
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        lock (_gate)
        {
            _isDisposed = true;
            _chunks.ForEach(Release_NeedsLock);
            _chunks.Clear();
        }
    }

    private int Copy(Chunk chunk, int start, Span<byte> buffer)
    {
        var bytes = chunk.Bytes;
        if (bytes.Length != _info.LengthOf(chunk.Index) + ChunkFormat.ChecksumBytes
            || (!chunk.IsChecked && !ChunkFormat.IsWhole(bytes.Span, _info.Seed, chunk.Index)))
        {
            _damaged();
            throw new IOException("The stored body is gone or damaged.");
        }

        chunk.IsChecked = true;
        var rest = bytes.Span[start..^ChunkFormat.ChecksumBytes];
        var count = Math.Min(rest.Length, buffer.Length);
        rest[..count].CopyTo(buffer);
        return count;
    }

    /// <summary>The chunk at a place. If the read continues the one before, the next chunks are requested too.</summary>
    private Chunk Take(int index)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            var chunk = _chunks.Find(c => c.Index == index);
            var goesOn = chunk is not null || _chunks.Exists(c => c.Index == index - 1);
            var last = goesOn ? Math.Min(index + Ahead, _info.Chunks - 1) : index;
            foreach (var old in _chunks.FindAll(c => c.Index < index || c.Index > last))
            {
                _chunks.Remove(old);
                Release_NeedsLock(old);
            }

            for (var i = index; i <= last; i++)
            {
                if (!_chunks.Exists(c => c.Index == i))
                {
                    _chunks.Add(new Chunk(i, FetchAsync(i), default));
                }
            }

            chunk ??= _chunks.Find(c => c.Index == index)!;
            chunk.Uses++;
            return chunk;
        }
    }

    /// <summary>The chunk at a place, without the next ones: the caller waits for each chunk that it asks for.</summary>
    private Chunk TakeHere(int index)
    {
        if (Find(index) is { } known)
        {
            return known;
        }

        var chunk = new Chunk(index, FetchAsync(index), default);
        lock (_gate)
        {
            if (_isDisposed)
            {
                Release_NeedsLock(chunk);
                throw new ObjectDisposedException(nameof(ChunkedBody));
            }

            _chunks.ForEach(Release_NeedsLock);
            _chunks.Clear();
            _chunks.Add(chunk);
            chunk.Uses++;
            return chunk;
        }
    }

    private Chunk? Find(int index)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            var chunk = _chunks.Find(c => c.Index == index);
            if (chunk is not null)
            {
                chunk.Uses++;
            }

            return chunk;
        }
    }

    private Task<Lease<byte>?> FetchAsync(int index) => _engine.RunAsync(
        _info.Key,
        (_info.Key, Field: index.ToString(CultureInfo.InvariantCulture)),
        static (database, state, flags) => database.HashGetLeaseAsync(state.Key, state.Field, flags),
        static (database, state, flags) => database.HashGetLease(state.Key, state.Field, flags)).AsTask();

    private void Forget(Chunk chunk)
    {
        lock (_gate)
        {
            if (_chunks.Remove(chunk))
            {
                Release_NeedsLock(chunk);
            }
        }
    }

    private void Release(Chunk chunk)
    {
        lock (_gate)
        {
            Release_NeedsLock(chunk);
        }
    }

    /// <summary>Gives the memory of a chunk back after its last user has left. If the chunk is still on its way, that happens after its arrival.</summary>
    private static void Release_NeedsLock(Chunk chunk)
    {
        if (--chunk.Uses == 0)
        {
            _ = GiveBackAsync(chunk.Arrival);
        }
    }

    private static async Task GiveBackAsync(Task<Lease<byte>?> arrival)
    {
        try
        {
            (await arrival.ConfigureAwait(false))?.Dispose();
        }
        catch (Exception exception) when (exception is RedisException or TimeoutException or IOException or OperationCanceledException or ObjectDisposedException)
        {
            // No memory came that must be given back.
        }
    }

    private static IOException Unreadable(Exception cause) => new("The stored body can't be read: the engine failed.", cause);

    private sealed class Chunk(int index, Task<Lease<byte>?> arrival, ReadOnlyMemory<byte> first)
    {
        public int Index => index;

        public Task<Lease<byte>?> Arrival => arrival;

        /// <summary>One for the list, and one for each reader.</summary>
        public int Uses { get; set; } = 1;

        public bool IsChecked { get; set; }

        /// <summary>The bytes, once they have arrived; empty if there are none.</summary>
        public ReadOnlyMemory<byte> Bytes => !first.IsEmpty ? first : arrival.Result?.Memory ?? default;
    }
}
