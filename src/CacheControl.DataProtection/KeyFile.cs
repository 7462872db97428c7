using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Logging;

namespace CacheControl.DataProtection;

/// <summary>
/// The file that holds a store's key, protected. It is never changed: another one takes its place by rename, under a lock that dies with its process, so that of several
/// processes that find none, one makes it and the others read it.
/// </summary>
internal sealed class KeyFile(string directory, IDataProtectionProvider provider, ILogger logger)
{
    // The file
    //
    //    0  4  magic "CCFK"
    //    4  1  version of this format
    //    5  3  zero
    //    8     the 32 bytes of the key, as Data Protection has protected them
    public const string Name = "data-protection.key";
    public const string Purpose = "CacheControl.FileHttpCacheStore.Key.v1";

    private const int KeyBytes = 32;
    private const int HeaderBytes = 8;
    private const int MostBytes = 64 * 1024;
    private const byte Version = 1;

    private static readonly TimeSpan LockTimeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LockPause = TimeSpan.FromMilliseconds(2);

    private readonly IDataProtector _protector = provider.CreateProtector(Purpose);
    private readonly string _path = Path.Join(directory, Name);

    private static ReadOnlySpan<byte> Magic => "CCFK"u8;

    /// <summary>The key; made if there is none, or none that can be unprotected.</summary>
    /// <exception cref="IOException">The key file can't be read or written; the message says which one.</exception>
    /// <exception cref="UnauthorizedAccessException">The process may not do that.</exception>
    /// <exception cref="CryptographicException">Data Protection can't protect the key.</exception>
    public byte[] Load()
    {
        const string Advice = "Give the store a directory that this process may write to, and leave that file to it.";
        try
        {
            return ReadOrMake();
        }
        catch (UnauthorizedAccessException exception)
        {
            throw new UnauthorizedAccessException($"The key file of the protected store, '{_path}', can't be used: {exception.Message} {Advice}", exception);
        }
        catch (IOException exception)
        {
            throw new IOException($"The key file of the protected store, '{_path}', can't be used: {exception.Message} {Advice}", exception);
        }
        catch (CryptographicException exception)
        {
            throw new CryptographicException(
                $"The key of the protected store in '{directory}' can't be protected: {exception.Message} Say where Data Protection keeps its keys, such as with PersistKeysToFileSystem.",
                exception);
        }
    }

    private byte[] ReadOrMake()
    {
        var found = Read();
        if (found is { Key: { } good, IsOld: false })
        {
            return good;
        }

        using var held = TryLock(found.Key is null);
        if (held is null)
        {
            // It is good, and only to be protected anew: the next one will do that.
            return found.Key!;
        }

        // Another process may have been first.
        found = Read();
        if (found.Key is { } key)
        {
            if (found.IsOld)
            {
                Renew(key);
            }

            return key;
        }

        key = RandomNumberGenerator.GetBytes(KeyBytes);
        var content = Protect(key);
        if (found.IsUnreadable)
        {
            File.Move(_path, _path + ".unreadable", overwrite: true);
            KeyLog.KeyUnreadable(logger, found.Reason);
        }

        Write(content);
        return key;
    }

    private Found Read()
    {
        byte[] content;
        try
        {
            using var file = File.OpenHandle(_path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            var length = RandomAccess.GetLength(file);
            if (length is < HeaderBytes or > MostBytes)
            {
                return Found.Unreadable(null);
            }

            content = new byte[length];
            if (RandomAccess.Read(file, content, 0) != length)
            {
                return Found.Unreadable(null);
            }
        }
        catch (FileNotFoundException)
        {
            return default;
        }

        if (!content.AsSpan().StartsWith(Magic) || content[4] != Version)
        {
            return Found.Unreadable(null);
        }

        try
        {
            var isOld = false;
            var key = _protector is IPersistedDataProtector persisted
                ? persisted.DangerousUnprotect(content[HeaderBytes..], ignoreRevocationErrors: false, out isOld, out _)
                : _protector.Unprotect(content[HeaderBytes..]);
            return key.Length == KeyBytes ? new Found(key, isOld, false, null) : Found.Unreadable(null);
        }
        catch (CryptographicException exception)
        {
            return Found.Unreadable(exception);
        }
    }

    private byte[] Protect(byte[] key)
    {
        var protectedKey = _protector.Protect(key);
        var content = new byte[HeaderBytes + protectedKey.Length];
        Magic.CopyTo(content);
        content[4] = Version;
        protectedKey.CopyTo(content, HeaderBytes);
        return content;
    }

    /// <summary>Protects the key with the current key of Data Protection. If that fails the old file is as good as before.</summary>
    private void Renew(byte[] key)
    {
        try
        {
            Write(Protect(key));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or CryptographicException)
        {
            KeyLog.KeyNotRenewed(logger, exception);
        }
    }

    private void Write(byte[] content)
    {
        // Nobody else writes: this process has the lock. What is there was left by one that was killed.
        var temporary = _path + ".new";
        File.Delete(temporary);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.None, BufferSize = 0 };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using (var file = new FileStream(temporary, options))
        {
            file.Write(content);

            // The key outlives everything that is stored with it: also a power failure.
            file.Flush(flushToDisk: true);
        }

        File.Move(temporary, _path, overwrite: true);
    }

    /// <summary>Takes the lock; null if others have it for too long and it can be done without.</summary>
    private FileStream? TryLock(bool isNeeded)
    {
        var options = new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.None, BufferSize = 0 };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        for (var waited = TimeSpan.Zero; ; waited += LockPause)
        {
            try
            {
                return new FileStream(_path + ".lock", options);
            }
            catch (IOException) when (waited < LockTimeout)
            {
                // Others hold it for as long as it takes to write a small file.
                Thread.Sleep(LockPause);
            }
            catch (Exception exception) when (!isNeeded && exception is (IOException or UnauthorizedAccessException))
            {
                return null;
            }
            catch (IOException exception)
            {
                throw new IOException($"The file '{_path}.lock' can't be locked: another process keeps the cache's key from being made.", exception);
            }
        }
    }

    /// <summary>What was found: a key, nothing, or something that is of no use.</summary>
    private readonly record struct Found(byte[]? Key, bool IsOld, bool IsUnreadable, Exception? Reason)
    {
        public static Found Unreadable(Exception? reason) => new(null, false, true, reason);
    }
}
