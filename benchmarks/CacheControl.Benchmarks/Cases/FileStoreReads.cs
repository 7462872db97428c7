using System.Buffers;
using BenchmarkDotNet.Attributes;
using Microsoft.Win32.SafeHandles;

namespace HttpCaching.Benchmarks.Cases;

/// <summary>
/// Reads from disk against what the least of them costs. F4 reads a head of 512 bytes and a body at an offset of an open file; F4f opens a file of them, reads
/// it at once and closes it. All files are in the page cache.
/// </summary>
[MemoryDiagnoser]
public class FileStoreReads
{
    private const int Keys = 128;
    private const int HeadBytes = 512;

    private readonly CacheKey[] _keys = [.. Enumerable.Range(0, Keys).Select(FileStoreSubject.Key)];
    private readonly string[] _paths = new string[Keys];
    private readonly byte[] _buffer = new byte[256 * 1024];
    private FileStoreSubject _subject = null!;
    private FileHttpCacheStore _hot = null!;
    private FileHttpCacheStore _cold = null!;
    private SafeFileHandle _packed = null!;
    private int _next;

    [Params(1024, 64 * 1024)]
    public int Bytes { get; set; } = 1024;

    [GlobalSetup]
    public void Setup()
    {
        _subject = new FileStoreSubject();
        _hot = FileStoreSubject.Open(_subject.Directory, openRecords: 2 * Keys);
        _cold = FileStoreSubject.Open(_subject.Directory, openRecords: 0);
        var body = new byte[Bytes];
        Random.Shared.NextBytes(body);
        var packed = _subject.Directory + ".packed";
        _packed = File.OpenHandle(packed, FileMode.Create, FileAccess.ReadWrite);
        for (var i = 0; i < Keys; i++)
        {
            FileStoreSubject.PutAsync(_hot, FileStoreSubject.Key(i), body).GetAwaiter().GetResult();
            _paths[i] = $"{_subject.Directory}.{i}.single";
            File.WriteAllBytes(_paths[i], new byte[HeadBytes + Bytes]);
            RandomAccess.Write(_packed, new byte[HeadBytes + Bytes], (long)i * (HeadBytes + Bytes));
        }
    }

    [GlobalCleanup]
    public void Cleanup()
    {
        _hot.Dispose();
        _cold.Dispose();
        _packed.Dispose();
        _subject.Dispose();
    }

    [Benchmark(Baseline = true)]
    public int FloorOpenFile()
    {
        var rented = ArrayPool<byte>.Shared.Rent(HeadBytes + Bytes);
        var count = RandomAccess.Read(_packed, rented.AsSpan(0, HeadBytes + Bytes), (long)Next() * (HeadBytes + Bytes));
        ArrayPool<byte>.Shared.Return(rented);
        return count;
    }

    [Benchmark]
    public int FloorOpening()
    {
        var rented = ArrayPool<byte>.Shared.Rent(HeadBytes + Bytes);
        using var file = File.OpenHandle(_paths[Next()], FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var count = RandomAccess.Read(file, rented.AsSpan(0, HeadBytes + Bytes), 0);
        ArrayPool<byte>.Shared.Return(rented);
        return count;
    }

    [Benchmark]
    public int ReadKeptOpen() => FileStoreSubject.Get(_hot, _keys[Next()], _buffer);

    [Benchmark]
    public int ReadOpening() => FileStoreSubject.Get(_cold, _keys[Next()], _buffer);

    private int Next() => _next++ & (Keys - 1);
}
