using HttpCaching.Tests.Storage.Files;
using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.Options;

namespace HttpCaching.Tests.Storage;

/// <summary>A store of one of the kinds that need no server.</summary>
internal sealed class SomeStore : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly List<IDisposable> _parts = [];

    public SomeStore(string kind)
    {
        Store = kind switch
        {
            "memory" => Add(new MemoryHttpCacheStore()),
            "file" => File(),
            "encrypted file" => Add(new FileHttpCacheStore(Path.Join(_directory.Parent, "e"), new FileHttpCacheStoreOptions { EncryptionKey = new byte[32] })),
            "SQLite" => Add(new SqliteHttpCacheStore(Path.Join(_directory.Parent, "s.db"))),
            "distributed" => new DistributedHttpCacheStore(new MemoryDistributedCache(Options.Create(new MemoryDistributedCacheOptions()))),
            _ => Add(new TieredHttpCacheStore(Add(new MemoryHttpCacheStore()), File())),
        };
    }

    public static IReadOnlyList<string> Kinds { get; } = ["memory", "file", "encrypted file", "SQLite", "distributed", "tiered"];

    public static TheoryData<string> AllKinds => [.. Kinds];

    public IHttpCacheStore Store { get; }

    public void Dispose()
    {
        _parts.Reverse();
        _parts.ForEach(part => part.Dispose());
        _directory.Dispose();
    }

    private FileHttpCacheStore File() => Add(new FileHttpCacheStore(Path.Join(_directory.Parent, "f")));

    private T Add<T>(T store)
        where T : IDisposable
    {
        _parts.Add(store);
        return store;
    }
}
