using HttpCaching.Benchmarks.Cases;

namespace HttpCaching.Benchmarks.Curves;

/// <summary>A cache that holds one URI, for hits.</summary>
internal sealed class HitSubject : IDisposable
{
    private const string Url = "https://api.example.com/v1/catalogue/products/123456/detail";

    private readonly MemoryHttpCacheStore _store;
    private readonly HttpCache _cache;
    private readonly HttpMessageInvoker _invoker;
    private readonly HttpMessageInvoker _floor;
    private readonly HttpRequestMessage[] _requests;
    private int _next;

    public HitSubject(int variants = 1, int fields = 5, int rules = 0)
    {
        _store = new MemoryHttpCacheStore(new MemoryHttpCacheStoreOptions { MaximumVariants = 128 });
        var options = new HttpCacheOptions();
        for (var i = 0; i < rules; i++)
        {
            options.For($"https://host{i}.example.org/path/*", rule => rule.AtLeast(TimeSpan.FromMinutes(1)));
        }

        _cache = new HttpCache(_store, options);
        _floor = new HttpMessageInvoker(new NumberedOrigin(new byte[64], fields, varies: variants > 1));
        _invoker = new HttpMessageInvoker(new CachingHandler(_cache) { InnerHandler = new NumberedOrigin(new byte[64], fields, varies: variants > 1) });
        _requests = [.. Enumerable.Range(0, variants).Select(RequestOf)];
        var buffer = new byte[256];
        foreach (var request in _requests)
        {
            Subject.SendAndRead(_invoker, request, buffer);
        }

        foreach (var request in _requests)
        {
            using var response = _invoker.SendAsync(request, CancellationToken.None).GetAwaiter().GetResult();
            if (response.GetCacheStatus() is not { Hit: true })
            {
                throw new InvalidOperationException("A response was not stored.");
            }
        }

        HttpRequestMessage RequestOf(int number)
        {
            var request = Subject.Get(Url);
            if (variants > 1)
            {
                request.Headers.TryAddWithoutValidation("X-Variant", $"variant {number}");
            }

            return request;
        }
    }

    /// <summary>The same message, made by a handler below no cache.</summary>
    public int Floor() => Subject.Send(_floor, _requests[0]);

    public int Hit() => Subject.Send(_invoker, _requests[_next++ % _requests.Length]);

    /// <summary>Hits of so many callers at once, each with a request of its own.</summary>
    public Task HitAtOnce(int callers) => Task.WhenAll(Enumerable.Range(0, callers).Select(_ => Task.Run(() =>
    {
        using var request = Subject.Get(Url);
        return Subject.Send(_invoker, request);
    })));

    public void Dispose()
    {
        Array.ForEach(_requests, request => request.Dispose());
        _floor.Dispose();
        _invoker.Dispose();
        _cache.Dispose();
        _store.Dispose();
    }
}
