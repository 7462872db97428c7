using System.Buffers;
using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.Options;

namespace HttpCaching.DistributedCache.Tests;

/// <summary>An engine in memory that offers buffers, and counts how it is used. It gives values in several pieces, as a network would.</summary>
internal sealed class BufferingCache : IBufferDistributedCache
{
    private readonly MemoryDistributedCache _inner = new(Options.Create(new MemoryDistributedCacheOptions()));
    private int _arrayCalls;
    private int _bufferCalls;

    public int ArrayCalls => _arrayCalls;

    public int BufferCalls => _bufferCalls;

    /// <summary>Called with each sequence that is written.</summary>
    public Action<ReadOnlySequence<byte>>? Written { get; set; }

    public async ValueTask<bool> TryGetAsync(string key, IBufferWriter<byte> destination, CancellationToken token = default)
    {
        Interlocked.Increment(ref _bufferCalls);
        await Task.Yield();
        if (await _inner.GetAsync(key, token) is not { } value)
        {
            return false;
        }

        var half = value.Length / 2;
        destination.Write(value.AsSpan(0, half));
        value.AsSpan(half).CopyTo(destination.GetSpan(value.Length - half));
        destination.Advance(value.Length - half);
        return true;
    }

    public async ValueTask SetAsync(string key, ReadOnlySequence<byte> value, DistributedCacheEntryOptions options, CancellationToken token = default)
    {
        Interlocked.Increment(ref _bufferCalls);
        Written?.Invoke(value);
        await Task.Yield();
        await _inner.SetAsync(key, value.ToArray(), options, token);
    }

    public Task<byte[]?> GetAsync(string key, CancellationToken token = default)
    {
        Interlocked.Increment(ref _arrayCalls);
        return _inner.GetAsync(key, token);
    }

    public Task SetAsync(string key, byte[] value, DistributedCacheEntryOptions options, CancellationToken token = default)
    {
        Interlocked.Increment(ref _arrayCalls);
        return _inner.SetAsync(key, value, options, token);
    }

    public Task RemoveAsync(string key, CancellationToken token = default) => _inner.RemoveAsync(key, token);

    public Task RefreshAsync(string key, CancellationToken token = default) => _inner.RefreshAsync(key, token);

    public byte[]? Get(string key) => throw new InvalidOperationException("A blocking member was called.");

    public void Set(string key, byte[] value, DistributedCacheEntryOptions options) => throw new InvalidOperationException("A blocking member was called.");

    public bool TryGet(string key, IBufferWriter<byte> destination) => throw new InvalidOperationException("A blocking member was called.");

    public void Set(string key, ReadOnlySequence<byte> value, DistributedCacheEntryOptions options) => throw new InvalidOperationException("A blocking member was called.");

    public void Remove(string key) => throw new InvalidOperationException("A blocking member was called.");

    public void Refresh(string key) => throw new InvalidOperationException("A blocking member was called.");
}
