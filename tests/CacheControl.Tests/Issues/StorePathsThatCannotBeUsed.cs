using System.Security.Cryptography;
using HttpCaching.Tests.Storage.Files;
using Microsoft.AspNetCore.DataProtection;

namespace HttpCaching.Tests.Issues;

/// <summary>A store that can't be opened says which setting is wrong, which path it names, and what to do.</summary>
public sealed class StorePathsThatCannotBeUsed : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public static TheoryData<string, string> Paths()
    {
        var data = new TheoryData<string, string>();
        foreach (var store in new[] { "file", "sqlite", "protected" })
        {
            foreach (var path in new[] { "a file", "below a file", "a directory", "a link", "another user's", "/proc/x", "/proc/self/x/y", "/sys/x", "/dev/null", "/dev/null/x", "too long" })
            {
                data.Add(store, path);
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public void Construct_PathThatCannotBeUsed_NamesSettingPathAndRemedy(string store, string kind)
    {
        if (!OperatingSystem.IsLinux() || Make(kind) is not { } path || Refusal(() => Open(store, path)) is not { } refusal)
        {
            // Some are right for one of the stores, and what belongs to another user can be made by root only.
            (kind is "a directory" or "a file" or "another user's" || !OperatingSystem.IsLinux()).Should().BeTrue();
            return;
        }

        refusal.Should().Match(e => e is IOException || e is UnauthorizedAccessException);
        var isAboutDirectory = store == "sqlite" && refusal.Message.StartsWith("The directory of the cache file", StringComparison.Ordinal);
        refusal.Message.Should().Contain(isAboutDirectory ? $"'{Path.GetDirectoryName(path)}'" : path, "the path is named").And.Contain(store == "sqlite" ? nameof(SqliteHttpCacheStore) : nameof(FileHttpCacheStore), "the setting is named")
            .And.MatchRegex("[Gg]ive (it|the)", "what to do is said");
    }

    [MountFact]
    public void Construct_ReadOnlyFileSystem_NamesSettingPathAndRemedy()
    {
        using var disk = new MountedDirectory("4m");
        disk.MakeReadOnly();

        foreach (var store in new[] { "file", "sqlite", "protected" })
        {
            var path = Path.Join(disk.Path, "cache");
            var refusal = Refusal(() => Open(store, path));
            refusal.Should().NotBeNull();
            refusal!.Message.Should().Contain(path).And.Contain("HttpCacheStore").And.MatchRegex("Give (it|the store) ").And.Contain("ead-only file system");
        }

        disk.MakeWritable();
    }

    [Theory]
    [InlineData("data-protection.key")]
    [InlineData("data-protection.key.lock")]
    [InlineData("data-protection.key.new")]
    public void OpenProtected_KeyFileIsADirectory_NamesIt(string name)
    {
        var path = Path.Join(_directory.Path, name);
        Directory.CreateDirectory(path);

        var refusal = Refusal(() => Open("protected", _directory.Path));

        refusal.Should().BeAssignableTo<SystemException>();
        refusal!.Message.Should().Contain(Path.Join(_directory.Path, "data-protection.key")).And.Contain("protected store").And.Contain("Give the store");
    }

    [Fact]
    public void OpenProtected_KeysOfDataProtectionFail_SaysWhereToPutThem()
    {
        var refusal = Refusal(() => ProtectedFileStore.Open(_directory.Path, new Failing()).Dispose());

        refusal.Should().BeOfType<CryptographicException>();
        refusal!.Message.Should().Contain(_directory.Path).And.Contain("PersistKeysTo").And.Contain("key ring");
    }

    public void Dispose() => _directory.Dispose();

    private static Exception? Refusal(Action open)
    {
        try
        {
            open();
            return null;
        }
        catch (Exception exception)
        {
            return exception;
        }
    }

    private static void Open(string store, string path)
    {
        switch (store)
        {
            case "file":
                new FileHttpCacheStore(path).Dispose();
                break;
            case "sqlite":
                new SqliteHttpCacheStore(path).Dispose();
                break;
            default:
                ProtectedFileStore.Open(path, new EphemeralDataProtectionProvider()).Dispose();
                break;
        }
    }

    /// <summary>Makes the thing in the way; null where it can't be made.</summary>
    private string? Make(string kind)
    {
        var path = _directory.Path;
        switch (kind)
        {
            case "a file":
                File.WriteAllText(path, "something of the user's that is no database");
                return path;
            case "below a file":
                File.WriteAllText(path, "x");
                return Path.Join(path, "below");
            case "a directory":
                Directory.CreateDirectory(path);
                return path;
            case "a link":
                File.CreateSymbolicLink(path, Path.Join(_directory.Parent, "target"));
                return path;
            case "another user's":
                Directory.CreateDirectory(path);
                return UnixFiles.TryGive(path, 12345) ? path : null;
            case "too long":
                return Path.Join(path, new string('x', 300), "y");
            default:
                return kind;
        }
    }

    private sealed class Failing : IDataProtectionProvider, IDataProtector
    {
        public IDataProtector CreateProtector(string purpose) => this;

        public byte[] Protect(byte[] plaintext) => throw new CryptographicException("The key ring can't be read.");

        public byte[] Unprotect(byte[] protectedData) => throw new CryptographicException("The key ring can't be read.");
    }
}
