using System.Text;
using HttpCaching.Control.Guard;
using HttpCaching.Tests.Control;
using HttpCaching.Tests.Storage.Files;

namespace HttpCaching.Tests.Issues;

/// <summary>A removal that the store had still to carry out ended with the process that owed it: all others went on with the old body for its whole lifetime.</summary>
public sealed class PendingRemovalsWrittenDown : IDisposable
{
    private const string Uri = "https://h/";
    private const int MostBytes = 1024 * 1024;

    private static readonly long OneLine = new PendingRemovalLine(null, Uri).ToBytes().Length;

    private readonly TemporaryDirectory _directory = new();
    private readonly AwayStore _store = new(new MemoryHttpCacheStore());

    private string Pending => Path.Join(_directory.Path, "pending");

    private string[] Files => Directory.GetFiles(Pending);

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData("PUT")]
    [InlineData("Cache-Group-Invalidation", "\"g\"")]
    [InlineData("Clear-Site-Data", "\"cache\"")]
    [Trait("Spec", "INV-11")]
    public async Task Start_TheLastProcessOwedARemoval_NothingOldIsUsedAndItIsCarriedOut(string what, string? value = null)
    {
        using (var first = await StoredAsync())
        {
            _store.GoAway("fails");
            await ChangeAsync(first, what, value);
        }

        Files.Should().HaveCount(1);
        using var next = Open();
        Files.Should().HaveCount(1, "the next process has taken over that of the first");
        (await next.GetAsync(Uri)).Body.Should().Be("new", "the store can't be asked for the removal, so nothing of it is used");

        _store.ComeBack();
        await AdvanceUntilAsync(next, () => Written() == 0);

        using var other = Open(pending: null);
        (await other.GetAsync(Uri)).Body.Should().Be("new");
    }

    [Fact]
    [Trait("Spec", "INV-11")]
    public async Task Run_AnotherProcessEnds_ItsRemovalIsTakenOver()
    {
        var first = await StoredAsync();
        using var second = Open();
        _store.GoAway("fails");
        await ChangeAsync(first, "PUT");
        second.Time.Advance(TimeSpan.FromSeconds(10));
        Files.Should().HaveCount(2, "the first one lives, and sees to it itself");
        (await second.GetAsync(Uri)).Body.Should().Be("old");

        first.Dispose();
        second.Time.Advance(TimeSpan.FromSeconds(2));

        Files.Should().HaveCount(1);
        (await second.GetAsync(Uri)).Body.Should().Be("new");
        _store.ComeBack();
        await AdvanceUntilAsync(second, () => Written() == 0);
        second.Dispose();
        Files.Should().BeEmpty();
    }

    [Fact]
    [Trait("Spec", "INV-11")]
    public async Task Put_StoreHangs_IsWrittenBeforeItIsAskedAndTakenAwayAfterwards()
    {
        using var fixture = await StoredAsync();
        await ChangeAsync(fixture, "PUT");
        Written().Should().Be(0);

        _store.GoAway("hangs");
        var put = ChangeAsync(fixture, "PUT");
        Written().Should().Be(OneLine);
        put.IsCompleted.Should().BeFalse();

        await AdvanceUntilAsync(fixture, () => put.IsCompleted);
        Written().Should().Be(OneLine);
        _store.ComeBack();
        await AdvanceUntilAsync(fixture, () => Written() == 0);
    }

    [Fact]
    public async Task Files_AreForTheirUserAlone()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        using var fixture = await StoredAsync();

        File.GetUnixFileMode(Pending).Should().Be(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        File.GetUnixFileMode(Files.Single()).Should().Be(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    [Theory]
    [InlineData("u aHR0cHM6Ly9oLw==")]
    [InlineData("u aHR0cHM6Ly9o")]
    [InlineData("u ")]
    [InlineData("\0\0\0\0\0\0\0\n")]
    [InlineData("x aHR0cHM6Ly9oLw==\n")]
    [InlineData("u %%%%\n")]
    [InlineData("\n\n")]
    public async Task Start_LastLineOfTheDeadIsDamaged_TheOthersCount(string torn)
    {
        using (var first = await StoredAsync())
        {
            _store.GoAway("fails");
            await ChangeAsync(first, "PUT");
        }

        await File.AppendAllTextAsync(Files.Single(), torn, Encoding.Latin1);
        using var next = Open();

        Written().Should().Be(OneLine);
        (await next.GetAsync(Uri)).Body.Should().Be("new");
    }

    [Fact]
    public async Task Start_NotWhatAProcessLeft_StaysAndDoesNoHarm()
    {
        using (var first = await StoredAsync())
        {
            _store.GoAway("fails");
            await ChangeAsync(first, "PUT");
        }

        var left = Files.Single();
        var folder = Directory.CreateDirectory(left.Replace(".removals", "0.removals", StringComparison.Ordinal));
        var other = Path.Join(Pending, "notes.txt");
        await File.WriteAllTextAsync(other, "mine");
        using var named = Open(name: "another");
        File.Exists(left).Should().BeTrue("a cache of another name may have another store");

        using var next = Open();

        File.Exists(left).Should().BeFalse();
        folder.Exists.Should().BeTrue();
        File.Exists(other).Should().BeTrue();
    }

    [Theory]
    [InlineData(20_000, 10)]
    [InlineData(400, 8000)]
    public async Task ManyPuts_StoreAway_TheFileIsBoundedAndTheNextProcessClearsTheStore(int count, int length)
    {
        using (var first = await StoredAsync())
        {
            _store.GoAway("fails");
            for (var i = 0; i < count; i++)
            {
                await ChangeAsync(first, "PUT", uri: $"https://h/{i}/{new string('a', length)}");
            }

            Files.Sum(file => new FileInfo(file).Length).Should().BeLessThanOrEqualTo(MostBytes);
        }

        _store.ComeBack();
        using var next = Open();
        await AdvanceUntilAsync(next, () => _store.Cleared.Task.IsCompleted);
    }

    [Fact]
    public async Task FileDeleted_WhileItsProcessLives_IsMadeAgain()
    {
        using (var first = await StoredAsync())
        {
            _store.GoAway("fails");
            await ChangeAsync(first, "PUT");
            Directory.Delete(Pending, recursive: true);
            first.Time.Advance(TimeSpan.FromSeconds(2));

            Written().Should().Be(OneLine);
        }

        using var next = Open();
        (await next.GetAsync(Uri)).Body.Should().Be("new");
    }

    [Theory]
    [InlineData("alone")]
    [InlineData("back")]
    [InlineData("front")]
    public void Open_StoreIsEncrypted_IsRefused(string where)
    {
        using var files = new FileHttpCacheStore(_directory.Path, new FileHttpCacheStoreOptions { EncryptionKey = new byte[32] });
        using var memory = new MemoryHttpCacheStore();
        IHttpCacheStore store = where switch
        {
            "alone" => files,
            "back" => new TieredHttpCacheStore(memory, files),
            _ => new TieredHttpCacheStore(files, memory),
        };

        var open = () => new HttpCache(store, new HttpCacheOptions { Store = { PendingRemovalsDirectory = Pending } });

        open.Should().Throw<Microsoft.Extensions.Options.OptionsValidationException>().WithMessage("*encrypted*");
        Directory.Exists(Pending).Should().BeFalse();
    }

    [Theory]
    [InlineData("777")]
    [InlineData("1777")]
    [InlineData("link")]
    [InlineData("file")]
    public void Open_DirectoryThatOthersCanChange_IsRefused(string what)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        switch (what)
        {
            case "link":
                File.CreateSymbolicLink(Pending, Directory.CreateDirectory(Pending + "2").FullName);
                break;
            case "file":
                File.WriteAllText(Directory.CreateDirectory(_directory.Path).FullName + "/pending", string.Empty);
                break;
            default:
                Directory.CreateDirectory(Pending);
                File.SetUnixFileMode(Pending, (UnixFileMode)Convert.ToInt32(what, 8));
                break;
        }

        var open = () => new HttpCache(_store, new HttpCacheOptions { Store = { PendingRemovalsDirectory = Pending } });

        open.Should().Throw<IOException>().WithMessage($"*{Pending}*");
    }

    private static async Task ChangeAsync(CacheFixture fixture, string what, string? value = null, string uri = Uri)
    {
        if (value is null)
        {
            await fixture.SendAsync(CacheFixture.Request(what, uri));
            return;
        }

        fixture.Origin.Then(200, "posted", (what, value));
        await fixture.SendAsync(CacheFixture.Request("POST", "https://h/other"));
    }

    private CacheFixture Open(string? pending = "", string? name = null)
    {
        var fixture = new CacheFixture(
            options =>
            {
                options.Store.PendingRemovalsDirectory = pending is null ? null : Pending;
                options.Extensions.HonorClearSiteData = true;
            },
            _store,
            name);
        fixture.Origin.Otherwise = _ => ScriptedOrigin.Response(200, "new", ("Cache-Control", "max-age=3600"));
        return fixture;
    }

    private async Task<CacheFixture> StoredAsync()
    {
        var fixture = Open();
        fixture.Origin.Then(200, "old", ("Cache-Control", "max-age=3600"), ("Cache-Groups", "\"g\""));
        await fixture.GetAsync(Uri);
        return fixture;
    }

    private long Written() => Files.Sum(file => new FileInfo(file).Length);

    private static async Task AdvanceUntilAsync(CacheFixture fixture, Func<bool> condition)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (!condition())
        {
            patience.Token.ThrowIfCancellationRequested();
            fixture.Time.Advance(TimeSpan.FromMilliseconds(50));

            // So that the clock doesn't run away from a pool that is busy with other things.
            await Task.Delay(20, CancellationToken.None);
        }
    }
}
