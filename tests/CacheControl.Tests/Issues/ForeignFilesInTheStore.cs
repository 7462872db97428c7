using HttpCaching.StoreContract;
using HttpCaching.Tests.Storage.Files;
using static HttpCaching.Tests.Storage.Files.FileStoreBench;

namespace HttpCaching.Tests.Issues;

/// <summary>
/// Directories that others can write to were accepted, and another one in their place under a running process went unnoticed; a pipe in the place of a record had its
/// reader wait for ever; a flipped bit made every invalidation throw; and another directory's encrypted records passed for the store's.
/// </summary>
public sealed class ForeignFilesInTheStore : IDisposable
{
    private const UnixFileMode Own = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode Others = UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    private static readonly byte[] EncryptionKey = [.. Enumerable.Range(0, 32).Select(i => (byte)i)];

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData(false, Own | Others)]
    [InlineData(false, Own | Others | UnixFileMode.StickyBit)]
    [InlineData(false, Own | UnixFileMode.GroupWrite)]
    [InlineData(true, Own | Others)]
    [Trait("Spec", "SEC-12")]
    public void Open_DirectoryThatOthersCanWriteTo_IsRefusedWithAWordOnWhatToDo(bool isInner, UnixFileMode mode)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        var path = isInner ? Path.Join(_directory.Path, "v1") : _directory.Path;
        Directory.CreateDirectory(path);
        File.SetUnixFileMode(_directory.Path, Own);
        File.SetUnixFileMode(path, mode);

        var open = () => new FileHttpCacheStore(_directory.Path);

        open.Should().Throw<IOException>().WithMessage($"*'{path}'*chmod go-w*");
    }

    [Theory]
    [InlineData("open to others")]
    [InlineData("link")]
    [Trait("Spec", "SEC-12")]
    public async Task Use_AnotherDirectoryTakesThePlace_IsNotTrusted(string kind)
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        using var store = new FileHttpCacheStore(_directory.Path);
        await PutAsync(store, Key());

        // Nothing is done beside the test from here on: it would make the directory again.
        await store.MaintainAsync();
        var (inner, aside) = (Path.Join(_directory.Path, "v1"), Path.Join(_directory.Path, "aside"));
        Directory.Move(inner, aside);
        if (kind == "link")
        {
            File.CreateSymbolicLink(inner, aside);
        }
        else
        {
            CopyAll(aside, inner);
            File.SetUnixFileMode(inner, Own | Others);
        }

        await store.Awaiting(s => s.ReadAsync(Key(), default).AsTask()).Should().ThrowAsync<IOException>();
        await store.Awaiting(s => s.InvalidateAsync(Key().Uri, default).AsTask()).Should().ThrowAsync<IOException>();

        if (kind == "link")
        {
            File.Delete(inner);
        }
        else
        {
            Directory.Delete(inner, recursive: true);
        }

        Directory.Move(aside, inner);
        (await ReadAsync(store, Key())).Should().ContainSingle("its own directory is back");
    }

    [Theory]
    [InlineData("*.r", "pipe")]
    [InlineData("*.r", "link")]
    [InlineData("*.b", "pipe")]
    [InlineData("*.b", "link")]
    [Trait("Spec", "SEC-12")]
    public async Task Read_NoRegularFileInThePlace_IsAMissAndIsRemoved(string pattern, string kind)
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        using var store = new FileHttpCacheStore(_directory.Path);
        await PutAsync(store, Key(), StoredResponses.Get(length: 50_000));
        var path = _directory.Files(pattern).Single();
        File.Delete(path);
        Make(kind, path);

        (await Task.Run(() => ReadAsync(store, Key())).WaitAsync(TimeSpan.FromSeconds(60))).Should().BeEmpty();

        await store.MaintainAsync();
        _directory.Files(pattern).Should().BeEmpty();
        await PutAsync(store, Key(), StoredResponses.Get(length: 60_000));
        (await ReadAsync(store, Key())).Should().ContainSingle();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    [Trait("Spec", "SRE-7")]
    public async Task State_ABitOfTheCounterFlips_IsMadeAnew(bool isOpen)
    {
        var store = new FileHttpCacheStore(_directory.Path);
        await PutAsync(store, Key());
        if (!isOpen)
        {
            store.Dispose();
        }

        using (var state = TemporaryDirectory.Open(_directory.Files("state").Single()))
        {
            state.Position = 23;
            var value = state.ReadByte();
            state.Position = 23;
            state.WriteByte((byte)(value ^ 0x80));
        }

        if (!isOpen)
        {
            store = new FileHttpCacheStore(_directory.Path);
        }

        using (store)
        {
            await store.InvalidateAsync(Key().Uri, default);
            (await ReadAsync(store, Key())).Should().BeEmpty();
            await PutAsync(store, Key());
            (await ReadAsync(store, Key())).Should().ContainSingle();
        }
    }

    [Fact]
    [Trait("Spec", "SEC-11")]
    public async Task Read_EncryptedRecordOfAnotherDirectory_IsAMiss()
    {
        using var other = new TemporaryDirectory();
        var options = new FileHttpCacheStoreOptions { EncryptionKey = EncryptionKey };
        using var store = new FileHttpCacheStore(_directory.Path, options);
        using (var source = new FileHttpCacheStore(other.Path, options))
        {
            await PutAsync(source, Key(), StoredResponses.Get(length: 50_000));
            await PutAsync(source, Key("b"), StoredResponses.Get(length: 50));
        }

        foreach (var file in other.Stored())
        {
            var to = Path.Join(_directory.Path, Path.GetRelativePath(other.Path, file));
            Directory.CreateDirectory(Path.GetDirectoryName(to)!);
            File.Copy(file, to);
        }

        (await ReadAsync(store, Key())).Should().BeEmpty();
        (await ReadAsync(store, Key("b"))).Should().BeEmpty();
    }

    private static void Make(string kind, string path)
    {
        if (kind == "link")
        {
            File.CreateSymbolicLink(path, "/dev/zero");
            return;
        }

        UnixFiles.MakePipe(path);
    }

    private static void CopyAll(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var directory in Directory.GetDirectories(from, "*", SearchOption.AllDirectories))
        {
            Directory.CreateDirectory(Path.Join(to, Path.GetRelativePath(from, directory)));
        }

        foreach (var file in Directory.GetFiles(from, "*", SearchOption.AllDirectories))
        {
            File.Copy(file, Path.Join(to, Path.GetRelativePath(from, file)), overwrite: true);
        }
    }
}
