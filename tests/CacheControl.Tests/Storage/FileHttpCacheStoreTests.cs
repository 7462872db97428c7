using CacheControl.Storage;
using CacheControl.StoreContract;
using CacheControl.Tests.Storage.Files;

namespace CacheControl.Tests.Storage;

/// <summary>The contract over the file store.</summary>
public class FileHttpCacheStoreTests : HttpCacheStoreContract
{
    private const long TotalLimit = 8_000_000;
    private const long EntryLimit = 400_000;

    private readonly TemporaryDirectory _directory = new();

    protected override long? EntryLimitBytes => EntryLimit;

    protected override long? TotalLimitBytes => TotalLimit;

    protected override IHttpCacheStore CreateStore() => new FileHttpCacheStore(_directory.Path, Options());

    protected virtual FileHttpCacheStoreOptions Options() => new() { MaximumBytes = TotalLimit, MaximumEntryBytes = EntryLimit };

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        _directory.Dispose();
    }
}
