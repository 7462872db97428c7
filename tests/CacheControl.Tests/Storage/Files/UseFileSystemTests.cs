using Microsoft.Extensions.DependencyInjection;

namespace HttpCaching.Tests.Storage.Files;

public sealed class UseFileSystemTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void UseFileSystem_Path_RegistersTheStoreThere()
    {
        var services = new ServiceCollection();
        services.AddHttpCaching().UseFileSystem(_directory.Path, o => o.MaximumKeys = 7);
        Directory.Exists(_directory.Path).Should().BeFalse("nothing is opened before it is needed");

        using (var provider = services.BuildServiceProvider())
        {
            provider.GetServices<IHttpCacheStore>().Should().ContainSingle().Which.Should().BeOfType<FileHttpCacheStore>();
            provider.GetRequiredService<HttpCache>().Should().NotBeNull();
            Directory.Exists(_directory.Path).Should().BeTrue();
        }
    }

    [Fact]
    public void UseFileSystem_OptionWrong_ThrowsWhenTheStoreIsMade()
    {
        var services = new ServiceCollection();
        services.AddHttpCaching().UseFileSystem(_directory.Path, o => o.MaximumKeys = 0);
        using var provider = services.BuildServiceProvider();

        provider.Invoking(p => p.GetRequiredService<IHttpCacheStore>()).Should().Throw<ArgumentException>().WithMessage("*MaximumKeys*");
    }
}
