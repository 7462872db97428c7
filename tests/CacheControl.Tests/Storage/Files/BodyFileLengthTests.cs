using HttpCaching.Storage.Files;
using HttpCaching.StoreContract;

namespace HttpCaching.Tests.Storage.Files;

/// <summary>Bodies that end just before, at and behind the places where a writer flushes.</summary>
public sealed class BodyFileLengthTests : IDisposable
{
    private const int Block = FileLayout.BlockContentBytes;

    private static readonly CacheKey Key = new("https://example.org/", null);

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    public static TheoryData<int, bool> Lengths()
    {
        TheoryData<int, bool> all = [];
        foreach (var length in (int[])[Block - 1, Block, Block + 1, (4 * Block) - 64, (4 * Block) - 1, 4 * Block, (4 * Block) + 1, (5 * Block) + 7, 8 * Block, (9 * Block) - 5])
        {
            all.Add(length, false);
            all.Add(length, true);
        }

        return all;
    }

    [Theory]
    [MemberData(nameof(Lengths))]
    public async Task Body_OfAnyLength_IsReadAsItWasWritten(int length, bool isSecret)
    {
        using var store = new FileHttpCacheStore(_directory.Path, new FileHttpCacheStoreOptions { EncryptionKey = isSecret ? new byte[32] : null });
        var head = StoredResponses.Get(length: length);
        var bytes = SelfDescribingBody.Create(head.BodyId, length);

        await PutAsync(store, head, bytes, expectedLength: isSecret ? null : length);

        new FileInfo(_directory.Files("*" + FileLayout.BodyExtension).Single())
            .Length.Should().Be(FileLayout.BodyFileBytes(length));
        using var snapshot = await store.ReadAsync(Key, default);
        using var body = await snapshot.OpenBodyAsync(snapshot.Responses[0], default);
        var read = new byte[length];
        for (var offset = 0; offset < length;)
        {
            offset += await body.ReadAsync(offset, read.AsMemory(offset), default);
        }

        read.Should().Equal(bytes);
    }

    private static async Task PutAsync(FileHttpCacheStore store, StoredResponse head, byte[] bytes, long? expectedLength)
    {
        using var snapshot = await store.ReadAsync(Key, default);
        using var writer = (await store.BeginWriteAsync(Key, expectedLength, default))!;
        for (var offset = 0; offset < bytes.Length; offset += 50_000)
        {
            (await writer.WriteAsync(bytes.AsMemory(offset, Math.Min(50_000, bytes.Length - offset)), default)).Should().BeTrue();
        }

        (await writer.CommitAsync(new() { Head = head, Stamp = snapshot.Stamp, Retention = TimeSpan.FromHours(1) }, default)).Should().BeTrue();
    }
}
