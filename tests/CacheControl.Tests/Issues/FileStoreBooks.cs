using HttpCaching.StoreContract;
using HttpCaching.Tests.Storage.Files;
using Microsoft.Extensions.Logging;
using static HttpCaching.Tests.Storage.Files.FileStoreBench;

namespace HttpCaching.Tests.Issues;

/// <summary>
/// One stopped process kept all others from making room; the books of the file store stayed wrong for ever once files had gone without it; a logger that throws ended what is done
/// beside the requests; and each read of a damaged record was logged and repaired once more.
/// </summary>
public sealed class FileStoreBooks : IDisposable
{
    private const int UsagePosition = 512;
    private const int UsageBytes = 16;

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData("maintenance")]
    [InlineData("shards")]
    [Trait("Spec", "SRE-6")]
    public async Task Eviction_AnotherProcessIsStopped_RoomIsMadeAllTheSame(string held)
    {
        using var store = Open(Limited());
        await FillAsync(store, 10);

        // As a process does that was stopped in the instant of a change: the locks are held, and a shard is marked.
        var locks = held == "maintenance" ? [Hold("maintenance")] : _directory.Files("*.r").Take(2).Select(f => Hold(ShardOf(f))).ToArray();
        try
        {
            Mark(_directory, ShardNumber(_directory.Files("*.r")[0]));
            await FillAsync(store, 150);
            await store.MaintainAsync();

            store.Bytes.Should().BeLessThan(2_000_000);
        }
        finally
        {
            Array.ForEach(locks, l => l.Dispose());
        }
    }

    /// <summary>What was written while another process was making room is not forgotten when nobody asks again.</summary>
    [Fact]
    [Trait("Spec", "SRE-6")]
    public async Task Eviction_AskedForWhileItCouldNotBeDone_IsMadeUpForAtRest()
    {
        using var store = Open(Limited());
        using (Hold("maintenance"))
        {
            await FillAsync(store, 150);
        }

        await EventuallyAsync(() => store.Bytes < 2_000_000);
    }

    [Fact]
    [Trait("Spec", "SRE-6")]
    public async Task Books_FilesHaveGoneWithoutTheStore_AreCountedAnew()
    {
        using var store = Open(new FileHttpCacheStoreOptions());
        await FillAsync(store, 100);
        var files = _directory.Stored();
        for (var i = 0; i < files.Length; i += 2)
        {
            File.Delete(files[i]);
        }

        await store.MaintainAsync();

        store.Bytes.Should().Be(BytesOnDisk(_directory));
        store.Keys.Should().Be(_directory.Files("*.r").Length);
    }

    [Theory]
    [InlineData(7, 0x80)]
    [InlineData(6, 0x10)]
    [InlineData(3, 0x01)]
    [InlineData(2, 0x04)]
    [InlineData(11, 0x80)]
    [InlineData(8, 0x40)]
    [Trait("Spec", "SRE-6")]
    public async Task Books_ABitFlips_NothingIsEvictedForIt(int offset, byte bit)
    {
        using var store = Open(Limited());
        await FillAsync(store, 40);
        var (bytes, keys) = (store.Bytes, store.Keys);
        using (var state = TemporaryDirectory.Open(_directory.Files("state").Single()))
        {
            var position = UsagePosition + (ShardNumber(_directory.Files("*.r")[0]) * UsageBytes) + offset;
            state.Position = position;
            var value = state.ReadByte();
            state.Position = position;
            state.WriteByte((byte)(value ^ bit));
        }

        await store.MaintainAsync();

        (store.Bytes, store.Keys).Should().Be((bytes, keys));
        store.Bytes.Should().Be(BytesOnDisk(_directory));
    }

    [Fact]
    [Trait("Spec", "SRE-1")]
    public async Task Maintenance_LoggerThrows_GoesOn()
    {
        var store = Open(new FileHttpCacheStoreOptions { Logger = new FaultyLogger(), MaximumBytes = 2_000_000, MaximumEntryBytes = 200_000 });
        await FillAsync(store, 1);
        Damage(_directory.Files("*.r").Single());
        (await CountAsync(store, 0)).Should().Be(0);

        await FillAsync(store, 150);
        await store.MaintainAsync();

        store.Bytes.Should().BeLessThan(2_000_000);
        store.Invoking(s => s.Dispose()).Should().NotThrow();
    }

    [Fact]
    [Trait("Spec", "SRE-7")]
    public async Task Read_OfOneDamagedRecord_IsLoggedOnce()
    {
        var logger = new CountingLogger();
        using var store = Open(new FileHttpCacheStoreOptions { Logger = logger });
        await FillAsync(store, 1);
        var record = _directory.Files("*.r").Single();
        Damage(record);

        using (Hold(ShardOf(record)))
        {
            for (var i = 0; i < 1000; i++)
            {
                (await CountAsync(store, 0)).Should().Be(0);
            }
        }

        await store.MaintainAsync();
        logger.Count.Should().Be(1);
        File.Exists(record).Should().BeFalse();
    }

    private static FileHttpCacheStoreOptions Limited() => new() { MaximumBytes = 2_000_000, MaximumEntryBytes = 200_000 };

    private static string ShardOf(string record) => Path.GetFileName(record)[..2];

    private static int ShardNumber(string record) => Convert.ToInt32(ShardOf(record), 16);

    private static void Damage(string path)
    {
        using var file = TemporaryDirectory.Open(path);
        file.Position = 100;
        file.WriteByte(255);
        file.WriteByte(255);
    }

    private static async Task<int> CountAsync(FileHttpCacheStore store, int number)
    {
        using var snapshot = await store.ReadAsync(Key($"{number}"), default);
        return snapshot.Responses.Length;
    }

    private static async Task FillAsync(FileHttpCacheStore store, int count)
    {
        for (var i = 0; i < count; i++)
        {
            await PutOrNotAsync(store, i);
        }
    }

    private static async Task PutOrNotAsync(FileHttpCacheStore store, int number)
    {
        try
        {
            await PutAsync(store, Key($"{number}"), StoredResponses.Get(length: 30_000));
        }
        catch (IOException)
        {
            // The shard is held.
        }
    }

    private static async Task EventuallyAsync(Func<bool> isSo)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (!isSo())
        {
            await Task.Delay(20, limit.Token);
        }
    }

    private static void Mark(TemporaryDirectory directory, int shard)
    {
        using var state = TemporaryDirectory.Open(directory.Files("state").Single());
        state.Position = UsagePosition + (shard * UsageBytes) + 12;
        state.WriteByte(1);
    }

    /// <summary>Takes a lock as another process does, when the store doesn't have it just now.</summary>
    private FileStream Hold(string name)
    {
        while (true)
        {
            try
            {
                return new FileStream(Path.Join(_directory.Path, "v1", "locks", name), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException)
            {
                Thread.Yield();
            }
        }
    }

    private FileHttpCacheStore Open(FileHttpCacheStoreOptions options) =>
        new(_directory.Path, options.ToSettings() with { MaintenancePatience = TimeSpan.FromMilliseconds(300), LockPatience = TimeSpan.FromMilliseconds(300) });

    private sealed class FaultyLogger : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            throw new InvalidCastException("a logger that throws");
    }

    private sealed class CountingLogger : ILogger
    {
        private int _count;

        public int Count => Volatile.Read(ref _count);

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Interlocked.Increment(ref _count);
    }
}
