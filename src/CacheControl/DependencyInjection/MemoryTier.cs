
namespace HttpCaching.DependencyInjection;

/// <summary>The memory in front of the registered store, which does not change for other users of it. Disposed by the container before the store behind.</summary>
internal sealed class MemoryTier : IDisposable
{
    private readonly MemoryHttpCacheStore _front;

    /// <summary>Puts memory in front of a store.</summary>
    /// <param name="back">The registered store.</param>
    /// <param name="bytes">The limit of the memory.</param>
    /// <param name="options">What goes there.</param>
    /// <exception cref="InvalidOperationException">The registered store keeps everything in memory already.</exception>
    public MemoryTier(IHttpCacheStore back, long bytes, TieredHttpCacheStoreOptions options)
    {
        if (back is MemoryHttpCacheStore or TieredHttpCacheStore)
        {
            throw new InvalidOperationException(
                $"WithMemoryTier puts memory in front of the registered store, which is a {back.GetType().Name} already. Choose another store, such as by UseFileSystem, or leave WithMemoryTier out.");
        }

        _front = new MemoryHttpCacheStore(new MemoryHttpCacheStoreOptions { MaximumBytes = bytes, TimeProvider = options.TimeProvider });
        Store = new TieredHttpCacheStore(_front, back, options);
    }

    /// <summary>Both as one.</summary>
    public TieredHttpCacheStore Store { get; }

    public void Dispose()
    {
        Store.Dispose();
        _front.Dispose();
    }
}
