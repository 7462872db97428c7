using BenchmarkDotNet.Attributes;
using HttpCaching.Benchmarks.Floors;

namespace HttpCaching.Benchmarks.Cases;

/// <summary>F7 and a miss whose response is stored on disk. Every call asks for another URL, so no response takes another's place.</summary>
[MemoryDiagnoser]
public class StoredMisses
{
    private readonly HttpMessageInvoker _floor = new(new YieldingOrigin(new byte[1024], isStorable: true));
    private readonly string _directory = Directory.CreateTempSubdirectory("cachecontrol-bench-").FullName;
    private readonly FileHttpCacheStore _files;
    private readonly SqliteHttpCacheStore _sqlite;
    private readonly Subject _inFiles;
    private readonly Subject _inSqlite;
    private readonly byte[] _buffer = new byte[64 * 1024];
    private int _next;

    public StoredMisses()
    {
        _files = FileStoreSubject.Open(Path.Combine(_directory, "store"), openRecords: 256);
        _sqlite = new SqliteHttpCacheStore(Path.Combine(_directory, "cache.db"));
        _inFiles = Subject.Over(_files, new YieldingOrigin(new byte[1024], isStorable: true));
        _inSqlite = Subject.Over(_sqlite, new YieldingOrigin(new byte[1024], isStorable: true));
    }

    [Benchmark(Baseline = true)]
    public Task Floor() => SendAsync(_floor);

    [Benchmark]
    public Task InFiles() => SendAsync(_inFiles.Invoker);

    [Benchmark]
    public Task InSqlite() => SendAsync(_inSqlite.Invoker);

    [GlobalCleanup]
    public void Cleanup()
    {
        _inFiles.Dispose();
        _inSqlite.Dispose();
        _files.Dispose();
        _sqlite.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    private async Task SendAsync(HttpMessageInvoker invoker)
    {
        using var request = Subject.Get($"https://api.example.com/v1/catalogue/products/{_next++:D8}/detail");
        using var response = await invoker.SendAsync(request, CancellationToken.None);
        using var stream = await response.Content.ReadAsStreamAsync();
        while (await stream.ReadAsync(_buffer) > 0)
        {
        }
    }
}
