using HttpCaching.StoreContract;
using HttpCaching.Tests.Storage.Files;

namespace HttpCaching.Tests.Storage;

/// <summary>The contract over the file store.</summary>
public class FileHttpCacheStoreTests : HttpCacheStoreContract
{
    private const long TotalLimit = 8_000_000;
    private const long EntryLimit = 400_000;

    private readonly TemporaryDirectory _directory = new();

    protected override long? EntryLimitBytes => EntryLimit;

    protected override long? TotalLimitBytes => TotalLimit;

    // A record that is kept open is read without the number of removals.
    protected override bool StampsAreExact => false;

    protected override IHttpCacheStore CreateStore() => new FileHttpCacheStore(_directory.Path, Options());

    protected override IHttpCacheStore? CreateStoreWithClock(TimeProvider time)
    {
        var options = Options();
        options.TimeProvider = time;
        return new FileHttpCacheStore(_directory.Path, options);
    }

    protected override IHttpCacheStore? OpenAnother() => new FileHttpCacheStore(_directory.Path, Options());

    protected override void AssertNothingIsLeft()
    {
        using (var store = new FileHttpCacheStore(_directory.Path, Options()))
        {
            store.MaintainAsync().GetAwaiter().GetResult();
        }

        FilesBelow().Where(path => path.EndsWith(".r", StringComparison.Ordinal) || path.EndsWith(".b", StringComparison.Ordinal) || path.EndsWith(".t", StringComparison.Ordinal))
            .Should().BeEmpty("nothing is stored, so no record and no body is of use");
    }

    protected IEnumerable<string> FilesBelow() => Directory.EnumerateFiles(_directory.Path, "*", SearchOption.AllDirectories);

    protected virtual FileHttpCacheStoreOptions Options() => new() { MaximumBytes = TotalLimit, MaximumEntryBytes = EntryLimit };

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        _directory.Dispose();
    }
}
