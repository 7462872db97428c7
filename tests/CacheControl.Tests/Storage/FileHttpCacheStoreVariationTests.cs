using CacheControl.Storage;

namespace CacheControl.Tests.Storage;

/// <summary>The contract over a file store that encrypts.</summary>
public sealed class EncryptedFileStoreTests : FileHttpCacheStoreTests
{
    protected override FileHttpCacheStoreOptions Options()
    {
        var options = base.Options();
        options.EncryptionKey = Enumerable.Range(0, 32).Select(i => (byte)i).ToArray();
        return options;
    }
}

/// <summary>The contract over a file store that keeps every body in a file of its own.</summary>
public sealed class FileStoreWithoutInlineBodiesTests : FileHttpCacheStoreTests
{
    protected override FileHttpCacheStoreOptions Options()
    {
        var options = base.Options();
        options.InlineBodyBytes = 0;
        return options;
    }
}
