using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.Options;

namespace HttpCaching.StressHost.Blocking;

/// <summary>An engine whose asynchronous members need a thread of the pool, as those of engines over a network do.</summary>
internal sealed class YieldingEngine : IDistributedCache
{
    private readonly MemoryDistributedCache _memory = new(Options.Create(new MemoryDistributedCacheOptions()));

    public byte[]? Get(string key) => _memory.Get(key);

    public void Set(string key, byte[] value, DistributedCacheEntryOptions options) => _memory.Set(key, value, options);

    public void Refresh(string key) => _memory.Refresh(key);

    public void Remove(string key) => _memory.Remove(key);

    public async Task<byte[]?> GetAsync(string key, CancellationToken token = default)
    {
        await Task.Yield();
        return _memory.Get(key);
    }

    public async Task SetAsync(string key, byte[] value, DistributedCacheEntryOptions options, CancellationToken token = default)
    {
        await Task.Yield();
        _memory.Set(key, value, options);
    }

    public async Task RefreshAsync(string key, CancellationToken token = default)
    {
        await Task.Yield();
        _memory.Refresh(key);
    }

    public async Task RemoveAsync(string key, CancellationToken token = default)
    {
        await Task.Yield();
        _memory.Remove(key);
    }
}
