using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.DependencyInjection;

namespace HttpCaching.DataProtection.Tests;

public sealed class RegistrationTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task UseProtectedFileSystem_KeysPersisted_StoreSurvivesTheProcess()
    {
        for (var run = 0; run < 2; run++)
        {
            var services = new ServiceCollection();
            services.AddDataProtection().PersistKeysToFileSystem(new DirectoryInfo(_directory["keys"])).SetApplicationName("tests");
            services.AddHttpCaching().UseProtectedFileSystem(_directory["cache"], o => o.MaximumKeys = 1000);
            await using var provider = services.BuildServiceProvider();
            var store = provider.GetRequiredService<IHttpCacheStore>();

            store.Should().BeOfType<FileHttpCacheStore>();
            if (run == 0)
            {
                await Stored.PutAsync(store, 100);
            }

            (await Stored.GetAsync(store)).Should().Equal(Stored.Body(100));
        }
    }
}
