using System.Diagnostics;
using HttpCaching.StoreContract;
using static HttpCaching.Tests.Storage.Files.FileStoreBench;

namespace HttpCaching.Tests.Storage.Files;

/// <summary>Directories: whose they are, what stands in them, and what becomes of them.</summary>
public sealed class FileStoreDirectoryTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    [Trait("Spec", "SEC-4")]
    public async Task Construct_NewDirectory_IsForThisUserOnly()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        using var store = new FileHttpCacheStore(_directory.Path);
        await PutAsync(store, Key(), StoredResponses.Get(length: 100_000));
        await PutAsync(store, Key("a", "scope"));

        // What runs beside the requests makes files too, which are closed to others in a second step.
        await store.MaintainAsync();

        foreach (var path in Directory.EnumerateDirectories(_directory.Path, "*", SearchOption.AllDirectories).Append(_directory.Path))
        {
            File.GetUnixFileMode(path).Should().Be(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, path);
        }

        foreach (var path in _directory.Files("*"))
        {
            File.GetUnixFileMode(path).Should().Be(UnixFileMode.UserRead | UnixFileMode.UserWrite, path);
        }
    }

    [Theory]
    [Trait("Spec", "SEC-4")]
    [InlineData("/../../x")]
    [InlineData("..\\x")]
    [InlineData("CON")]
    public async Task Store_AnyKey_NamesAreHashesOnly(string name)
    {
        using var store = new FileHttpCacheStore(_directory.Path);

        await PutAsync(store, Key(name, name), StoredResponses.Get(length: 100_000));

        Directory.GetFileSystemEntries(_directory.Parent).Should().Equal(_directory.Path);
        _directory.Stored().Should().HaveCount(2)
            .And.OnlyContain(f => Path.GetFileName(f).All(c => "0123456789abcdef.r".Contains(c)));
    }

    [Fact]
    [Trait("Spec", "SEC-4")]
    public void Construct_RootIsALink_IsRefused()
    {
        var target = Path.Join(_directory.Parent, "target");
        Directory.CreateDirectory(target);
        Directory.CreateSymbolicLink(_directory.Path, target);

        FluentActions.Invoking(() => new FileHttpCacheStore(_directory.Path)).Should().Throw<IOException>().WithMessage("*is a link to*");
        FluentActions.Invoking(() => new FileHttpCacheStore(_directory.Path + Path.DirectorySeparatorChar)).Should().Throw<IOException>();

        Directory.EnumerateFileSystemEntries(target).Should().BeEmpty();
    }

    [Theory]
    [InlineData("")]
    [InlineData("v1")]
    [Trait("Spec", "SEC-4")]
    public void Construct_DirectoryIsAnothersUser_IsRefused(string below)
    {
        if (!OperatingSystem.IsLinux() || Environment.UserName != "root")
        {
            return;
        }

        var path = Path.Join(_directory.Path, below);
        Directory.CreateDirectory(path);
        UnixFiles.TryGive(path, 12345).Should().BeTrue();

        FluentActions.Invoking(() => new FileHttpCacheStore(_directory.Path)).Should().Throw<IOException>().WithMessage("*another user (12345)*");
    }

    [Fact]
    public void Construct_PathIsAFile_IsRefused()
    {
        File.WriteAllText(_directory.Path, "something of the user's");

        FluentActions.Invoking(() => new FileHttpCacheStore(_directory.Path)).Should().Throw<IOException>().WithMessage("*is a file*");

        File.ReadAllText(_directory.Path).Should().Be("something of the user's");
    }

    [Fact]
    public void Construct_DirectoryCannotBeMade_SaysSo()
    {
        // A user who is root may write anywhere, but not below a file.
        File.WriteAllText(_directory.Path, string.Empty);

        FluentActions.Invoking(() => new FileHttpCacheStore(Path.Join(_directory.Path, "below"))).Should().Throw<IOException>().WithMessage($"*{_directory.Path}*");
    }

    [Fact]
    public void Construct_DirectoryIsNotWritable_SaysSo()
    {
        const string Unwritable = "/proc/cache-control";
        if (!OperatingSystem.IsLinux() || !Directory.Exists("/proc"))
        {
            return;
        }

        FluentActions.Invoking(() => new FileHttpCacheStore(Unwritable)).Should().Throw<Exception>()
            .Where(e => e is IOException || e is UnauthorizedAccessException).WithMessage($"*{Unwritable}*");
    }

    [Fact]
    public void Construct_OptionsWrong_TellsAllOfThem()
    {
        var options = new FileHttpCacheStoreOptions
        {
            MaximumBytes = 0,
            MaximumKeys = 0,
            MaximumEntryBytes = 0,
            MaximumVariants = 0,
            InlineBodyBytes = -1,
            EncryptionKey = new byte[31],
            TimeProvider = null!,
        };

        FluentActions.Invoking(() => new FileHttpCacheStore(_directory.Path, options)).Should().Throw<ArgumentException>()
            .WithMessage("*MaximumBytes*MaximumKeys*MaximumEntryBytes*MaximumVariants*InlineBodyBytes*EncryptionKey*TimeProvider*");
        Directory.Exists(_directory.Path).Should().BeFalse();
    }

    [Fact]
    public async Task Reopen_SomethingStored_IsThere()
    {
        var key = Key("a", "scope");
        StoredResponse head;
        using (var store = new FileHttpCacheStore(_directory.Path))
        {
            head = await PutAsync(store, key, StoredResponses.Get(key.Uri, 100_000));
        }

        using var again = new FileHttpCacheStore(_directory.Path);

        (await ReadAsync(again, key)).Select(StoredResponses.Describe).Should().Equal(StoredResponses.Describe(head));
    }

    [Fact]
    [Trait("Spec", "INV-4")]
    public async Task TwoStores_OneInvalidates_OtherIsRefused()
    {
        using var one = new FileHttpCacheStore(_directory.Path);
        using var two = new FileHttpCacheStore(_directory.Path);
        await PutAsync(one, Key());
        using var snapshot = await two.ReadAsync(Key(), default);
        snapshot.Responses.Should().ContainSingle();

        await one.InvalidateAsync(Key().Uri, default);

        (await ReadAsync(two, Key())).Should().BeEmpty();
        using var writer = await two.BeginWriteAsync(Key(), 0, default);
        var commit = new StoreCommit { Head = StoredResponses.Get(length: 0), Stamp = snapshot.Stamp, Retention = default };
        (await writer!.CommitAsync(commit, default)).Should().BeFalse();
        await PutAsync(two, Key());
        (await ReadAsync(one, Key())).Should().ContainSingle();
    }

    [Fact]
    public async Task Directory_DeletedWhileOpen_IsMadeAgain()
    {
        using var store = new FileHttpCacheStore(_directory.Path);
        await PutAsync(store, Key(), StoredResponses.Get(length: 100_000));
        _directory.Delete();

        (await ReadAsync(store, Key())).Should().BeEmpty();
        try
        {
            await TryPutAsync(store, Key(), StoredResponses.Get());
        }
        catch (IOException)
        {
            // The first write may be lost.
        }

        await TryPutAsync(store, Key(), StoredResponses.Get());
        await PutAsync(store, Key());
        (await ReadAsync(store, Key())).Should().ContainSingle();
        using var other = new FileHttpCacheStore(_directory.Path);
        (await ReadAsync(other, Key())).Should().ContainSingle();
        other.Keys.Should().Be(1);
    }

    [Fact]
    public async Task Directory_FromANewerVersion_IsLeftAlone()
    {
        var newer = Path.Join(_directory.Path, "v2", "state");
        Directory.CreateDirectory(Path.GetDirectoryName(newer)!);
        File.WriteAllText(newer, "from the future");

        using var store = new FileHttpCacheStore(_directory.Path);
        await PutAsync(store, Key());
        await store.ClearAsync(default);

        File.ReadAllText(newer).Should().Be("from the future");
    }

    [Fact]
    public async Task AnyCall_Disposed_Throws()
    {
        var store = new FileHttpCacheStore(_directory.Path);
        await PutAsync(store, Key(), StoredResponses.Get(length: 100_000));
        using var snapshot = await store.ReadAsync(Key(), default);
        store.Dispose();
        store.Dispose();

        await store.Awaiting(s => s.ReadAsync(Key(), default).AsTask()).Should().ThrowAsync<ObjectDisposedException>();
        await store.Awaiting(s => s.InvalidateAsync(Key().Uri, default).AsTask()).Should().ThrowAsync<ObjectDisposedException>();
        using var body = await snapshot.OpenBodyAsync(snapshot.Responses[0], default);
        body.Read(0, new byte[10]).Should().Be(10);
    }

    [Fact]
    public async Task Disk_Full_NothingHalfIsStoredAndReadsGoOn()
    {
        var mount = Path.Join(_directory.Parent, "small");
        Directory.CreateDirectory(mount);
        if (!OperatingSystem.IsLinux() || Run("mount", "-t", "tmpfs", "-o", "mode=700,size=4m", "tmpfs", mount) != 0)
        {
            Console.WriteLine("Skipped: no small file system can be mounted here.");
            return;
        }

        try
        {
            using var store = new FileHttpCacheStore(mount);
            var failures = 0;
            for (var i = 0; i < 20; i++)
            {
                var head = StoredResponses.Get(Key($"{i}").Uri, 400_000);
                try
                {
                    await TryPutAsync(store, Key($"{i}"), head);
                }
                catch (IOException)
                {
                    failures++;
                }
            }

            failures.Should().BePositive();
            var found = 0;
            for (var i = 0; i < 20; i++)
            {
                found += (await ReadAsync(store, Key($"{i}"))).Length;
            }

            found.Should().BeInRange(1, 20 - failures);
            Directory.GetFiles(Path.Join(mount, "v1", "tmp"), "*", SearchOption.AllDirectories).Should().BeEmpty();
            await store.ClearAsync(default);
            await PutAsync(store, Key());
        }
        finally
        {
            Run("umount", mount);
        }
    }

    private static int Run(string program, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
            process.WaitForExit();
            return process.ExitCode;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return -1;
        }
    }
}
