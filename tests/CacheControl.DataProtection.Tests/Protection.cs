using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.Extensions.DependencyInjection;

namespace HttpCaching.DataProtection.Tests;

/// <summary>Data Protection with its keys in a directory, as one process has it.</summary>
internal sealed class Protection : IDisposable
{
    private readonly ServiceProvider _services;

    public Protection(string keys, string application = "tests")
    {
        var services = new ServiceCollection();
        services.AddDataProtection().PersistKeysToFileSystem(new DirectoryInfo(keys)).SetApplicationName(application);
        _services = services.BuildServiceProvider();
    }

    public IDataProtectionProvider Provider => _services.GetRequiredService<IDataProtectionProvider>();

    public IKeyManager Keys => _services.GetRequiredService<IKeyManager>();

    public void Dispose() => _services.Dispose();
}
