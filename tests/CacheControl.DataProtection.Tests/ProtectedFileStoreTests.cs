using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.DataProtection;

namespace HttpCaching.DataProtection.Tests;

public sealed class ProtectedFileStoreTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    private string Cache => _directory["cache"];

    private string Keys => _directory["keys"];

    private string File => Path.Join(Cache, KeyFile.Name);

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData(100)]
    [InlineData(500_000)]
    public async Task Open_AfterRestart_ReadsWhatWasStored(int length)
    {
        using (var protection = new Protection(Keys))
        using (var store = ProtectedFileStore.Open(Cache, protection.Provider))
        {
            await Stored.PutAsync(store, length);
        }

        using var again = new Protection(Keys);
        using var reopened = ProtectedFileStore.Open(Cache, again.Provider);

        (await Stored.GetAsync(reopened)).Should().Equal(Stored.Body(length));
    }

    [Fact]
    public async Task Open_SomethingStored_NoPlaintextIsOnDisk()
    {
        using (var protection = new Protection(Keys))
        using (var store = ProtectedFileStore.Open(Cache, protection.Provider))
        {
            await Stored.PutAsync(store, 100);
            await Stored.PutAsync(store, 500_000, Stored.Key with { Scope = null });
        }

        var files = Directory.GetFiles(Cache, "*", SearchOption.AllDirectories);
        files.Should().Contain(f => new FileInfo(f).Length > 400_000, "the large body is one of the files that are searched");
        string[] secrets = [Stored.Uri, "secret-host", "secret-path", "secret-scope", Stored.FieldValue, "X-Secret", Stored.BodyText, "max-age"];
        foreach (var file in files)
        {
            var bytes = await System.IO.File.ReadAllBytesAsync(file);
            foreach (var secret in secrets)
            {
                bytes.AsSpan().IndexOf(Encoding.ASCII.GetBytes(secret)).Should().Be(-1, $"{file} must not show {secret}");
                bytes.AsSpan().IndexOf(Encoding.Unicode.GetBytes(secret)).Should().Be(-1, $"{file} must not show {secret}");
                file.Should().NotContain(secret);
            }
        }
    }

    [Fact]
    public async Task NoPlaintext_SearchOfAnOpenStore_WouldFindIt()
    {
        // The search above is worth something: without encryption it finds what it looks for.
        using (var store = new FileHttpCacheStore(Cache))
        {
            await Stored.PutAsync(store, 100);
        }

        Directory.GetFiles(Cache, "*", SearchOption.AllDirectories)
            .Any(f => System.IO.File.ReadAllBytes(f).AsSpan().IndexOf(Encoding.ASCII.GetBytes(Stored.BodyText)) >= 0).Should().BeTrue();
    }

    [Fact]
    public void Open_KeyFile_IsForTheOwnerOnly()
    {
        using var store = ProtectedFileStore.Open(Cache, new EphemeralDataProtectionProvider());

        Directory.GetFiles(Cache).Should().HaveCount(2, "the key and its lock are all there is beside the store's own directory");
        foreach (var file in OperatingSystem.IsWindows() ? [] : Directory.GetFiles(Cache))
        {
            new FileInfo(file).UnixFileMode.Should().Be(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }
    }

    [Fact]
    public async Task Open_OtherApplication_MissesAndMakesANewKey()
    {
        using var protection = new Protection(Keys);
        using (var store = ProtectedFileStore.Open(Cache, protection.Provider))
        {
            await Stored.PutAsync(store, 100);
        }

        var before = await System.IO.File.ReadAllBytesAsync(File);
        var logger = new ListLogger();
        using var other = new Protection(Keys, "another");
        using (var store = ProtectedFileStore.Open(Cache, other.Provider, logger: logger))
        {
            (await Stored.GetAsync(store)).Should().BeNull();
            await Stored.PutAsync(store, 200);
            (await Stored.GetAsync(store)).Should().HaveCount(200);
        }

        logger.Ids.Should().Equal(KeyLog.KeyUnreadableId);
        (await System.IO.File.ReadAllBytesAsync(File)).Should().Equal(before, "it is the first application's");
    }

    [Fact]
    public async Task Open_ByTurnsWithOtherKeys_KeepsWhatEachHasStored()
    {
        using var protection = new Protection(Keys);
        using var other = new Protection(Keys, "another");
        for (var round = 0; round < 3; round++)
        {
            foreach (var (provider, length) in new[] { (protection.Provider, 100), (other.Provider, 300) })
            {
                using var store = ProtectedFileStore.Open(Cache, provider);
                (await Stored.GetAsync(store))?.Length.Should().Be(length);
                ((await Stored.GetAsync(store)) is null).Should().Be(round == 0, "the other one's key took nothing away");
                await Stored.PutAsync(store, length);
                await store.MaintainAsync();
            }
        }

        Directory.GetFiles(Cache, "*.key").Should().HaveCount(2);
    }

    [Fact]
    public async Task Open_ManyTimesWithKeysThatAreLost_MakesAFewFilesOnly()
    {
        for (var i = 0; i < 3 * KeyFile.Most; i++)
        {
            var provider = new EphemeralDataProtectionProvider();
            using (var store = ProtectedFileStore.Open(Cache, provider))
            {
                await Stored.PutAsync(store, 100);
            }

            using var again = ProtectedFileStore.Open(Cache, provider);
            (await Stored.GetAsync(again)).Should().HaveCount(100);
        }

        Directory.GetFiles(Cache, "*.key").Should().HaveCount(KeyFile.Most);
    }

    [Fact]
    public async Task Open_KeyRevoked_MissesAndMakesANewKey()
    {
        using (var protection = new Protection(Keys))
        {
            using (var store = ProtectedFileStore.Open(Cache, protection.Provider))
            {
                await Stored.PutAsync(store, 100);
            }

            foreach (var key in protection.Keys.GetAllKeys())
            {
                protection.Keys.RevokeKey(key.KeyId, "test");
            }
        }

        using var later = new Protection(Keys);
        using (var store = ProtectedFileStore.Open(Cache, later.Provider))
        {
            (await Stored.GetAsync(store)).Should().BeNull();
            await Stored.PutAsync(store, 200);
        }

        using var again = ProtectedFileStore.Open(Cache, later.Provider);
        (await Stored.GetAsync(again)).Should().HaveCount(200, "the new key is protected with one that is not revoked");
    }

    [Fact]
    public async Task Open_KeyRotated_KeepsTheStoreAndProtectsItsKeyAnew()
    {
        using (var protection = new Protection(Keys))
        using (var store = ProtectedFileStore.Open(Cache, protection.Provider))
        {
            await Stored.PutAsync(store, 100);
        }

        var old = Directory.GetFiles(Keys).Should().ContainSingle().Which;
        var before = await System.IO.File.ReadAllBytesAsync(File);
        using (var protection = new Protection(Keys))
        {
            // Active from now on, and the newest: the default from the next look at the ring on.
            protection.Keys.CreateNewKey(DateTimeOffset.UtcNow, DateTimeOffset.UtcNow.AddDays(90));
        }

        using (var rotated = new Protection(Keys))
        using (var store = ProtectedFileStore.Open(Cache, rotated.Provider))
        {
            (await Stored.GetAsync(store)).Should().Equal(Stored.Body(100));
        }

        (await System.IO.File.ReadAllBytesAsync(File)).Should().NotEqual(before);
        System.IO.File.Delete(old);
        using var without = new Protection(Keys);
        using var last = ProtectedFileStore.Open(Cache, without.Provider);
        (await Stored.GetAsync(last)).Should().Equal(Stored.Body(100), "the old key is not needed any more");
    }

    public static TheoryData<byte[]> Damages => [[], [1, 2, 3], new byte[300], new byte[100_000]];

    [Theory]
    [MemberData(nameof(Damages))]
    public async Task Open_KeyFileDamaged_MakesANewOne(byte[] damage)
    {
        var provider = new EphemeralDataProtectionProvider();
        using (var store = ProtectedFileStore.Open(Cache, provider))
        {
            await Stored.PutAsync(store, 100);
        }

        await System.IO.File.WriteAllBytesAsync(File, damage);

        using (var store = ProtectedFileStore.Open(Cache, provider))
        {
            (await Stored.GetAsync(store)).Should().BeNull();
            await Stored.PutAsync(store, 200);
        }

        using var again = ProtectedFileStore.Open(Cache, provider);
        (await Stored.GetAsync(again)).Should().HaveCount(200);
    }

    [Fact]
    public async Task Open_AnyByteOfTheKeyFileFlipped_IsAMissNotAnError()
    {
        var provider = new EphemeralDataProtectionProvider();
        using (var store = ProtectedFileStore.Open(Cache, provider))
        {
            await Stored.PutAsync(store, 100);
        }

        var good = await System.IO.File.ReadAllBytesAsync(File);
        for (var i = 0; i < good.Length; i++)
        {
            if (i is > 4 and < 8)
            {
                continue;
            }

            var damaged = good.ToArray();
            damaged[i] ^= 0x10;
            await System.IO.File.WriteAllBytesAsync(File, damaged);

            using var store = ProtectedFileStore.Open(Cache, provider);

            (await Stored.GetAsync(store)).Should().BeNull($"byte {i} is damaged");
        }

        await System.IO.File.WriteAllBytesAsync(File, good);
        using var restored = ProtectedFileStore.Open(Cache, provider);
        (await Stored.GetAsync(restored)).Should().Equal(Stored.Body(100));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Open_ManyAtOnce_AgreeOnOneKey(bool isDamaged)
    {
        const int Count = 8;
        using var protection = new Protection(Keys);
        using (ProtectedFileStore.Open(_directory["warm"], protection.Provider))
        {
        }

        if (isDamaged)
        {
            Directory.CreateDirectory(Cache);
            await System.IO.File.WriteAllBytesAsync(File, new byte[300]);
        }

        using var gate = new Barrier(Count);
        var stores = await Task.WhenAll(Enumerable.Range(0, Count).Select(_ => Task.Factory.StartNew(
            () =>
            {
                gate.SignalAndWait();
                return ProtectedFileStore.Open(Cache, protection.Provider);
            },
            TaskCreationOptions.LongRunning)));
        try
        {
            foreach (var store in stores)
            {
                await Stored.PutAsync(store, 100, Stored.Key with { Scope = store.GetHashCode().ToString() });
            }

            foreach (var writer in stores)
            {
                foreach (var reader in stores)
                {
                    (await Stored.GetAsync(reader, Stored.Key with { Scope = writer.GetHashCode().ToString() })).Should().NotBeNull("all have the same key");
                }
            }
        }
        finally
        {
            Array.ForEach(stores, s => s.Dispose());
        }
    }

    [Fact]
    public async Task Open_LeftOverOfAKilledProcess_IsInNobodysWay()
    {
        Directory.CreateDirectory(Cache);
        await System.IO.File.WriteAllTextAsync(File + ".new", "half a ke");
        await System.IO.File.WriteAllTextAsync(File + ".lock", string.Empty);

        using var store = ProtectedFileStore.Open(Cache, new EphemeralDataProtectionProvider());

        await Stored.PutAsync(store, 100);
        System.IO.File.Exists(File + ".new").Should().BeFalse();
    }

    [Fact]
    public void Open_KeyGivenToo_Throws()
    {
        var options = new FileHttpCacheStoreOptions { EncryptionKey = new byte[32] };

        var act = () => ProtectedFileStore.Open(Cache, new EphemeralDataProtectionProvider(), options);

        act.Should().Throw<ArgumentException>().WithMessage("*EncryptionKey*");
        Directory.Exists(Cache).Should().BeFalse();
    }

    [Fact]
    public void Open_OptionsOfTheCaller_HoldNoKeyAfterwards()
    {
        var options = new FileHttpCacheStoreOptions();

        using var store = ProtectedFileStore.Open(Cache, new EphemeralDataProtectionProvider(), options);

        options.EncryptionKey.Should().BeNull();
    }

    [Fact]
    public void Open_PathIsALink_IsRefusedBeforeAKeyIsWritten()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        Directory.CreateDirectory(_directory["target"]);
        Directory.CreateSymbolicLink(Cache, _directory["target"]);

        var act = () => ProtectedFileStore.Open(Cache, new EphemeralDataProtectionProvider());

        act.Should().Throw<IOException>().WithMessage("*link*");
        Directory.GetFiles(_directory["target"]).Should().BeEmpty();
    }

    [Fact]
    public async Task Open_DataProtectionCannotProtect_ThrowsAndKeepsTheOldKey()
    {
        var provider = new EphemeralDataProtectionProvider();
        using (var store = ProtectedFileStore.Open(Cache, provider))
        {
            await Stored.PutAsync(store, 100);
        }

        var act = () => ProtectedFileStore.Open(Cache, new BrokenProvider());

        act.Should().Throw<CryptographicException>();
        using var again = ProtectedFileStore.Open(Cache, provider);
        (await Stored.GetAsync(again)).Should().NotBeNull("Data Protection was in trouble, and the key was not");
    }

    /// <summary>Data Protection whose keys can't be reached.</summary>
    private sealed class BrokenProvider : IDataProtectionProvider, IDataProtector
    {
        public IDataProtector CreateProtector(string purpose) => this;

        public byte[] Protect(byte[] plaintext) => throw new CryptographicException("No keys.");

        public byte[] Unprotect(byte[] protectedData) => throw new CryptographicException("No keys.");
    }
}
