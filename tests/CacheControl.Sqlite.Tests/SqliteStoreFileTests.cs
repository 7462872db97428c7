using HttpCaching.StoreContract;
using HttpCaching.Tests.Storage.Files;
using static HttpCaching.Sqlite.Tests.StoreBench;

namespace HttpCaching.Sqlite.Tests;

/// <summary>The file: whose it is, what is refused, and what becomes of it.</summary>
public sealed class SqliteStoreFileTests : IDisposable
{
    private readonly TemporaryFile _file = new();

    public void Dispose() => _file.Dispose();

    [Fact]
    [Trait("Spec", "SEC-4")]
    public async Task Construct_NewFile_IsForThisUserOnly()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        using var store = new SqliteHttpCacheStore(_file.Path);
        await PutAsync(store, Key(), StoredResponses.Get(length: 300_000));

        foreach (var path in new[] { _file.Directory, _file.Path + "-readers" })
        {
            File.GetUnixFileMode(path).Should().Be(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, path);
        }

        var files = Directory.GetFiles(_file.Directory);
        files.Should().HaveCount(3);
        foreach (var path in files)
        {
            File.GetUnixFileMode(path).Should().Be(UnixFileMode.UserRead | UnixFileMode.UserWrite, path);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("-wal")]
    [Trait("Spec", "SEC-4")]
    public void Construct_FileIsALink_IsRefused(string extension)
    {
        Directory.CreateDirectory(_file.Directory);
        var target = Path.Join(_file.Parent, "target");
        File.WriteAllText(target, "something of the user's");
        File.CreateSymbolicLink(_file.Path + extension, target);

        Opening().Should().Throw<IOException>().WithMessage("*is a link to*");

        File.ReadAllText(target).Should().Be("something of the user's");
    }

    [Fact]
    [Trait("Spec", "SEC-4")]
    public void Construct_DirectoryIsALink_IsRefused()
    {
        var target = Directory.CreateDirectory(Path.Join(_file.Parent, "target")).FullName;
        Directory.CreateSymbolicLink(_file.Directory, target);

        Opening().Should().Throw<IOException>().WithMessage("*is a link to*");

        Directory.EnumerateFileSystemEntries(target).Should().BeEmpty();
    }

    [Fact]
    [Trait("Spec", "SEC-4")]
    public void Construct_FileIsAnotherUsers_IsRefused()
    {
        if (!OperatingSystem.IsLinux() || Environment.UserName != "root")
        {
            return;
        }

        Directory.CreateDirectory(_file.Directory);
        File.WriteAllText(_file.Path, string.Empty);
        UnixFiles.TryGive(_file.Path, 12345).Should().BeTrue();

        Opening().Should().Throw<IOException>().WithMessage("*another user (12345)*");
    }

    [Theory]
    [InlineData("777")]
    [InlineData("1777")]
    [InlineData("775")]
    [Trait("Spec", "SEC-4")]
    public void Construct_OthersCanWriteToTheDirectory_IsRefused(string mode)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        Directory.CreateDirectory(_file.Directory);
        File.SetUnixFileMode(_file.Directory, (UnixFileMode)Convert.ToInt32(mode, 8));

        Opening().Should().Throw<IOException>().WithMessage($"Other users can write to the directory of the cache file '{_file.Directory}' (mode {mode})*chmod go-w*");

        Directory.EnumerateFileSystemEntries(_file.Directory).Should().BeEmpty();
        File.SetUnixFileMode(_file.Directory, (UnixFileMode)Convert.ToInt32("755", 8));
        Opening().Should().NotThrow();
    }

    [Fact]
    [Trait("Spec", "SEC-4")]
    public void Construct_DirectoryIsAnotherUsers_IsRefused()
    {
        if (!OperatingSystem.IsLinux() || Environment.UserName != "root")
        {
            return;
        }

        Directory.CreateDirectory(_file.Directory);
        UnixFiles.TryGive(_file.Directory, 12345).Should().BeTrue();

        Opening().Should().Throw<IOException>().WithMessage("*another user (12345)*");
    }

    [Fact]
    public void Construct_PathIsADirectory_IsRefused()
    {
        Directory.CreateDirectory(_file.Path);

        Opening().Should().Throw<IOException>().WithMessage("*is a directory*");
    }

    [Fact]
    public void Construct_DirectoryCannotBeMade_SaysSo()
    {
        File.WriteAllText(_file.Directory, string.Empty);
        Opening().Should().Throw<IOException>().WithMessage($"*{_file.Directory}*");
        if (OperatingSystem.IsLinux())
        {
            FluentActions.Invoking(() => new SqliteHttpCacheStore("/proc/cache-control/x.db")).Should().Throw<Exception>()
                .Where(e => e is IOException || e is UnauthorizedAccessException).WithMessage("*/proc/cache-control*");
        }
    }

    [Fact]
    public void Construct_AnotherProgramsDatabase_IsRefusedAndLeftAlone()
    {
        Directory.CreateDirectory(_file.Directory);
        Sql(_file.Path, "CREATE TABLE accounts(id INTEGER); INSERT INTO accounts VALUES(7)");

        for (var attempt = 0; attempt < 2; attempt++)
        {
            Opening().Should().Throw<IOException>().WithMessage("*another program*another path*");

            Sql(_file.Path, "SELECT id FROM accounts").Should().Be(7);
            Directory.GetFileSystemEntries(_file.Directory).Should().Equal([_file.Path], "nothing is left beside a file that is refused");
        }
    }

    [Fact]
    public void Construct_AnotherProgramsDamagedDatabase_IsRefusedAndLeftAlone()
    {
        Directory.CreateDirectory(_file.Directory);
        Sql(_file.Path, "CREATE TABLE accounts(id INTEGER); INSERT INTO accounts VALUES(7)");
        var bytes = File.ReadAllBytes(_file.Path);
        bytes.AsSpan(100, 50).Fill(0xFF);
        File.WriteAllBytes(_file.Path, bytes);

        Opening().Should().Throw<IOException>().WithMessage("*not a cache file*another path*");

        File.ReadAllBytes(_file.Path).Should().Equal(bytes);
    }

    [Fact]
    public async Task Construct_NewerVersion_IsRefusedAndLeftAlone()
    {
        using (var store = new SqliteHttpCacheStore(_file.Path))
        {
            await PutAsync(store, Key());
        }

        Sql(_file.Path, "UPDATE format SET version = 2; PRAGMA user_version = 2");

        Opening().Should().Throw<IOException>().WithMessage("*newer version*format 2*");

        Sql(_file.Path, "SELECT count(*) FROM entry").Should().Be(1);
    }

    [Fact]
    public async Task Construct_OlderVersion_BeginsAnew()
    {
        using (var store = new SqliteHttpCacheStore(_file.Path))
        {
            await PutAsync(store, Key());
        }

        Sql(_file.Path, "DROP TABLE entry; UPDATE format SET version = 0; PRAGMA user_version = 0");

        using var again = new SqliteHttpCacheStore(_file.Path);
        (await ReadAsync(again, Key())).Should().BeEmpty();
        await PutAsync(again, Key());
        (await ReadAsync(again, Key())).Should().ContainSingle();
        Directory.GetFiles(_file.Directory, "*.damaged").Should().BeEmpty("nobody needs it any more");
    }

    [Fact]
    public async Task Construct_OlderVersionOpenInAnotherStore_BothGoOnWithTheNewFile()
    {
        using var old = new SqliteHttpCacheStore(_file.Path);
        await PutAsync(old, Key());
        Sql(_file.Path, "UPDATE format SET version = 0; PRAGMA user_version = 0");

        using var again = new SqliteHttpCacheStore(_file.Path);
        await PutAsync(again, Key("new"));

        (await ReadAsync(old, Key("new"))).Should().ContainSingle("it was told");
        (await ReadAsync(old, Key())).Should().BeEmpty();
    }

    [Fact]
    public void Construct_FileIsNoDatabase_IsRefusedAndLeftAlone()
    {
        Directory.CreateDirectory(_file.Directory);
        var text = string.Concat(Enumerable.Repeat("something of the user's ", 500));
        File.WriteAllText(_file.Path, text);

        for (var attempt = 0; attempt < 2; attempt++)
        {
            Opening().Should().Throw<IOException>().WithMessage("*not a cache file*another path*");

            File.ReadAllText(_file.Path).Should().Be(text);
            Directory.GetFileSystemEntries(_file.Directory).Should().Equal([_file.Path], "nothing is left beside a file that is refused");
        }
    }

    [Fact]
    public async Task Construct_CacheFileOverwritten_IsSetAside()
    {
        using (var store = new SqliteHttpCacheStore(_file.Path))
        {
            await PutAsync(store, Key());
        }

        File.WriteAllText(_file.Path, string.Concat(Enumerable.Repeat("by whom? ", 500)));

        using var again = new SqliteHttpCacheStore(_file.Path);
        await PutAsync(again, Key());

        (await ReadAsync(again, Key())).Should().ContainSingle();
        File.ReadAllText(_file.Path + ".damaged").Should().StartWith("by whom?");
    }

    [Fact]
    public void Construct_OptionsWrong_TellsAllOfThem()
    {
        var options = new SqliteHttpCacheStoreOptions
        {
            MaximumBytes = 0,
            MaximumResponses = 0,
            MaximumEntryBytes = 0,
            MaximumVariants = 0,
            InlineBodyBytes = -1,
            MappedBytes = -1,
            TimeProvider = null!,
        };

        FluentActions.Invoking(() => new SqliteHttpCacheStore(_file.Path, options)).Should().Throw<ArgumentException>()
            .WithMessage("*MaximumBytes*MaximumResponses*MaximumEntryBytes*MaximumVariants*InlineBodyBytes*MappedBytes*TimeProvider*");
        Directory.Exists(_file.Directory).Should().BeFalse();
    }

    [Fact]
    public async Task Reopen_SomethingStored_IsThere()
    {
        var key = Key("a", "scope");
        StoredResponse head;
        using (var store = new SqliteHttpCacheStore(_file.Path))
        {
            head = await PutAsync(store, key, StoredResponses.Get(key.Uri, 100_000));
        }

        using var again = new SqliteHttpCacheStore(_file.Path);

        (await ReadAsync(again, key)).Select(StoredResponses.Describe).Should().Equal(StoredResponses.Describe(head));
    }

    [Fact]
    [Trait("Spec", "INV-4")]
    public async Task TwoStores_OneInvalidates_OtherIsRefused()
    {
        using var one = new SqliteHttpCacheStore(_file.Path);
        using var two = new SqliteHttpCacheStore(_file.Path);
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
        using var store = new SqliteHttpCacheStore(_file.Path);
        await PutAsync(store, Key(), StoredResponses.Get(length: 100_000));
        _file.DeleteDirectory();

        (await TryPutAsync(store, Key("new"), StoredResponses.Get())).Should().BeTrue("the read before it has begun the new file");
        await PutAsync(store, Key("new"));

        (await ReadAsync(store, Key("new"))).Should().ContainSingle();
        (await ReadAsync(store, Key())).Should().BeEmpty();
        using var other = new SqliteHttpCacheStore(_file.Path);
        (await ReadAsync(other, Key("new"))).Should().ContainSingle();
        other.Responses.Should().Be(1);
    }

    [Fact]
    public async Task Directory_DeletedWhileNoConnectionToReadIsOpen_IsMadeAgain()
    {
        using var store = new SqliteHttpCacheStore(_file.Path);
        _file.DeleteDirectory();

        (await ReadAsync(store, Key())).Should().BeEmpty();
        await PutAsync(store, Key());
        (await ReadAsync(store, Key())).Should().ContainSingle();
    }

    [Fact]
    public async Task AnyCall_Disposed_Throws()
    {
        var store = new SqliteHttpCacheStore(_file.Path);
        await PutAsync(store, Key(), StoredResponses.Get(length: 100_000));
        using var snapshot = await store.ReadAsync(Key(), default);
        store.Dispose();
        store.Dispose();

        await store.Awaiting(s => s.ReadAsync(Key(), default).AsTask()).Should().ThrowAsync<ObjectDisposedException>();
        await store.Awaiting(s => s.InvalidateAsync(Key().Uri, default).AsTask()).Should().ThrowAsync<ObjectDisposedException>();
        await ReadBodyAsync(snapshot, snapshot.Responses[0]);
    }

    [MountFact]
    public async Task Disk_Full_NothingHalfIsStoredAndReadsGoOn()
    {
        using var disk = new MountedDirectory("4m");
        using var store = new SqliteHttpCacheStore(Path.Join(disk.Path, "cache.db"));
        var failures = 0;
        for (var i = 0; i < 20; i++)
        {
            failures += await Outcome(() => TryPutAsync(store, Key($"{i}"), StoredResponses.Get(Key($"{i}").Uri, 400_000)));
        }

        failures.Should().BePositive();
        var found = 0;
        for (var i = 0; i < 20; i++)
        {
            found += (await ReadAsync(store, Key($"{i}"))).Length;
        }

        found.Should().BeInRange(1, 20 - failures);
    }

    private static async Task<int> Outcome(Func<Task> call)
    {
        try
        {
            await call();
            return 0;
        }
        catch (IOException)
        {
            return 1;
        }
    }

    private Action Opening() => () => new SqliteHttpCacheStore(_file.Path).Dispose();
}
