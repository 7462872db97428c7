using BenchmarkDotNet.Attributes;

namespace HttpCaching.Benchmarks.Cases;

/// <summary>Changes on disk against the least of them: a file that is written and renamed over another.</summary>
[MemoryDiagnoser]
public class FileStoreWrites
{
    private const int Keys = 128;
    private const int HeadBytes = 512;

    private FileStoreSubject _subject = null!;
    private FileHttpCacheStore _store = null!;
    private byte[] _body = [];
    private byte[] _file = [];
    private int _next;

    [Params(1024, 64 * 1024)]
    public int Bytes { get; set; } = 1024;

    [GlobalSetup]
    public void Setup()
    {
        _subject = new FileStoreSubject();
        _store = FileStoreSubject.Open(_subject.Directory, openRecords: 256);
        _body = new byte[Bytes];
        _file = new byte[Bytes + HeadBytes];
        Random.Shared.NextBytes(_body);
        for (var i = 0; i < Keys; i++)
        {
            FileStoreSubject.PutAsync(_store, FileStoreSubject.Key(i), _body).GetAwaiter().GetResult();
        }
    }

    [GlobalCleanup]
    public void Cleanup()
    {
        _store.Dispose();
        _subject.Dispose();
    }

    [Benchmark(Baseline = true)]
    public void Floor()
    {
        var path = $"{_subject.Directory}.{Next()}";
        using (var file = File.OpenHandle(path + ".tmp", FileMode.Create, FileAccess.Write))
        {
            RandomAccess.Write(file, _file, 0);
        }

        File.Move(path + ".tmp", path, overwrite: true);
    }

    /// <summary>A new response in the place of one.</summary>
    [Benchmark]
    public Task Write() => FileStoreSubject.PutAsync(_store, FileStoreSubject.Key(Next()), _body);

    /// <summary>A new head on the body that is there.</summary>
    [Benchmark]
    public Task Refresh() => FileStoreSubject.RefreshAsync(_store, FileStoreSubject.Key(Next()));

    private int Next() => _next++ & (Keys - 1);
}
