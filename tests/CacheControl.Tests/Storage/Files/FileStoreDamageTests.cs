using HttpCaching.StoreContract;
using static HttpCaching.Tests.Storage.Files.FileStoreBench;

namespace HttpCaching.Tests.Storage.Files;

/// <summary>Damaged, foreign and truncated files: misses or exceptions, never a wrong body.</summary>
public sealed class FileStoreDamageTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData(100, false)]
    [InlineData(100, true)]
    [InlineData(3000, false)]
    [InlineData(3000, true)]
    [Trait("Spec", "SRE-3")]
    public async Task AnyByteFlipped_EntryReadBack_NeverGivesAWrongBody(int length, bool encrypt)
    {
        // With a limit of 200 for inline bodies, one of the lengths is in a file of its own.
        using var store = new FileHttpCacheStore(_directory.Path, new FileHttpCacheStoreOptions
        {
            InlineBodyBytes = 200,
            EncryptionKey = encrypt ? new byte[32] : null,
        });
        var head = await PutAsync(store, Key(), StoredResponses.Get(Key().Uri, length));
        var files = _directory.Stored().ToDictionary(f => f, File.ReadAllBytes);
        files.Should().HaveCount(length > 200 ? 2 : 1);

        var unnoticed = 0;
        foreach (var (path, whole) in files)
        {
            for (var i = 0; i < whole.Length; i++)
            {
                var damaged = (byte[])whole.Clone();
                damaged[i] ^= 0x41;
                foreach (var (other, bytes) in files)
                {
                    File.WriteAllBytes(other, other == path ? damaged : bytes);
                }

                unnoticed += await CountRightAsync(store, head);
            }
        }

        unnoticed.Should().BeLessThan(30, "only bytes that say nothing may be flipped without notice");
    }

    [Fact]
    public async Task Record_ItsWriterDiedBeforeTheFirstByte_IsAMissAndIsReplaced()
    {
        using var store = new FileHttpCacheStore(_directory.Path);
        await PutAsync(store, Key());
        var path = _directory.Files("*.r").Single();
        await store.ClearAsync(default);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, []);

        (await ReadAsync(store, Key())).Should().BeEmpty();
        await PutAsync(store, Key());

        (await ReadAsync(store, Key())).Should().ContainSingle();
        store.Keys.Should().Be(1);
    }

    [Theory]
    [InlineData(100)]
    [InlineData(200_000)]
    [Trait("Spec", "SRE-3")]
    public async Task File_CutShort_IsAMissAndRemoved(int length)
    {
        using var store = new FileHttpCacheStore(_directory.Path);
        foreach (var left in new[] { 0, 1, 63, 64, 100 })
        {
            await PutAsync(store, Key(), StoredResponses.Get(Key().Uri, length));
            foreach (var path in _directory.Files(length > 20_000 ? "*.b" : "*.r"))
            {
                await using var file = TemporaryDirectory.Open(path);
                file.SetLength(left);
            }

            (await ReadAsync(store, Key())).Should().BeEmpty();
        }

        await store.MaintainAsync();
        _directory.Stored().Should().BeEmpty("what is damaged is removed");
        store.Bytes.Should().Be(0);
        store.Keys.Should().Be(0);
    }

    [Fact]
    [Trait("Spec", "SRE-4")]
    public async Task Body_CutShortWhileRead_ThrowsBeforeTheEnd()
    {
        using var store = new FileHttpCacheStore(_directory.Path);
        await PutAsync(store, Key(), StoredResponses.Get(Key().Uri, 300_000));
        using var snapshot = await store.ReadAsync(Key(), default);
        using var body = await snapshot.OpenBodyAsync(snapshot.Responses[0], default);
        var buffer = new byte[10_000];
        (await body.ReadAsync(0, buffer, default)).Should().BePositive();

        await using (var file = TemporaryDirectory.Open(_directory.Files("*.b").Single()))
        {
            file.SetLength(150_000);
        }

        await ReadToEndShouldThrowAsync(body);
    }

    [Fact]
    [Trait("Spec", "SRE-4")]
    public async Task Body_LastByteDamagedWhileRead_ThrowsBeforeTheEndAndIsRemoved()
    {
        using var store = new FileHttpCacheStore(_directory.Path);
        await PutAsync(store, Key(), StoredResponses.Get(Key().Uri, 300_000));
        using (var snapshot = await store.ReadAsync(Key(), default))
        using (var body = await snapshot.OpenBodyAsync(snapshot.Responses[0], default))
        {
            await using (var file = TemporaryDirectory.Open(_directory.Files("*.b").Single()))
            {
                file.Position = file.Length - 17;
                file.WriteByte(1);
                file.WriteByte(2);
            }

            await ReadToEndShouldThrowAsync(body);
        }

        await store.MaintainAsync();
        (await ReadAsync(store, Key())).Should().BeEmpty();
        _directory.Stored().Should().BeEmpty();
    }

    [Fact]
    [Trait("Spec", "SRE-11")]
    public async Task Body_OfAnotherResponseUnderTheName_IsAMiss()
    {
        using var store = new FileHttpCacheStore(_directory.Path);
        await PutAsync(store, Key("a"), StoredResponses.Get(Key("a").Uri, 300_000));
        var a = _directory.Files("*.b").Single();
        await PutAsync(store, Key("b"), StoredResponses.Get(Key("b").Uri, 300_000));
        var b = _directory.Files("*.b").Single(f => f != a);
        File.Copy(a, b, overwrite: true);

        (await ReadAsync(store, Key("b"))).Should().BeEmpty("the body is not the one that the head belongs to");
        (await ReadAsync(store, Key("a"))).Should().ContainSingle();
    }

    [Fact]
    [Trait("Spec", "SRE-3")]
    public async Task Record_OfAnotherKeyUnderTheName_IsAMiss()
    {
        using var store = new FileHttpCacheStore(_directory.Path);
        await PutAsync(store, Key("a"));
        var a = _directory.Files("*.r").Single();
        await PutAsync(store, Key("b"));
        var b = _directory.Files("*.r").Single(f => f != a);
        File.Copy(a, b, overwrite: true);

        (await ReadAsync(store, Key("b"))).Should().BeEmpty();
        (await ReadAsync(store, Key("a"))).Should().ContainSingle();
    }

    [Fact]
    [Trait("Spec", "SRE-3")]
    public async Task Record_OfANewerVersion_IsAMissAndCanBeReplaced()
    {
        using var store = new FileHttpCacheStore(_directory.Path);
        await PutAsync(store, Key());
        var path = _directory.Files("*.r").Single();
        var bytes = File.ReadAllBytes(path);
        bytes[4] = 2;
        File.WriteAllBytes(path, bytes);

        (await ReadAsync(store, Key())).Should().BeEmpty();
        await PutAsync(store, Key());

        (await ReadAsync(store, Key())).Should().ContainSingle();
    }

    [Fact]
    public async Task Directory_HoldsForeignFiles_TheyAreLeftAlone()
    {
        string[] names = ["note.txt", "v1/readme", "v1/00/note.r", "v1/00/x.b", "v1/zz/y"];
        foreach (var name in names)
        {
            var path = Path.Join(_directory.Path, name);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, name);
        }

        using var store = new FileHttpCacheStore(_directory.Path, new FileHttpCacheStoreOptions { MaximumKeys = 1 });
        await PutAsync(store, Key());
        await store.MaintainAsync();

        names.Should().OnlyContain(name => File.ReadAllText(Path.Join(_directory.Path, name)) == name);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(10)]
    [InlineData(5000)]
    public async Task State_Damaged_IsMadeAnewAndStoredResponsesStay(int length)
    {
        using (var store = new FileHttpCacheStore(_directory.Path))
        {
            await PutAsync(store, Key(), StoredResponses.Get(Key().Uri, 100_000));
        }

        File.WriteAllBytes(_directory.Files("state").Single(), new byte[length]);

        using var again = new FileHttpCacheStore(_directory.Path);
        (await ReadAsync(again, Key())).Should().ContainSingle();
        await again.MaintainAsync();
        again.Keys.Should().Be(1);
        again.Bytes.Should().Be(BytesOnDisk(_directory));
    }

    [Fact]
    [Trait("Spec", "SEC-5")]
    public async Task EncryptedStore_AnotherKeyOrNone_IsAMissAndDoesNoHarm()
    {
        using var right = new FileHttpCacheStore(_directory.Path, new FileHttpCacheStoreOptions { EncryptionKey = new byte[32] });
        using var wrong = new FileHttpCacheStore(_directory.Path, new FileHttpCacheStoreOptions { EncryptionKey = Enumerable.Repeat((byte)1, 32).ToArray() });
        using var none = new FileHttpCacheStore(_directory.Path);
        await PutAsync(right, Key(), StoredResponses.Get(Key().Uri, 100_000));

        (await ReadAsync(wrong, Key())).Should().BeEmpty();
        (await ReadAsync(none, Key())).Should().BeEmpty();
        (await ReadAsync(right, Key())).Should().ContainSingle();
    }

    [Fact]
    [Trait("Spec", "SEC-5")]
    public async Task EncryptedStore_FilesOnDisk_ShowNothing()
    {
        using var store = new FileHttpCacheStore(_directory.Path, new FileHttpCacheStoreOptions { EncryptionKey = new byte[32] });
        var head = await PutAsync(store, Key("secret"), StoredResponses.Get(Key("secret").Uri, 100_000));
        var start = SelfDescribingBody.Create(head.BodyId, head.BodyLength).AsSpan(0, 16).ToArray();

        foreach (var bytes in _directory.Files("*").Select(File.ReadAllBytes))
        {
            bytes.AsSpan().IndexOf("secret"u8).Should().Be(-1);
            bytes.AsSpan().IndexOf("max-age"u8).Should().Be(-1);
            bytes.AsSpan().IndexOf(start).Should().Be(-1);
        }
    }

    private static async Task<int> CountRightAsync(FileHttpCacheStore store, StoredResponse head)
    {
        try
        {
            var found = await ReadAsync(store, Key());
            found.Select(StoredResponses.Describe).Should().BeSubsetOf([StoredResponses.Describe(head)]);
            return found.Length;
        }
        catch (IOException)
        {
            return 0;
        }
    }

    private static async Task ReadToEndShouldThrowAsync(StoredBody body)
    {
        var buffer = new byte[10_000];
        var offset = 0L;
        await FluentActions.Awaiting(async () =>
        {
            while (await body.ReadAsync(offset, buffer, default) is var count and > 0)
            {
                offset += count;
            }
        }).Should().ThrowAsync<IOException>();
        offset.Should().BeLessThan(body.Length);
    }
}
