using HttpCaching.Benchmarks.Cases;

namespace HttpCaching.Benchmarks.Curves;

/// <summary>A cache in memory with many entries of 64 bytes.</summary>
internal sealed class EntriesSubject : IDisposable
{
    private const int Few = 500;

    private readonly MemoryHttpCacheStore _store;
    private readonly HttpCache _cache;
    private readonly HttpMessageInvoker _invoker;
    private readonly Random _random = new(1);
    private readonly byte[] _buffer = new byte[256];
    private int _stored;

    public EntriesSubject(int entries, bool isFull)
    {
        // One entry counts for a little more than 1 KiB. A full store has been filled twice over.
        Entries = entries;
        _store = new MemoryHttpCacheStore(new MemoryHttpCacheStoreOptions { MaximumBytes = isFull ? entries * 1100L : 8L << 30 });
        _cache = new HttpCache(_store);
        _invoker = new HttpMessageInvoker(new CachingHandler(_cache) { InnerHandler = new NumberedOrigin(new byte[64], fields: 5, varies: false) });
        for (var i = 0; i < (isFull ? 2 * entries : entries); i++)
        {
            Miss();
        }

        // The first hit of an entry works out what the others use.
        for (var i = 0; i < entries && !isFull; i++)
        {
            Send(i);
        }
    }

    public int Entries { get; }

    public int HitFew() => Send(_random.Next(Few));

    public int HitAny() => Send(_random.Next(Entries));

    public int Miss() => Send(_stored++);

    /// <summary>Lists all; the nanoseconds of processor time for each.</summary>
    public double ListOnce()
    {
        var count = 0;
        var start = Environment.CpuUsage.TotalTime;
        CountAsync().GetAwaiter().GetResult();
        return (Environment.CpuUsage.TotalTime - start).TotalNanoseconds / count;

        async Task CountAsync()
        {
            await foreach (var _ in _cache.ListAsync().ConfigureAwait(false))
            {
                count++;
            }
        }
    }

    public void Dispose()
    {
        _invoker.Dispose();
        _cache.Dispose();
        _store.Dispose();
    }

    private int Send(int number)
    {
        using var request = Subject.Get($"https://api.example.com/v1/catalogue/products/{number:D8}/detail");
        return Subject.SendAndRead(_invoker, request, _buffer);
    }
}
