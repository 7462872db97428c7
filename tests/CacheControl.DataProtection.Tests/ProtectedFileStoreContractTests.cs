using HttpCaching.StoreContract;
using Microsoft.AspNetCore.DataProtection;

namespace HttpCaching.DataProtection.Tests;

public sealed class ProtectedFileStoreContractTests : HttpCacheStoreContract
{
    private readonly TemporaryDirectory _directory = new();

    protected override int StressOperations => 100;

    protected override IHttpCacheStore CreateStore() => ProtectedFileStore.Open(_directory["cache"], new EphemeralDataProtectionProvider());

    protected override IHttpCacheStore? CreateStoreWithClock(TimeProvider time) =>
        ProtectedFileStore.Open(_directory["cache"], new EphemeralDataProtectionProvider(), new FileHttpCacheStoreOptions { TimeProvider = time });

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        _directory.Dispose();
    }
}
