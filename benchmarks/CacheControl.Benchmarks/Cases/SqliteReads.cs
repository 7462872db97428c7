using BenchmarkDotNet.Attributes;

namespace HttpCaching.Benchmarks.Cases;

/// <summary>A SQLite store with some entries of one size, and as its floor as many files, opened, read and closed.</summary>
[MemoryDiagnoser]
public class SqliteReads : IDisposable
{
    private const int HeadBytes = 512;
    private const int Entries = 200;

    private readonly string _directory = Directory.CreateTempSubdirectory("cache-control-bench").FullName;
    private byte[] _buffer = [];
    private SqliteHttpCacheStore _store = null!;
    private CacheKey[] _keys = [];
    private string[] _paths = [];
    private int _next;

    /// <summary>The bytes of a body.</summary>
    [Params(1024, 64 * 1024)]
    public int BodyBytes { get; set; }

    /// <summary>How many bytes of the file are mapped.</summary>
    [Params(0L, 1024L * 1024 * 1024)]
    public long MappedBytes { get; set; }

    /// <summary>The size of the file's pages.</summary>
    public int PageBytes { get; set; } = 4096;

    /// <summary>Fills the store and the directory.</summary>
    [GlobalSetup]
    public void Setup()
    {
        _buffer = new byte[BodyBytes + HeadBytes];
        _store = new SqliteHttpCacheStore(
            Path.Join(_directory, "cache.db"), new SqliteHttpCacheStoreOptions { MappedBytes = MappedBytes }.ToSettings() with { PageBytes = PageBytes });
        _keys = [.. Enumerable.Range(0, Entries).Select(KeyOf)];
        _paths = [.. Enumerable.Range(0, Entries).Select(i => Path.Join(_directory, $"{i}"))];
        PutAsync(_store, _keys, BodyBytes, parallel: 64).GetAwaiter().GetResult();
        Array.ForEach(_paths, path => File.WriteAllBytes(path, _buffer));
    }

    /// <summary>F4f: a file opened, read and closed.</summary>
    [Benchmark(Baseline = true)]
    public int Floor()
    {
        using var file = File.OpenHandle(_paths[Next()], FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        return RandomAccess.Read(file, _buffer, 0);
    }

    /// <summary>A snapshot read, its body opened and read to the end.</summary>
    [Benchmark]
    public int Read()
    {
        using var snapshot = _store.ReadAsync(_keys[Next()], CancellationToken.None).Result;
        using var body = snapshot.OpenBodyAsync(snapshot.Responses[0], CancellationToken.None).Result;
        if (body.TryGetMemory(0, out var whole))
        {
            return whole.Length;
        }

        var total = 0;
        while (body.Read(total, _buffer) is var count and > 0)
        {
            total += count;
        }

        return total;
    }

    /// <summary>Closes the store and deletes the files.</summary>
    [GlobalCleanup]
    public void Dispose()
    {
        _store?.Dispose();
        if (Directory.Exists(_directory))
        {
            Directory.Delete(_directory, recursive: true);
        }

        GC.SuppressFinalize(this);
    }

    internal static CacheKey KeyOf(int number) => new($"https://api.example.org/v1/some/collection/of/things/{number:d9}");

    /// <summary>Stores a response under each key, some at a time.</summary>
    internal static async Task PutAsync(IHttpCacheStore store, IReadOnlyCollection<CacheKey> keys, int bodyBytes, int parallel)
    {
        var body = new byte[bodyBytes];
        var stamp = await StampAsync(store, keys.First());
        await Parallel.ForEachAsync(keys, new ParallelOptions { MaxDegreeOfParallelism = parallel }, async (key, cancellationToken) =>
        {
            using var writer = await store.BeginWriteAsync(key, bodyBytes, cancellationToken);
            await writer!.WriteAsync(body, cancellationToken);
            if (!await writer.CommitAsync(new StoreCommit { Head = HeadOf(key, bodyBytes), Stamp = stamp, Retention = TimeSpan.FromDays(1) }, cancellationToken))
            {
                throw new InvalidOperationException("The store has refused a response.");
            }
        });
    }

    internal static StoredResponse HeadOf(CacheKey key, int bodyBytes) => new()
    {
        Method = "GET",
        TargetUri = key.Uri,
        StatusCode = 200,
        ReasonPhrase = "OK",
        HttpVersion = new Version(1, 1),
        Fields = new HttpFields(
        [
            new("Date", "Sun, 01 Mar 2026 12:00:00 GMT"),
            new("Cache-Control", "public, max-age=600"),
            new("ETag", "\"33a64df551425fcc55e4d42a148795d9f25f89d4\""),
            new("Content-Type", "application/json; charset=utf-8"),
            new("Content-Length", "1024"),
            new("Last-Modified", "Sun, 01 Mar 2026 11:00:00 GMT"),
            new("Server", "nginx"),
            new("X-Request-Id", "7b0b6c06-18b1-4f5a-a7ec-5ab4a9b3a0ef"),
        ]),
        Times = new ExchangeTimes(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch),
        BodyLength = bodyBytes,
        Variant = "GET",
        Rank = 1,
        Generation = Random.Shared.NextInt64(),
        BodyId = Random.Shared.NextInt64(),
    };

    private static async Task<long> StampAsync(IHttpCacheStore store, CacheKey key)
    {
        using var snapshot = await store.ReadAsync(key, CancellationToken.None);
        return snapshot.Stamp;
    }

    private int Next() => _next = (_next + 1) % Entries;
}
