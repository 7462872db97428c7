using HttpCaching.Storage.Files;
using HttpCaching.StoreContract;
using HttpCaching.Tests.Storage.Files;
using static HttpCaching.Tests.Storage.Files.FileStoreBench;

namespace HttpCaching.Tests.Issues;

/// <summary>
/// A record that is replaced between the eviction's look at it and its removal, within one tick of the file system's clock, can't be told from the one that was looked at. It
/// is evicted in its place, and the books and the bodies are those of what stood there.
/// </summary>
public sealed class EvictionInOneTickOfTheClock : IDisposable
{
    private const int Limit = 100_000;

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData(300_000, 30_000)]
    [InlineData(30_000, 300_000)]
    [InlineData(300_000, 310_000)]
    public async Task Evict_ReplacedInTheSameTick_BooksAndFilesAgree(int lengthBefore, int lengthAfter)
    {
        // Large enough that it makes no room of its own accord.
        using var writer = new FileHttpCacheStore(_directory.Path, new FileHttpCacheStoreOptions { MaximumBytes = 100_000_000, MaximumEntryBytes = 1_000_000 });
        var paths = new Dictionary<CacheKey, string>();
        for (var i = 0; i < 12; i++)
        {
            var before = _directory.Files("*.r");
            await PutAsync(writer, Key($"{i}"), lengthBefore);
            paths[Key($"{i}")] = _directory.Files("*.r").Except(before).Single();
        }

        var time = new InterveningTime(() =>
        {
            foreach (var (key, path) in paths.Where(pair => File.Exists(pair.Value)))
            {
                var stamp = File.GetLastWriteTimeUtc(path);
                PutAsync(writer, key, lengthAfter).GetAwaiter().GetResult();
                File.SetLastWriteTimeUtc(path, stamp);
            }
        });
        var settings = new FileHttpCacheStoreOptions { MaximumBytes = Limit, TimeProvider = time }.ToSettings();
        using var directory = new StoreDirectory(_directory.Path, settings);
        await new Evictor(directory, settings, new Sweeper(directory, settings)).RunAsync(default);

        time.Interventions.Should().BePositive("else nothing is shown here");
        _directory.Files("*.r").Length.Should().BeLessThan(12);
        writer.Bytes.Should().Be(_directory.Files("*.r").Concat(_directory.Files("*.b")).Sum(f => (new FileInfo(f).Length + 4095) / 4096 * 4096));
        writer.Keys.Should().Be(_directory.Files("*.r").Length);
        foreach (var body in _directory.Files("*.b"))
        {
            File.Exists(Path.Join(Path.GetDirectoryName(body), Path.GetFileName(body).Split('.')[0] + ".r")).Should().BeTrue("a body is its record's");
        }
    }

    /// <summary>Stores a response without a use of the one before: a use is written into the record's time in the background, and a used record is not evicted.</summary>
    private static async Task PutAsync(FileHttpCacheStore store, CacheKey key, int length)
    {
        var head = StoredResponses.Get(key.Uri, length);
        using var snapshot = await store.PeekAsync(key, default);
        using var writer = await store.BeginWriteAsync(key, head.BodyLength, default);
        await writer!.WriteAsync(SelfDescribingBody.Create(head.BodyId, head.BodyLength), default);
        var commit = new StoreCommit { Head = head, Stamp = snapshot.Stamp, Replaces = snapshot.Responses.FirstOrDefault()?.Generation, Retention = TimeSpan.FromHours(1) };
        (await writer.CommitAsync(commit, default)).Should().BeTrue();
    }

    /// <summary>A clock that is looked at when the sample has been taken and nothing has gone yet.</summary>
    private sealed class InterveningTime(Action intervene) : TimeProvider
    {
        public int Interventions { get; private set; }

        public override DateTimeOffset GetUtcNow()
        {
            Interventions++;
            intervene();
            return base.GetUtcNow();
        }
    }
}
