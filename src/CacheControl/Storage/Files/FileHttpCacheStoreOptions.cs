using HttpCaching.Storage.Files;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace HttpCaching;

/// <summary>The limits and manners of a <see cref="FileHttpCacheStore"/>; copied once, when the store is opened. Processes that share a directory should agree on them.</summary>
public sealed class FileHttpCacheStoreOptions
{
    private const int KeyBytes = 32;

    /// <summary>
    /// The most bytes that the store should take on disk, counted in disk blocks of 4 KiB. What is too much is evicted beside the requests,
    /// from 95 % of it down to 85 %; a burst of writes may exceed it until then. Default: 1 GiB.
    /// </summary>
    public long MaximumBytes { get; set; } = 1024L * 1024 * 1024;

    /// <summary>The most keys that the store should keep, each with all its variants; evicted like bytes. Default: 1,000,000.</summary>
    public long MaximumKeys { get; set; } = 1_000_000;

    /// <summary>
    /// The most bytes that one stored response may take, head included; a larger one is not stored.
    /// <see langword="null"/>, the default, means a tenth of <see cref="MaximumBytes"/>.
    /// </summary>
    public long? MaximumEntryBytes { get; set; }

    /// <summary>The most stored responses under one key; beyond that the oldest is dropped. Default: 32.</summary>
    public int MaximumVariants { get; set; } = 32;

    /// <summary>Bodies of up to this many bytes are kept in one file with their head; from 0 to 65,536. Default: 16,384.</summary>
    public int InlineBodyBytes { get; set; } = 16 * 1024;

    /// <summary>
    /// The most records that the store keeps open and in memory, because they were read several times of late; on Linux, elsewhere none. Only records of up to 32 KiB
    /// with up to three body files of up to 256 KiB together are; each costs an open file, and one for each body file. What another process changes is
    /// seen at once all the same. 0 keeps none. Default: 256.
    /// </summary>
    public int MaximumOpenRecords { get; set; } = 256;

    /// <summary>
    /// Whether each change waits until the disk has it: bodies, records, their names and removals (names on Linux only). Without it a power failure may cost what was stored last, or bring back what was removed
    /// last, but never shows a damaged response. A crash of the process alone costs nothing either way. Default: false.
    /// </summary>
    public bool Fsync { get; set; }

    /// <summary>
    /// A key of 32 bytes with which heads and bodies are encrypted and authenticated (AES-256-GCM), and names of files are hashed.
    /// What was stored with another key, or none, is a miss. <see langword="null"/>, the default, stores in the clear.
    /// </summary>
    public byte[]? EncryptionKey { get; set; }

    /// <summary>The clock that tells how long ago something was used. Default: the system's.</summary>
    public TimeProvider TimeProvider { get; set; } = TimeProvider.System;

    /// <summary>
    /// Where damaged files and failed maintenance are told. What a call of the store throws is logged by the cache. <see langword="null"/>, the default, means nowhere;
    /// with UseFileSystem, the application's logger.
    /// </summary>
    public ILogger? Logger { get; set; }

    /// <summary>Checks all values.</summary>
    /// <exception cref="ArgumentException">At least one value is out of range; the message lists all that are.</exception>
    internal FileStoreSettings ToSettings()
    {
        List<string> errors = [];
        Require(errors, MaximumBytes >= 1, $"MaximumBytes is {MaximumBytes}: set it to the number of bytes the store may take, at least 1.");
        Require(errors, MaximumKeys >= 1, $"MaximumKeys is {MaximumKeys}: set it to at least 1.");
        Require(errors, MaximumEntryBytes is null or >= 1, $"MaximumEntryBytes is {MaximumEntryBytes}: set it to at least 1, or to null for a tenth of MaximumBytes.");
        Require(errors, MaximumEntryBytes is null || MaximumEntryBytes <= MaximumBytes, $"MaximumEntryBytes is {MaximumEntryBytes}: lower it to MaximumBytes ({MaximumBytes}) or raise that.");
        Require(errors, MaximumVariants >= 1, $"MaximumVariants is {MaximumVariants}: set it to at least 1.");
        Require(errors, InlineBodyBytes is >= 0 and <= FileLayout.BlockBytes, $"InlineBodyBytes is {InlineBodyBytes}: set it to between 0 and {FileLayout.BlockBytes}.");
        Require(errors, MaximumOpenRecords is >= 0 and <= 65_536, $"MaximumOpenRecords is {MaximumOpenRecords}: set it to between 0 and 65536.");
        Require(errors, EncryptionKey is null || EncryptionKey.Length == KeyBytes, $"EncryptionKey has {EncryptionKey?.Length} bytes: give it {KeyBytes} random ones.");
        Require(errors, TimeProvider is not null, "TimeProvider is null: leave it as it was for the system's clock.");
        if (errors.Count > 0)
        {
            throw new ArgumentException(string.Join(' ', errors));
        }

        return new FileStoreSettings
        {
            MaximumBytes = MaximumBytes,
            MaximumKeys = MaximumKeys,
            MaximumEntryBytes = MaximumEntryBytes ?? Math.Max(1, MaximumBytes / 10),
            MaximumVariants = MaximumVariants,
            InlineBytes = InlineBodyBytes,
            OpenRecords = MaximumOpenRecords,
            Fsync = Fsync,
            Time = TimeProvider!,
            Logger = new QuietLogger(Logger ?? NullLogger.Instance),
            Seal = EncryptionKey is { } key ? new FileSeal.Encryption(key) : new FileSeal.Checksums(),
        };
    }

    private static void Require(List<string> errors, bool condition, string message)
    {
        if (!condition)
        {
            errors.Add(message);
        }
    }
}
