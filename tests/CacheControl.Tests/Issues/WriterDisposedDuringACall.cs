using System.Buffers;
using HttpCaching.StoreContract;
using HttpCaching.Tests.Storage.Files;
using static HttpCaching.Tests.Storage.Files.FileStoreBench;

namespace HttpCaching.Tests.Issues;

/// <summary>
/// A writer of the file store that was disposed while its commit waited for a lock gave its buffer away, and the commit then stored what others had written there.
/// </summary>
public sealed class WriterDisposedDuringACall
{
    [Fact]
    [Trait("Spec", "CON-8")]
    public async Task Dispose_CommitIsPending_WhatIsStoredIsWhatWasWritten()
    {
        using var directory = new TemporaryDirectory();
        using var store = new FileHttpCacheStore(directory.Path);
        await PutAsync(store, Key(), StoredResponses.Get(length: 10));
        var shard = Path.GetFileName(directory.Files("*.r").Single())[..2];
        var head = StoredResponses.Get(length: 10_000, rank: 2);
        using var snapshot = await store.ReadAsync(Key(), default);
        Task<bool> commit;
        using (new FileStream(Path.Join(directory.Path, "v1", "locks", shard), FileMode.Open, FileAccess.ReadWrite, FileShare.None))
        {
            var writer = await store.BeginWriteAsync(Key(), head.BodyLength, default);
            await writer!.WriteAsync(SelfDescribingBody.Create(head.BodyId, head.BodyLength), default);
            commit = writer.CommitAsync(new StoreCommit { Head = head, Stamp = snapshot.Stamp, Retention = TimeSpan.FromHours(1) }, default).AsTask();
            writer.Dispose();
            Scribble();
        }

        await commit;

        // Reads every body and compares it with its head.
        (await ReadAsync(store, Key())).Should().ContainSingle();
    }

    private static void Scribble()
    {
        for (var bytes = 16; bytes <= 1024 * 1024; bytes *= 2)
        {
            for (var i = 0; i < 8; i++)
            {
                var array = ArrayPool<byte>.Shared.Rent(bytes);
                array.AsSpan().Fill(0xEE);
            }
        }
    }
}
