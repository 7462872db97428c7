using System.Buffers;
using System.Globalization;
using HttpCaching.Redis.Connection;
using HttpCaching.Redis.Keys;
using HttpCaching.Redis.Records;
using HttpCaching.Redis.Scripts;
using StackExchange.Redis;

namespace HttpCaching.Redis.Bodies;

/// <summary>
/// Takes a body as it arrives. A small one stays in memory. Of a larger one, each full chunk goes to the engine immediately, under a secret key
/// that expires unless it is prolonged. A few chunks may be on their way at the same time.
/// </summary>
internal sealed class BodyStage(RedisEngine engine, KeptKeys kept, string root, RedisStoreSettings settings) : IDisposable
{
    private const int MostOnTheirWay = 3;

    private readonly Queue<Task<bool>> _onTheirWay = new();
    private byte[]? _buffer;
    private int _buffered;
    private string? _key;
    private KeptKeys.KeptKey? _keptBody;
    private KeptKeys.KeptKey? _keptStamp;
    private int _chunks;
    private bool _isDisposed;

    /// <summary>The number of bytes so far.</summary>
    public long Length { get; private set; }

    /// <summary>The key of the body; null until a chunk has been sent.</summary>
    public RedisKey? Key => _key is null ? (RedisKey?)null : StoreKeys.BodyOf(root, _key);

    private int RoomInBuffer => Math.Max(settings.InlineBytes + 1, settings.ChunkBytes);

    /// <summary>Adds bytes.</summary>
    /// <returns>False if the earlier chunks are gone.</returns>
    public async ValueTask<bool> AppendAsync(ReadOnlyMemory<byte> data)
    {
        _keptStamp ??= kept.KeepStamp(root);
        _keptStamp.Touch();
        _keptBody?.Touch();
        while (!data.IsEmpty)
        {
            var count = Math.Min(data.Length, RoomInBuffer - _buffered);
            MakeRoom(_buffered + count);
            data.Span[..count].CopyTo(_buffer.AsSpan(_buffered));
            data = data[count..];
            _buffered += count;
            Length += count;
            while (_buffered >= settings.ChunkBytes && Length > settings.InlineBytes)
            {
                if (!await SendAsync(settings.ChunkBytes).ConfigureAwait(false))
                {
                    return false;
                }
            }
        }

        return true;
    }

    /// <summary>Ends the body.</summary>
    /// <param name="mayStayInline">Whether a small body may be next to its head.</param>
    /// <param name="bodyId">The identity of the body.</param>
    /// <returns>The body; null if the earlier chunks are gone.</returns>
    public async ValueTask<WrittenBody?> FinishAsync(bool mayStayInline, long bodyId)
    {
        if (_key is null && (Length == 0 || (mayStayInline && Length <= settings.InlineBytes)))
        {
            var inline = new byte[_buffered + ChunkFormat.ChecksumBytes];
            _buffer.AsSpan(0, _buffered).CopyTo(inline);
            ChunkFormat.Seal(inline, unchecked((ulong)bodyId), 0);
            return new WrittenBody(null, inline, 0, 0);
        }

        while (_buffered > 0)
        {
            if (!await SendAsync(Math.Min(_buffered, settings.ChunkBytes)).ConfigureAwait(false))
            {
                return null;
            }
        }

        while (_onTheirWay.TryDequeue(out var sent))
        {
            if (!await sent.ConfigureAwait(false))
            {
                return null;
            }
        }

        return new WrittenBody(_key, default, settings.ChunkBytes, _chunks);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!_isDisposed)
        {
            _isDisposed = true;
            _keptBody?.Dispose();
            _keptStamp?.Dispose();
            if (_buffer is not null)
            {
                ArrayPool<byte>.Shared.Return(_buffer);
                _buffer = null;
            }

            foreach (var sent in _onTheirWay)
            {
                _ = ObserveAsync(sent);
            }
        }
    }

    /// <summary>Provides a buffer of at least this size: a small body doesn't take the memory of a chunk.</summary>
    private void MakeRoom(int bytes)
    {
        if (_buffer?.Length >= bytes + ChunkFormat.ChecksumBytes)
        {
            return;
        }

        var larger = ArrayPool<byte>.Shared.Rent(Math.Min(RoomInBuffer, 2 * bytes) + ChunkFormat.ChecksumBytes);
        if (_buffer is not null)
        {
            _buffer.AsSpan(0, Math.Min(_buffered, _buffer.Length)).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_buffer);
        }

        _buffer = larger;
    }

    private async ValueTask<bool> SendAsync(int count)
    {
        if (_onTheirWay.Count >= MostOnTheirWay && !await _onTheirWay.Dequeue().ConfigureAwait(false))
        {
            return false;
        }

        if (_key is null)
        {
            _key = Guid.NewGuid().ToString("N");
            _keptBody = kept.KeepBody(Key!.Value);
        }

        var chunk = _buffer!;
        _buffer = null;
        if (_buffered > count)
        {
            MakeRoom(_buffered - count);
            chunk.AsSpan(count, _buffered - count).CopyTo(_buffer);
        }

        _buffered -= count;
        ChunkFormat.Seal(chunk.AsSpan(0, count + ChunkFormat.ChecksumBytes), ChunkedBodyInfo.SeedOf(_key), _chunks);
        var sending = SendAsync(_chunks++, chunk, count + ChunkFormat.ChecksumBytes);
        _onTheirWay.Enqueue(sending);

        // The first chunk makes the key; the others learn from it whether the key still exists.
        return _chunks > 1 || await _onTheirWay.Dequeue().ConfigureAwait(false);
    }

    private async Task<bool> SendAsync(int index, byte[] chunk, int count)
    {
        RedisValue[] values =
        [
            index.ToString(CultureInfo.InvariantCulture), chunk.AsMemory(0, count), index == 0 ? 1 : 0, (long)settings.Grace.TotalMilliseconds,
        ];
        var answer = (RedisResult[])(await engine.EvaluateAsync(StoreScripts.Stage, [Key!.Value], values).ConfigureAwait(false))!;

        // Not given back after a failure: the client may still be about to send it.
        ArrayPool<byte>.Shared.Return(chunk);
        return (int)answer[0] == 1;
    }

    private static async Task ObserveAsync(Task<bool> sent)
    {
        try
        {
            await sent.ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is RedisException or TimeoutException or IOException or ObjectDisposedException)
        {
            // The writer has been abandoned; its chunks expire.
        }
    }
}
