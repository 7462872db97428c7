using HttpCaching.StoreContract;
using static HttpCaching.Sqlite.Tests.StoreBench;

namespace HttpCaching.Sqlite.Tests;

/// <summary>Damaged files: misses, exceptions or a new beginning, never a wrong body.</summary>
public sealed class SqliteStoreDamageTests : IDisposable
{
    private readonly TemporaryFile _file = new();

    public void Dispose() => _file.Dispose();

    [Theory]
    [InlineData(0)]
    [InlineData(4096)]
    [Trait("Spec", "SRE-3")]
    public async Task AnyByteFlipped_FileOpened_NeverGivesAWrongBody(int inlineBytes)
    {
        var options = new SqliteHttpCacheStoreOptions { InlineBodyBytes = inlineBytes };
        using (var store = new SqliteHttpCacheStore(_file.Path, options))
        {
            await PutAsync(store, Key(), StoredResponses.Get(Key().Uri, 3000));
            await PutAsync(store, Key("large"), StoredResponses.Get(Key("large").Uri, 70_000));
        }

        var whole = File.ReadAllBytes(_file.Path);
        var (right, refused, restarted) = (0, 0, 0);

        // Each byte of the header, and every so many of the pages: another one in each run of the loop over the file.
        var positions = Enumerable.Range(0, 110).Concat(Enumerable.Range(0, 150).Select(i => 110 + (int)((whole.Length - 111L) * i / 149)));
        foreach (var position in positions)
        {
            var damaged = (byte[])whole.Clone();
            damaged[position] ^= 0x41;
            File.WriteAllBytes(_file.Path, damaged);
            File.Delete(_file.Path + ".damaged");
            try
            {
                using var store = new SqliteHttpCacheStore(_file.Path, options);
                right += await CountAsync(store);
                await UseAgainAsync(store, position);
            }
            catch (IOException exception) when (exception.Message.Contains("newer version", StringComparison.Ordinal))
            {
                refused++;
            }

            restarted += File.Exists(_file.Path + ".damaged") ? 1 : 0;
        }

        right.Should().BePositive("not every byte is of every response");
        restarted.Should().BePositive("some bytes are the database's own");
        refused.Should().Be(0, "a version in one place only is damage");
    }

    [Theory]
    [InlineData(-1, 1)]
    [InlineData(-1, 2)]
    [InlineData(0, 2)]
    [Trait("Spec", "SRE-3")]
    public async Task Head_OfAnotherKey_IsAMissAndRemoved(long hashMask, int other)
    {
        using var store = new SqliteHttpCacheStore(_file.Path, new SqliteHttpCacheStoreOptions().ToSettings() with { HashMask = hashMask });
        await PutAsync(store, Key("other"));
        await PutAsync(store, Key("other", "scope"));
        await PutAsync(store, Key());
        Sql(_file.Path, $"UPDATE content SET head = (SELECT head FROM content WHERE id = {other}) WHERE id = 3");

        (await ReadAsync(store, Key())).Should().BeEmpty();

        await WaitUntilAsync(() => store.Responses == 2);
        (await ReadAsync(store, Key("other"))).Should().ContainSingle();
        (await ReadAsync(store, Key("other", "scope"))).Should().ContainSingle();
    }

    [Fact]
    [Trait("Spec", "SRE-3")]
    public async Task Seed_Damaged_BeginsAnew()
    {
        using (var store = new SqliteHttpCacheStore(_file.Path))
        {
            await PutAsync(store, Key());
        }

        // Two processes with two seeds would not find, and not remove, what the other has stored.
        Sql(_file.Path, "UPDATE state SET seed = seed + 1");

        using var again = new SqliteHttpCacheStore(_file.Path);
        File.Exists(_file.Path + ".damaged").Should().BeTrue();
        await PutAsync(again, Key());
        (await ReadAsync(again, Key())).Should().ContainSingle();
    }

    [Fact]
    [Trait("Spec", "SRE-3")]
    public async Task File_Truncated_BeginsAnew()
    {
        using (var store = new SqliteHttpCacheStore(_file.Path))
        {
            await PutAsync(store, Key(), StoredResponses.Get(Key().Uri, 500_000));
        }

        using (var file = File.OpenWrite(_file.Path))
        {
            file.SetLength(file.Length / 2);
        }

        using var again = new SqliteHttpCacheStore(_file.Path);
        await CountAsync(again);
        await UseAgainAsync(again, 0);
    }

    [Fact]
    [Trait("Spec", "SRE-5")]
    public async Task Log_LeftByAKilledProcess_IsCarriedOver()
    {
        await CopyOfKilledAsync();
        new FileInfo(_file.Path + "-wal").Length.Should().BePositive("else there is nothing to carry over");

        using var store = new SqliteHttpCacheStore(_file.Path);

        (await CountAsync(store)).Should().Be(2, "what was committed is there");
        await UseAgainAsync(store, position: 0);
        await store.MaintainAsync();
        Sql(_file.Path, "SELECT count(*) FROM body WHERE id NOT IN (SELECT chunked FROM entry)").Should().Be(0, "what it was writing is swept");
        File.Exists(_file.Path + ".damaged").Should().BeFalse();
    }

    [Fact]
    [Trait("Spec", "SRE-3")]
    public async Task Log_CutOrFlippedAnywhere_NeverGivesAWrongBody()
    {
        await CopyOfKilledAsync();
        var (database, log) = (File.ReadAllBytes(_file.Path), File.ReadAllBytes(_file.Path + "-wal"));
        var counts = new int[3];
        foreach (var part in Enumerable.Range(0, 40))
        {
            var position = (int)((log.Length - 1L) * part / 39);
            var damaged = (byte[])log.Clone();
            damaged[position] ^= 0x41;
            File.WriteAllBytes(_file.Path, database);
            File.WriteAllBytes(_file.Path + "-wal", part % 2 == 0 ? damaged : log[..position]);
            File.Delete(_file.Path + "-shm");
            using var store = new SqliteHttpCacheStore(_file.Path);
            counts[await CountAsync(store)]++;
            await UseAgainAsync(store, position);
        }

        counts.Should().NotContain(40, "some transactions are lost, and some are not");
    }

    [Fact]
    [Trait("Spec", "SRE-4")]
    public async Task Body_DamagedPiece_ThrowsBeforeTheEndAndIsRemoved()
    {
        using var store = new SqliteHttpCacheStore(_file.Path);
        var head = await PutAsync(store, Key(), StoredResponses.Get(Key().Uri, 200_000));
        Sql(_file.Path, "UPDATE chunk SET data = zeroblob(65540) WHERE id & 1048575 = 2");
        using var snapshot = await store.ReadAsync(Key(), default);
        using var body = await snapshot.OpenBodyAsync(snapshot.Responses[0], default);
        var buffer = new byte[65_536];

        (await body.ReadAsync(0, buffer, default)).Should().Be(65_536);
        SelfDescribingBody.Matches(head.BodyId, head.BodyLength, 0, buffer).Should().BeTrue();
        await body.Awaiting(b => b.ReadAsync(2 * 65_536, buffer, default).AsTask()).Should().ThrowAsync<IOException>();

        // The removal is queued: whatever is queued after it runs after it.
        await store.RemoveAsync(Key("other"), 1, default);
        (await ReadAsync(store, Key())).Should().BeEmpty();
    }

    [Fact]
    [Trait("Spec", "SRE-4")]
    public async Task Body_PieceIsGone_Throws()
    {
        using var store = new SqliteHttpCacheStore(_file.Path);
        await PutAsync(store, Key(), StoredResponses.Get(Key().Uri, 200_000));
        using var snapshot = await store.ReadAsync(Key(), default);
        Sql(_file.Path, "DELETE FROM chunk WHERE id & 1048575 = 3");

        await FluentActions.Awaiting(() => ReadBodyAsync(snapshot, snapshot.Responses[0])).Should().ThrowAsync<IOException>();
    }

    [Fact]
    public async Task TwoStores_OneSetsTheFileAside_OtherFollows()
    {
        using var one = new SqliteHttpCacheStore(_file.Path);
        using var two = new SqliteHttpCacheStore(_file.Path);
        await PutAsync(one, Key());
        (await ReadAsync(two, Key())).Should().ContainSingle();
        Sql(_file.Path, "DELETE FROM state");

        // Whoever meets the damage first sets the file aside: a change does so before it fails, unless it was done beside it already.
        try
        {
            await one.MaintainAsync();
        }
        catch (IOException)
        {
        }

        await UseAgainAsync(one, position: 0);

        File.Exists(_file.Path + ".damaged").Should().BeTrue();
        (await ReadAsync(two, Key("new"))).Should().ContainSingle("the other store was told");
        (await ReadAsync(two, Key())).Should().BeEmpty();
        await two.InvalidateAsync(Key("new").Uri, default);
        (await ReadAsync(one, Key("new"))).Should().BeEmpty();
    }

    /// <summary>
    /// The file and its log as a process leaves them that is killed while it writes: copied from under a store that has two responses stored, one large, and is
    /// writing a third one.
    /// </summary>
    private async Task CopyOfKilledAsync()
    {
        var other = Path.Join(_file.Parent, "killed.db");
        using var store = new SqliteHttpCacheStore(other);
        await PutAsync(store, Key(), StoredResponses.Get(Key().Uri, 3000));
        await PutAsync(store, Key("large"), StoredResponses.Get(Key("large").Uri, 70_000));
        using var writer = await store.BeginWriteAsync(Key("third"), null, default);
        (await writer!.WriteAsync(new byte[400_000], default)).Should().BeTrue();

        Directory.CreateDirectory(_file.Path + "-readers");
        File.Copy(other, _file.Path, overwrite: true);
        File.Copy(other + "-wal", _file.Path + "-wal", overwrite: true);
    }

    private static async Task<int> CountAsync(IHttpCacheStore store)
    {
        var right = 0;
        foreach (var key in new[] { Key(), Key("large") })
        {
            try
            {
                right += (await ReadAsync(store, key)).Length;
            }
            catch (IOException)
            {
                // Told, not hidden: the cache goes on without it.
            }
        }

        return right;
    }

    /// <summary>Whatever was damaged, after a fault or two the store works.</summary>
    private static async Task UseAgainAsync(IHttpCacheStore store, int position)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                if (await TryPutAsync(store, Key("new"), StoredResponses.Get(Key("new").Uri, 100)))
                {
                    (await ReadAsync(store, Key("new"))).Should().ContainSingle($"byte {position}");
                    return;
                }
            }
            catch (IOException) when (attempt < 10)
            {
            }

            attempt.Should().BeLessThan(10, $"byte {position}");
        }
    }
}
