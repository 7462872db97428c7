using System.Collections.Concurrent;
using BenchmarkDotNet.Attributes;

namespace HttpCaching.Benchmarks.Cases;

/// <summary>F8 and the memory store's read: 10,000 keys of about 65 characters, asked for in the order of a Zipf distribution.</summary>
[MemoryDiagnoser]
public class StoreReads
{
    private const int Keys = 10_000;
    private const int Mask = (1 << 16) - 1;

    private readonly ConcurrentDictionary<string, object> _dictionary = new();
    private readonly MemoryHttpCacheStore _store = new();
    private readonly string[] _order = new string[Mask + 1];
    private int _next;

    [GlobalSetup]
    public void Setup()
    {
        var keys = Enumerable.Range(0, Keys).Select(i => $"https://api.example.com/v1/catalogue/products/{i:D8}/detail/full").ToArray();
        foreach (var key in keys)
        {
            _dictionary[key] = key;
            StoreAsync(key).GetAwaiter().GetResult();
        }

        var weights = new double[Keys];
        var sum = 0.0;
        for (var i = 0; i < Keys; i++)
        {
            weights[i] = sum += 1 / Math.Pow(i + 1, 0.9);
        }

        var random = new Random(1);
        random.Shuffle(keys);
        for (var i = 0; i <= Mask; i++)
        {
            var rank = Array.BinarySearch(weights, random.NextDouble() * sum);
            _order[i] = keys[Math.Min(Keys - 1, rank < 0 ? ~rank : rank)];
        }
    }

    [Benchmark(Baseline = true)]
    public int Floor() => _dictionary.TryGetValue(Next(), out var value) && value is not null ? 1 : 0;

    [Benchmark]
    public int Read() => ReadOf(Next());

    /// <summary>Many reads from a place in the order of its own, for threads that run beside each other.</summary>
    public int ReadMany(int start, int count)
    {
        var sum = 0;
        for (var i = 0; i < count; i++)
        {
            sum += ReadOf(_order[(start + i) & Mask]);
        }

        return sum;
    }

    /// <summary>The same of the floor.</summary>
    public int FloorMany(int start, int count)
    {
        var sum = 0;
        for (var i = 0; i < count; i++)
        {
            sum += _dictionary.TryGetValue(_order[(start + i) & Mask], out var value) && value is not null ? 1 : 0;
        }

        return sum;
    }

    private int ReadOf(string key) => _store.ReadAsync(new CacheKey(key), CancellationToken.None).Result.Responses.Length;

    private string Next() => _order[_next++ & Mask];

    private async Task StoreAsync(string key)
    {
        using var writer = await _store.BeginWriteAsync(new CacheKey(key), 16, CancellationToken.None);
        await writer!.WriteAsync(new byte[16], CancellationToken.None);
        var head = new StoredResponse
        {
            Method = "GET",
            TargetUri = key,
            StatusCode = 200,
            HttpVersion = new Version(1, 1),
            Fields = new HttpFields([new FieldLine("Cache-Control", "max-age=60")]),
            Times = new ExchangeTimes(DateTimeOffset.UtcNow, DateTimeOffset.UtcNow),
            Variant = string.Empty,
            Rank = 1,
            Generation = key.GetHashCode(StringComparison.Ordinal),
            BodyId = key.GetHashCode(StringComparison.Ordinal),
        };
        await writer.CommitAsync(new StoreCommit { Head = head.WithBody(16), Retention = TimeSpan.FromDays(1), Stamp = 0 }, CancellationToken.None);
    }
}
