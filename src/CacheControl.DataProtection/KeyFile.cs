using System.Globalization;
using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Logging;

namespace HttpCaching.DataProtection;

/// <summary>
/// The files with a store's keys, protected. There is one for each ring of Data Protection keys that has used the directory. So applications, or containers with rings of their
/// own, don't remove each other's key. A file is never changed: another one replaces it by rename, under a lock that ends with its process. So if
/// several processes find no file, one makes it and the others read it.
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

    /// <summary>The most files. One more replaces the file that was written longest ago.</summary>
    public const int Most = 8;

    private const int KeyBytes = 32;
    private const int HeaderBytes = 8;
    private const int MostBytes = 64 * 1024;
    private const byte Version = 1;

    private static readonly TimeSpan LockTimeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LockPause = TimeSpan.FromMilliseconds(2);

    private readonly IDataProtector _protector = provider.CreateProtector(Purpose);
    private readonly string _path = PathOf(directory, 0);

    private static ReadOnlySpan<byte> Magic => "CCFK"u8;

    /// <summary>The path of the n-th file, from 0 on.</summary>
    public static string PathOf(string directory, int number) =>
        Path.Join(directory, number == 0 ? Name : string.Create(CultureInfo.InvariantCulture, $"{Path.GetFileNameWithoutExtension(Name)}-{number + 1}{Path.GetExtension(Name)}"));

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
                $"The key of the protected store in '{directory}' can't be protected: {exception.Message} Configure where Data Protection keeps its keys, for example with PersistKeysToFileSystem.",
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
            // The key is valid, and only needs to be protected again: the next load will do that.
            return found.Key!;
        }

        // Another process may have been first.
        found = Read();
        if (found.Key is { } key)
        {
            if (found.IsOld)
            {
                Renew(key, found.Path);
            }

            return key;
        }

        key = RandomNumberGenerator.GetBytes(KeyBytes);
        Write(Protect(key), found.Path);
        if (found.HasOthers)
        {
            KeyLog.KeyUnreadable(logger, found.Reason);
        }

        return key;
    }

    /// <summary>The first key that can be unprotected, or the place for a new one.</summary>
    private Found Read()
    {
        var paths = Enumerable.Range(0, Most).Select(number => PathOf(directory, number)).ToArray();
        var (hasOthers, reason) = (false, default(Exception));
        string? free = null;
        foreach (var path in paths)
        {
            try
            {
                if (ReadContent(path) is not { } content)
                {
                    free ??= path;
                    continue;
                }

                hasOthers = true;
                if (Unprotect(content, out var isOld) is { } key)
                {
                    return new Found(key, isOld, path, hasOthers, null);
                }
            }
            catch (CryptographicException exception)
            {
                reason = exception;
            }
        }

        return new Found(null, false, free ?? paths.MinBy(File.GetLastWriteTimeUtc)!, hasOthers, reason);
    }

    /// <summary>The content of a file; null if there is none.</summary>
    private static byte[]? ReadContent(string path)
    {
        try
        {
            using var file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            var length = RandomAccess.GetLength(file);
            var content = new byte[length > MostBytes ? 0 : length];
            return RandomAccess.Read(file, content, 0) == content.Length ? content : [];
        }
        catch (FileNotFoundException)
        {
            return null;
        }
    }

    /// <summary>The key in a file's content; null if it is damaged.</summary>
    /// <exception cref="CryptographicException">The key is protected with a key that this ring does not have.</exception>
    private byte[]? Unprotect(byte[] content, out bool isOld)
    {
        isOld = false;
        if (content.Length < HeaderBytes || !content.AsSpan().StartsWith(Magic) || content[4] != Version)
        {
            return null;
        }

        var key = _protector is IPersistedDataProtector persisted
            ? persisted.DangerousUnprotect(content[HeaderBytes..], ignoreRevocationErrors: false, out isOld, out _)
            : _protector.Unprotect(content[HeaderBytes..]);
        return key.Length == KeyBytes ? key : null;
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

    /// <summary>Protects the key with the current key of Data Protection. If that fails, the old file stays valid.</summary>
    private void Renew(byte[] key, string path)
    {
        try
        {
            Write(Protect(key), path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or CryptographicException)
        {
            KeyLog.KeyNotRenewed(logger, exception);
        }
    }

    private void Write(byte[] content, string path)
    {
        // This process has the lock, so no other one writes. An existing file was left by a killed process.
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

            // The key must outlive everything that is stored with it, even a power failure.
            file.Flush(flushToDisk: true);
        }

        File.Move(temporary, path, overwrite: true);
    }

    /// <summary>Takes the lock; null if others hold it for too long and the caller can continue without it.</summary>
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
                // Others hold it only for the write of a small file.
                Thread.Sleep(LockPause);
            }
            catch (Exception exception) when (!isNeeded && exception is (IOException or UnauthorizedAccessException))
            {
                return null;
            }
            catch (IOException exception)
            {
                throw new IOException($"The file '{_path}.lock' can't be locked: another process prevents the making of the cache's key.", exception);
            }
        }
    }

    /// <summary>The result of a search: a key and its file, or the place for a new one.</summary>
    private readonly record struct Found(byte[]? Key, bool IsOld, string Path, bool HasOthers, Exception? Reason);
}
