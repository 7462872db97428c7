using HttpCaching.Sqlite.Engine;

namespace HttpCaching.Sqlite.Tests;

/// <summary>The contract with every body in pieces, however small.</summary>
public sealed class SqliteHttpCacheStoreChunkedTests : SqliteHttpCacheStoreTests
{
    protected override SqliteHttpCacheStoreOptions Options()
    {
        var options = base.Options();
        options.InlineBodyBytes = 0;
        return options;
    }
}

/// <summary>The contract with large bodies beside their heads, the file mapped, and every change on the disk at once.</summary>
public sealed class SqliteHttpCacheStoreInlineTests : SqliteHttpCacheStoreTests
{
    protected override int StressOperations => 100;

    protected override SqliteHttpCacheStoreOptions Options()
    {
        var options = base.Options();
        options.InlineBodyBytes = 65_536;
        options.MappedBytes = 64 * 1024 * 1024;
        options.Fsync = true;
        return options;
    }
}

/// <summary>The contract with one hash for all URIs: they are told apart by their keys.</summary>
public sealed class SqliteHttpCacheStoreSameHashTests : SqliteHttpCacheStoreTests
{
    private protected override SqliteStoreSettings Settings() => base.Settings() with { HashMask = 0 };
}
