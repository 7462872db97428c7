using HttpCaching.Storage.Files;

namespace HttpCaching.Tests.Storage.Files;

/// <summary>What becomes of exchanges over HTTP when the disk below the cache is full, read-only, gone or damaged: they succeed, and a line is logged.</summary>
public sealed class FileStoreTroubleTests : IDisposable
{
    private const int StoreFaultId = 10;
    private const int DamagedId = 40;

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [MountFact]
    [Trait("Spec", "SRE-1")]
    public async Task Disk_Full_ExchangesSucceedAndAreLogged()
    {
        using var disk = new MountedDirectory("4m");
        using var site = Open(disk.Path);

        for (var i = 0; i < 20; i++)
        {
            (await site.GetAsync($"{i}", 400_000)).Should().Be("right");
        }

        site.Logged.Should().Contain(StoreFaultId);
        Directory.GetFiles(System.IO.Path.Join(disk.Path, "v1", "tmp"), "*", SearchOption.AllDirectories).Should().BeEmpty("what was half written is gone");
    }

    [MountFact]
    [Trait("Spec", "SRE-1")]
    public async Task Disk_FullOfRecords_ExchangesSucceedAndNothingIsLeftToBeRepaired()
    {
        using var disk = new MountedDirectory("4m");
        using var site = Open(disk.Path);

        for (var i = 0; i < 400; i++)
        {
            (await site.GetAsync($"{i}", 12_000)).Should().Be("right");
        }

        site.Logged.Should().Contain(StoreFaultId);
        Directory.GetFiles(disk.Path, "*.t", SearchOption.AllDirectories).Should().BeEmpty("what was half written is gone");
        using var directory = new StoreDirectory(disk.Path, new FileHttpCacheStoreOptions().ToSettings());
        directory.State.ReadAllUsage().Should().NotContain(usage => usage.IsMarked);
    }

    [MountFact]
    [Trait("Spec", "SRE-1")]
    public async Task FileSystem_TurnsReadOnly_WhatIsStoredIsServedAndTheRestFetched()
    {
        using var disk = new MountedDirectory("8m");
        using var site = Open(disk.Path);
        (await site.GetAsync("stored", 100_000)).Should().Be("right");
        disk.MakeReadOnly();

        (await site.GetAsync("stored", 100_000)).Should().Be("right, hit");
        (await site.GetAsync("new", 100_000)).Should().Be("right");
        site.Time.Advance(TimeSpan.FromMinutes(2));
        (await site.GetAsync("stored", 100_000)).Should().Be("right", "its validation succeeds, though the new head can't be stored");
        site.Logged.Should().Contain(StoreFaultId);

        disk.MakeWritable();
        site.Time.Advance(TimeSpan.FromMinutes(2));
        (await site.GetAsync("new", 100_000)).Should().Be("right");
        (await site.GetAsync("new", 100_000)).Should().Be("right, hit", "the store is used again once it works");
    }

    [MountFact]
    public void Construct_ReadOnlyFileSystem_SaysSo()
    {
        using var disk = new MountedDirectory("1m");
        disk.MakeReadOnly();

        FluentActions.Invoking(() => new FileHttpCacheStore(disk.Path)).Should().Throw<Exception>()
            .Where(e => e is IOException || e is UnauthorizedAccessException)
            .WithMessage("*ead-only*").WithMessage($"*{disk.Path}*");
    }

    [MountFact]
    public void Construct_FullDisk_SaysSo()
    {
        using var disk = new MountedDirectory("1m");
        File.WriteAllBytes(System.IO.Path.Join(disk.Path, "large"), new byte[1024 * 1024]);

        FluentActions.Invoking(() => new FileHttpCacheStore(disk.Path)).Should().Throw<IOException>().WithMessage("*space*");
    }

    [Theory]
    [InlineData("v1")]
    [InlineData("v1/tmp")]
    [InlineData("v1/locks")]
    public void Construct_FileWhereADirectoryShouldBe_SaysSo(string name)
    {
        var path = System.IO.Path.Join(_directory.Path, name);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        File.WriteAllText(path, "something");

        FluentActions.Invoking(() => new FileHttpCacheStore(_directory.Path)).Should().Throw<IOException>().WithMessage($"*{path}*");
        File.ReadAllText(path).Should().Be("something");
    }

    [Fact]
    [Trait("Spec", "SRE-1")]
    public async Task ShardDirectories_AreFiles_ExchangesSucceedAndAreLogged()
    {
        using var site = Open(_directory.Path);
        for (var shard = 0; shard < 256; shard++)
        {
            File.WriteAllText(System.IO.Path.Join(_directory.Path, "v1", $"{shard:x2}"), "in the way");
        }

        (await site.GetAsync("a", 100)).Should().Be("right");
        (await site.GetAsync("a", 100_000)).Should().Be("right");
        site.Logged.Should().Contain(StoreFaultId);
    }

    [Theory]
    [InlineData(100, "*.r")]
    [InlineData(100_000, "*.r")]
    [InlineData(100_000, "*.b")]
    [Trait("Spec", "SRE-3")]
    public async Task File_DamagedOrGone_IsAMissALogLineAndStoredAnew(int bytes, string pattern)
    {
        using var site = Open(_directory.Path);
        (await site.GetAsync("a", bytes)).Should().Be("right");
        await using (var file = TemporaryDirectory.Open(_directory.Files(pattern).Single()))
        {
            file.SetLength(file.Length - 1);
        }

        (await site.GetAsync("a", bytes)).Should().Be("right");
        (await site.GetAsync("a", bytes)).Should().Be("right, hit");
        site.Logged.Should().Contain(DamagedId);

        File.Delete(_directory.Files(pattern).Single());
        (await site.GetAsync("a", bytes)).Should().Be("right");
    }

    [Fact]
    [Trait("Spec", "SRE-1")]
    public async Task Directory_DeletedBetweenRequests_ExchangesSucceed()
    {
        using var site = Open(_directory.Path);
        (await site.GetAsync("a", 100_000)).Should().Be("right");
        _directory.Delete();

        for (var i = 0; i < 3; i++)
        {
            (await site.GetAsync($"{i}", 100_000)).Should().Be("right");
        }

        // The first writes may be lost: only a writer notices, and makes the directory again.
        var seen = new List<string>();
        for (var i = 0; i < 5; i++)
        {
            site.Time.Advance(TimeSpan.FromSeconds(30));
            seen.Add(await site.GetAsync("b", 100_000));
            seen[^1].Should().StartWith("right");
        }

        seen.Should().Contain("right, hit", "the directory has been made again");
    }

    [Fact]
    [Trait("Spec", "SRE-10")]
    public async Task Clock_SetBackByYears_ExchangesSucceed()
    {
        using var site = Open(_directory.Path);
        (await site.GetAsync("a", 100_000)).Should().Be("right");

        site.Time.AdjustTime(site.Time.GetUtcNow().AddYears(-20));

        (await site.GetAsync("a", 100_000)).Should().StartWith("right");
        (await site.GetAsync("b", 100)).Should().Be("right");
        await site.Store.MaintainAsync();
        (await site.GetAsync("b", 100)).Should().Be("right, hit");
    }

    [Fact]
    public async Task Path_WithSpacesLettersAndLongerThanUsual_Works()
    {
        // The longest name of a directory is 255 bytes; the longest path that Linux takes in one call is 4,095.
        var path = _directory.Path;
        while (path.Length < (OperatingSystem.IsWindows() ? 200 : 3000))
        {
            path = System.IO.Path.Join(path, "ein langer Name mit Leerzeichen, ünd \u65E5\u672C\u8A9E \U0001F980 " + new string('x', 100));
        }

        using var site = Open(path);
        (await site.GetAsync("a", 100)).Should().Be("right");
        (await site.GetAsync("a", 100)).Should().Be("right, hit");
        (await site.GetAsync("b", 100_000)).Should().Be("right");
        for (var i = 0; i < 3; i++)
        {
            (await site.GetAsync("b", 100_000)).Should().Be("right, hit");
        }

        site.Logged.Should().BeEmpty();
    }

    [Fact]
    public void Construct_PathLongerThanTheSystemTakes_SaysSo()
    {
        var path = _directory.Path + string.Concat(Enumerable.Repeat("/" + new string('x', 200), 40));

        FluentActions.Invoking(() => new FileHttpCacheStore(path)).Should().Throw<IOException>().WithMessage("*too long*");
    }

    private static StoreSite<FileHttpCacheStore> Open(string path) =>
        new((logger, _) => new FileHttpCacheStore(path, new FileHttpCacheStoreOptions { Logger = logger, MaximumBytes = 64_000_000 }));
}
