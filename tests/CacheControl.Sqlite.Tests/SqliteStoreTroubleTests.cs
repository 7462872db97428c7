using HttpCaching.Tests.Storage.Files;
using static HttpCaching.Sqlite.Tests.StoreBench;

namespace HttpCaching.Sqlite.Tests;

/// <summary>What becomes of exchanges over HTTP when the disk below the cache is full, read-only, gone or damaged: they succeed, and a line is logged.</summary>
public sealed class SqliteStoreTroubleTests : IDisposable
{
    private const int StoreFaultId = 10;
    private const int DamagedId = 40;
    private const int SetAsideId = 42;

    private readonly TemporaryFile _file = new();

    public void Dispose() => _file.Dispose();

    [MountFact]
    [Trait("Spec", "SRE-1")]
    public async Task Disk_Full_ExchangesSucceedAreLoggedAndTheStoreIsUsedAgainAfterwards()
    {
        using var disk = new MountedDirectory("4m");
        var ballast = Path.Join(disk.Path, "ballast");
        File.WriteAllBytes(ballast, new byte[2_500_000]);
        using var site = Open(Path.Join(disk.Path, "cache.db"));

        for (var i = 0; i < 20; i++)
        {
            (await site.GetAsync($"{i}", 400_000)).Should().Be("right");
        }

        site.Logged.Should().Contain(StoreFaultId);
        File.Delete(ballast);
        await UsedAgainAsync(site);
        await site.Store.MaintainAsync();
        SqlText(Path.Join(disk.Path, "cache.db"), "PRAGMA integrity_check").Should().Be("ok");
        Sql(Path.Join(disk.Path, "cache.db"), "SELECT count(*) FROM body WHERE owner > 0").Should().Be(0, "what was half written is given up");
    }

    [MountFact]
    [Trait("Spec", "SRE-1")]
    public async Task FileSystem_TurnsReadOnly_WhatIsStoredIsServedAndTheRestFetched()
    {
        using var disk = new MountedDirectory("8m");
        using var site = Open(Path.Join(disk.Path, "cache.db"));
        (await site.GetAsync("stored", 100_000)).Should().Be("right");
        disk.MakeReadOnly();

        // Files that are open for writing can't be made read-only: what the store holds open it goes on to use.
        (await site.GetAsync("stored", 100_000)).Should().StartWith("right");
        (await site.GetAsync("new", 100_000)).Should().Be("right");
        site.Time.Advance(TimeSpan.FromMinutes(2));
        (await site.GetAsync("stored", 100_000)).Should().StartWith("right");

        disk.MakeWritable();
        await UsedAgainAsync(site);
    }

    [MountFact]
    public void Construct_ReadOnlyFileSystem_SaysSo()
    {
        using var disk = new MountedDirectory("1m");
        using (new SqliteHttpCacheStore(Path.Join(disk.Path, "cache.db")))
        {
        }

        disk.MakeReadOnly();
        foreach (var name in new[] { "cache.db", "other.db" })
        {
            FluentActions.Invoking(() => new SqliteHttpCacheStore(Path.Join(disk.Path, name))).Should().Throw<Exception>()
                .Where(e => e is IOException || e is UnauthorizedAccessException)
                .WithMessage("*ead-only*").WithMessage($"*{disk.Path}*");
        }
    }

    [MountFact]
    public void Construct_FullDisk_SaysSo()
    {
        using var disk = new MountedDirectory("1m");
        File.WriteAllBytes(Path.Join(disk.Path, "large"), new byte[1024 * 1024]);

        FluentActions.Invoking(() => new SqliteHttpCacheStore(Path.Join(disk.Path, "cache.db"))).Should().Throw<IOException>()
            .Which.Message.Should().MatchRegex("full|space");
    }

    [Theory]
    [InlineData("-readers")]
    [InlineData("-wal")]
    [InlineData("-shm")]
    public void Construct_SomethingInTheWayBesideTheFile_SaysSo(string extension)
    {
        Directory.CreateDirectory(_file.Directory);
        var path = _file.Path + extension;
        if (extension == "-readers")
        {
            File.WriteAllText(path, "something");
        }
        else
        {
            Directory.CreateDirectory(path);
        }

        FluentActions.Invoking(() => new SqliteHttpCacheStore(_file.Path)).Should().Throw<IOException>().WithMessage($"*{_file.Path}*");
        (File.Exists(path) || Directory.Exists(path)).Should().BeTrue("it is somebody's");
    }

    [Theory]
    [InlineData(100)]
    [InlineData(100_000)]
    [Trait("Spec", "SRE-3")]
    public async Task Response_Damaged_IsAMissALogLineAndStoredAnew(int bytes)
    {
        using var site = Open(_file.Path);
        (await site.GetAsync("a", bytes)).Should().Be("right");
        (await site.GetAsync("a", bytes)).Should().Be("right, hit");
        Sql(_file.Path, "UPDATE content SET head = x'0102'");

        (await site.GetAsync("a", bytes)).Should().Be("right");
        (await site.GetAsync("a", bytes)).Should().Be("right, hit");
        site.Logged.Should().Contain(DamagedId).And.NotContain(SetAsideId);
    }

    [Fact]
    [Trait("Spec", "SRE-3")]
    public async Task File_OverwrittenWhileOpen_ExchangesSucceedAndItIsBegunAnew()
    {
        using var site = Open(_file.Path);
        for (var i = 0; i < 10; i++)
        {
            (await site.GetAsync($"{i}", 10_000)).Should().Be("right");
        }

        // Into the file, not in its place: the store has this one open. Its log too, where the newest pages stand.
        foreach (var path in new[] { _file.Path, _file.Path + "-wal" })
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
            var rubbish = new byte[file.Length];
            new Random(1).NextBytes(rubbish);
            file.Write(rubbish);
        }

        for (var i = 0; i < 10; i++)
        {
            (await site.GetAsync($"{i}", 10_000)).Should().StartWith("right");
        }

        await UsedAgainAsync(site);
    }

    [Fact]
    [Trait("Spec", "SRE-1")]
    public async Task Directory_DeletedBetweenRequests_ExchangesSucceed()
    {
        using var site = Open(_file.Path);
        (await site.GetAsync("a", 100_000)).Should().Be("right");
        _file.DeleteDirectory();

        for (var i = 0; i < 3; i++)
        {
            (await site.GetAsync($"{i}", 100_000)).Should().Be("right");
        }

        await UsedAgainAsync(site);
    }

    [Fact]
    [Trait("Spec", "SRE-10")]
    public async Task Clock_SetBackByYears_ExchangesSucceed()
    {
        using var site = Open(_file.Path);
        (await site.GetAsync("a", 100_000)).Should().Be("right");

        site.Time.AdjustTime(site.Time.GetUtcNow().AddYears(-20));

        (await site.GetAsync("a", 100_000)).Should().StartWith("right");
        (await site.GetAsync("b", 100)).Should().Be("right");
        await site.Store.MaintainAsync();
        (await site.GetAsync("b", 100)).Should().Be("right, hit");
        site.Logged.Should().BeEmpty();
    }

    [Fact]
    public async Task Path_WithSpacesLettersAndWhatSqliteReadsAsAUri_Works()
    {
        var path = Path.Join(_file.Directory, "ein langer Name mit Leerzeichen, ünd \u65E5\u672C\u8A9E \U0001F980", "file:a%20b?mode=memory&x='1'#.db");
        using (var site = Open(path))
        {
            (await site.GetAsync("a", 100_000)).Should().Be("right");
            (await site.GetAsync("a", 100_000)).Should().Be("right, hit");
            site.Logged.Should().BeEmpty();
        }

        File.Exists(path).Should().BeTrue();
        using var again = Open(path);
        (await again.GetAsync("a", 100_000)).Should().Be("right, hit");
    }

    [Fact]
    public void Construct_PathLongerThanTheSystemTakes_SaysSo()
    {
        var path = Path.Join(_file.Directory, string.Concat(Enumerable.Repeat("/" + new string('x', 200), 40)));

        FluentActions.Invoking(() => new SqliteHttpCacheStore(path)).Should().Throw<IOException>().WithMessage("*too long*");
    }

    /// <summary>Whatever was wrong, the store is mended beside the requests, and is used again then. All answers are right meanwhile.</summary>
    private static async Task UsedAgainAsync(StoreSite<SqliteHttpCacheStore> site)
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        for (var seen = string.Empty; seen != "right, hit"; await Task.Delay(1, timeout.Token))
        {
            site.Time.Advance(TimeSpan.FromSeconds(30));
            seen = await site.GetAsync("again", 100_000);
            seen.Should().StartWith("right");
        }
    }

    private static StoreSite<SqliteHttpCacheStore> Open(string path) =>
        new((logger, time) => new SqliteHttpCacheStore(path, new SqliteHttpCacheStoreOptions { Logger = logger, TimeProvider = time }));
}
