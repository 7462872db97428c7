using CsCheck;
using HttpCaching.StoreContract;
using HttpCaching.Tests.Storage.Files;

namespace HttpCaching.Tests.Issues;

/// <summary>
/// A body file of the encrypted store was sealed a second time when the record of its key had become large: with the same key and the same nonces, over what was
/// encrypted already. The store then gave wrong bytes for right ones, and had plaintext on the disk.
/// </summary>
public sealed class EncryptedStoreInTheClear
{
    private static readonly byte[] EncryptionKey = [.. Enumerable.Range(0, 32).Select(i => (byte)i)];

    private static readonly int[] Lengths = [0, 1, 900, 4096, 16_384, 16_385, 65_520, 65_521, 200_000, 600_000];

    [Fact]
    [Trait("Spec", "SEC-11")]
    public async Task Commit_BodyFileToALargeRecord_IsSealedOnce()
    {
        using var directory = new TemporaryDirectory();
        using var store = Open(directory);
        var key = PlaintextScan.Key(0);
        var expected = new List<StoredResponse>();

        // Small ones until the record is as large as it may be with bodies in it, then some that are files from the beginning.
        foreach (var length in Enumerable.Repeat(16_384, 15).Concat([8192, 4096, 2048, 1024, 512, 256, 128, 64]).Concat(Enumerable.Repeat(200_000, 8)))
        {
            expected.Add((await PutAsync(store, key, expected.Count, length))!);
        }

        (await ReadAsync(store, key)).Should().BeEquivalentTo(expected.Select(h => h.Generation));
        PlaintextScan.In(directory.Path).Should().BeEmpty();
    }

    [Fact]
    [Trait("Spec", "SEC-11")]
    public void AnyChanges_EverythingReadIsRight_NothingLiesInTheClear()
    {
        var change = Gen.Select(
            Gen.Int[0, 9], Gen.Int[0, 1], Gen.Bool, Gen.Int[0, 23], Gen.Int[0, Lengths.Length - 1]);
        change.List[1, 60].Sample(changes => RunAsync([.. changes.Select(c => c with { Item5 = Lengths[c.Item5] })]).GetAwaiter().GetResult(), iter: 40, threads: 1);
    }

    private static async Task<bool> RunAsync(List<(int What, int Key, bool IsScoped, int Variant, int Length)> changes)
    {
        using var directory = new TemporaryDirectory();
        var store = Open(directory);
        try
        {
            var model = new Dictionary<CacheKey, Dictionary<string, long>>();
            foreach (var (what, number, isScoped, variant, length) in changes)
            {
                var key = PlaintextScan.Key(number, isScoped);
                var held = model.TryGetValue(key, out var known) ? known : model[key] = [];
                switch (what)
                {
                    case 0:
                        await store.InvalidateAsync(key.Uri, default);
                        model[PlaintextScan.Key(number)] = [];
                        model[PlaintextScan.Key(number, true)] = [];
                        break;
                    case 1 when held.Count > 0:
                        var (gone, generation) = held.ElementAt(variant % held.Count);
                        await store.RemoveAsync(key, generation, default);
                        held.Remove(gone);
                        break;
                    case 2 when held.Count > 0:
                        var (from, old) = held.ElementAt(variant % held.Count);
                        if (await RefreshAsync(store, key, old, PlaintextScan.Head(key, variant, 0).Variant) is { } refreshed)
                        {
                            held.Remove(from);
                            held[refreshed.Variant] = refreshed.Generation;
                        }

                        break;
                    case 3:
                        store.Dispose();
                        store = Open(directory);
                        break;
                    default:
                        if (await PutAsync(store, key, variant, length) is { } put)
                        {
                            held[put.Variant] = put.Generation;
                        }

                        break;
                }
            }

            foreach (var (key, held) in model)
            {
                (await ReadAsync(store, key)).Should().BeEquivalentTo(held.Values);
            }

            PlaintextScan.In(directory.Path).Should().BeEmpty();
            await store.MaintainAsync();
            PlaintextScan.In(directory.Path).Should().BeEmpty();
            return true;
        }
        finally
        {
            store.Dispose();
        }
    }

    private static FileHttpCacheStore Open(TemporaryDirectory directory) => new(directory.Path, new FileHttpCacheStoreOptions { EncryptionKey = EncryptionKey });

    private static async Task<StoredResponse?> PutAsync(FileHttpCacheStore store, CacheKey key, int variant, int length)
    {
        var head = PlaintextScan.Head(key, variant, length);
        using var snapshot = await store.ReadAsync(key, default);
        using var writer = await store.BeginWriteAsync(key, length % 2 == 0 ? length : null, default);
        (await writer!.WriteAsync(PlaintextScan.Body(head), default)).Should().BeTrue();
        return await writer.CommitAsync(new StoreCommit { Head = head, Stamp = snapshot.Stamp, Retention = TimeSpan.FromHours(1) }, default) ? head : null;
    }

    private static async Task<StoredResponse?> RefreshAsync(FileHttpCacheStore store, CacheKey key, long generation, string variant)
    {
        StoredResponse standing;
        using (var snapshot = await store.ReadAsync(key, default))
        {
            standing = snapshot.Responses.Single(r => r.Generation == generation);
        }

        var head = StoredResponses.Refresh(standing, variant);
        return await store.RefreshAsync(key, generation, head) ? head : null;
    }

    /// <summary>The generations of what is stored under a key, when every body has been read and was right.</summary>
    private static async Task<List<long>> ReadAsync(FileHttpCacheStore store, CacheKey key)
    {
        using var snapshot = await store.ReadAsync(key, default);
        foreach (var head in snapshot.Responses)
        {
            using var body = await snapshot.OpenBodyAsync(head, default);
            var bytes = new byte[body.Length];
            for (var offset = 0; offset < bytes.Length;)
            {
                offset += await body.ReadAsync(offset, bytes.AsMemory(offset), default);
            }

            bytes.AsSpan().SequenceEqual(PlaintextScan.Body(head)).Should().BeTrue("the bytes of a hit are those that were stored");
        }

        return [.. snapshot.Responses.Select(r => r.Generation)];
    }
}
