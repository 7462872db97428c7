using System.Security.Cryptography;
using HttpCaching.DataProtection;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace HttpCaching;

/// <summary>Opens encrypted stores on disk, with keys of ASP.NET Core Data Protection.</summary>
public static class ProtectedFileStore
{
    /// <summary>
    /// Opens the store in a directory, encrypted: heads, bodies and the names of files. The store's key is random. The file
    /// <c>data-protection.key</c> in the directory holds it, protected by <paramref name="provider"/>. All processes that share responses need the same keys of Data Protection and the same application name.
    /// </summary>
    /// <remarks>
    /// A new key of Data Protection changes nothing: the file is protected again with it, and the stored responses stay. If the file can't be unprotected (its key was revoked
    /// or deleted, or the file is damaged or another application's), the store makes a new key in a file next to it, <c>data-protection-2.key</c> and so on. Until the old key is back, the earlier
    /// responses are misses, and are evicted in time. A process that has the store open holds the key in memory and notices none of this.
    /// </remarks>
    /// <param name="path">The directory; made if it is missing.</param>
    /// <param name="provider">Data Protection.</param>
    /// <param name="options">The limits; <see langword="null"/> for the defaults. <see cref="FileHttpCacheStoreOptions.EncryptionKey"/> has to be left as it is.</param>
    /// <param name="logger">The logger for a key that can't be unprotected; <see langword="null"/> for no logs.</param>
    /// <returns>The store; the caller disposes it.</returns>
    /// <exception cref="ArgumentException">The path is empty, an option is out of range, or <see cref="FileHttpCacheStoreOptions.EncryptionKey"/> is set.</exception>
    /// <exception cref="IOException">The directory is one that <see cref="FileHttpCacheStore"/> refuses, or the key file can't be read or written.</exception>
    /// <exception cref="UnauthorizedAccessException">The process may not write there.</exception>
    /// <exception cref="CryptographicException">Data Protection can't protect a new key, because its own keys can't be read or made.</exception>
    public static FileHttpCacheStore Open(
        string path, IDataProtectionProvider provider, FileHttpCacheStoreOptions? options = null, ILogger? logger = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        ArgumentNullException.ThrowIfNull(provider);
        options ??= new FileHttpCacheStoreOptions();
        if (options.EncryptionKey is not null)
        {
            throw new ArgumentException("EncryptionKey is set. Leave it null, because Data Protection keeps the key; or pass your key to a FileHttpCacheStore.", nameof(options));
        }

        // The store knows which directories are refused, and makes those that are missing with the right modes: it is asked before a key is put there.
        new FileHttpCacheStore(path, options).Dispose();
        var key = new KeyFile(Path.GetFullPath(path), provider, logger ?? NullLogger.Instance).Load();
        try
        {
            options.EncryptionKey = key;
            return new FileHttpCacheStore(path, options);
        }
        finally
        {
            options.EncryptionKey = null;
            CryptographicOperations.ZeroMemory(key);
        }
    }
}
