using HttpCaching;

namespace ConcurrentWriters;

/// <summary>
/// One race: two clients with different Accept-Encoding share one store. The first one's request is held at a gate on its way; the second
/// interferes with the entry; then the first goes on. Nothing sleeps and nothing is left to luck.
/// </summary>
public sealed class Race : IDisposable
{
    private const int FillerLimit = 2000;

    private readonly Gate _gate;
    private readonly VariantOrigin _origin;
    private readonly MemoryHttpCacheStore _memory;
    private readonly HttpCache _firstCache;
    private readonly HttpCache _secondCache;
    private readonly HttpClient _first;
    private readonly HttpClient _second;

    /// <summary>Sets the race up.</summary>
    /// <param name="position">Where the first client is held.</param>
    /// <param name="saysVary">Whether the origin says Vary.</param>
    /// <param name="sharesCache">Whether both clients use one cache object, as in one process; if not, they share the store alone, as two processes do.</param>
    public Race(GatePosition position, bool saysVary, bool sharesCache)
    {
        _gate = new Gate(position);
        _origin = new VariantOrigin(_gate, saysVary);

        // One variant for each key, so that the second client's response takes the place of the first one's; and little room, so that something is evicted.
        _memory = new MemoryHttpCacheStore(new MemoryHttpCacheStoreOptions { MaximumVariants = 1, MaximumBytes = 64 * 1024, MaximumEntryBytes = 16 * 1024 });
        var gated = new GatedStore(_memory, _gate);
        _firstCache = new HttpCache(gated);
        _secondCache = sharesCache ? _firstCache : new HttpCache(_memory);
        _first = new HttpClient(new CachingHandler(_firstCache) { InnerHandler = _origin });
        _second = new HttpClient(new CachingHandler(_secondCache) { InnerHandler = _origin });
    }

    /// <summary>Runs the race.</summary>
    /// <param name="interference">What the second client does.</param>
    public async Task<RaceResult> RunAsync(Interference interference)
    {
        await AskAsync(_first, "gzip");
        _gate.Arm();
        var before = AskedByFirst();
        var first = AskAsync(_first, "gzip");
        await await Task.WhenAny(first, _gate.ReachedAsync());
        if (first.IsCompleted)
        {
            throw new InvalidOperationException("The first request ended without coming by the gate.");
        }

        var second = await InterfereAsync(interference);
        _gate.Open();
        var answer = await first;
        var requests = AskedByFirst() - before;
        return new RaceResult(answer, second, [await AskAsync(_first, "gzip"), await AskAsync(_second, "br")], requests);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _first.Dispose();
        _second.Dispose();
        _firstCache.Dispose();
        _secondCache.Dispose();
        _memory.Dispose();
    }

    private int AskedByFirst() => _origin.Asked.Count(encoding => encoding == "gzip");

    private async Task<RaceAnswer?> InterfereAsync(Interference interference)
    {
        switch (interference)
        {
            case Interference.Replace:
                return await AskAsync(_second, "br");

            case Interference.Refresh:
                _origin.HasOneEncodingOnly = true;
                return await AskAsync(_second, "br");

            case Interference.Evict:
                await EvictAsync();
                return null;

            case Interference.Clear:
                await _secondCache.ClearAsync();
                return null;

            default:
                (await _second.PutAsync(VariantOrigin.Entry, new StringContent("new"))).Dispose();
                return null;
        }
    }

    /// <summary>Fetches other things, each often enough to be worth keeping, until the entry is gone.</summary>
    private async Task EvictAsync()
    {
        for (var i = 0; await IsStoredAsync(); i++)
        {
            if (i == FillerLimit)
            {
                throw new InvalidOperationException("The store has not dropped the entry.");
            }

            for (var time = 0; time < 4; time++)
            {
                await _second.GetByteArrayAsync(new Uri($"http://origin.example/filler/{i}"));
            }
        }
    }

    private async Task<bool> IsStoredAsync()
    {
        await foreach (var (key, _) in _memory.EnumerateAsync(CancellationToken.None))
        {
            if (key.Uri == VariantOrigin.Entry.AbsoluteUri)
            {
                return true;
            }
        }

        return false;
    }

    private async Task<RaceAnswer> AskAsync(HttpClient client, string encoding)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, VariantOrigin.Entry);
        request.Headers.AcceptEncoding.ParseAdd(encoding);
        using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        var body = await response.Content.ReadAsStringAsync();
        return new RaceAnswer((int)response.StatusCode, body, _origin.BodyFor(encoding), response.GetCacheStatus()!);
    }
}
