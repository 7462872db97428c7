using HttpCaching.Storage.Files;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace HttpCaching;

/// <summary>The options of a <see cref="FileHttpCacheStore"/>, copied once when the store opens. Use the same options in all processes that share a directory.</summary>
public sealed class FileHttpCacheStoreOptions
{
    private const int KeyBytes = 32;

    /// <summary>
    /// The most bytes on disk, counted in disk blocks of 4 KiB. The store evicts in the background,
    /// from 95 % of the limit down to 85 %. Until then a burst of writes may exceed the limit. Default: 1 GiB.
    /// </summary>
    public long MaximumBytes { get; set; } = 1024L * 1024 * 1024;

    /// <summary>The most keys, each with all its variants. The store evicts keys as it evicts bytes. Default: 1,000,000.</summary>
    public long MaximumKeys { get; set; } = 1_000_000;

    /// <summary>
    /// The most bytes of one stored response, head included. A larger response is not stored.
    /// Default: <see langword="null"/>, for a tenth of <see cref="MaximumBytes"/>.
    /// </summary>
    public long? MaximumEntryBytes { get; set; }

    /// <summary>The most stored responses under one key. Beyond that the oldest one is dropped. Default: 32.</summary>
    public int MaximumVariants { get; set; } = 32;

    /// <summary>Keep bodies of up to this many bytes in one file with their head; from 0 to 65,536. Default: 16,384.</summary>
    public int InlineBodyBytes { get; set; } = 16 * 1024;

    /// <summary>
    /// Keep up to this many records open and in memory after several recent reads; on Linux only. A record may have 32 KiB,
    /// and up to three body files of 256 KiB together. Each record costs an open file, and one more for each body file. Changes by other processes
    /// still take effect immediately. 0 keeps none open. Default: 256.
    /// </summary>
    public int MaximumOpenRecords { get; set; } = 256;

    /// <summary>
    /// Make each change wait until it is on the disk: bodies, records, removals, and on Linux their names. If this is false, a power failure may lose the latest responses, or bring back the latest
    /// removals, but it never shows a damaged response. A crash of only the process loses nothing in either case. Default: false.
    /// </summary>
    public bool Fsync { get; set; }

    /// <summary>
    /// A key of 32 bytes. With it the store encrypts and authenticates heads and bodies (AES-256-GCM), and hashes the names of files.
    /// Responses stored with another key, or without one, are misses. Default: <see langword="null"/>, which stores in the clear.
    /// </summary>
    public byte[]? EncryptionKey { get; set; }

    /// <summary>The clock for the times of use. Default: the system's.</summary>
    public TimeProvider TimeProvider { get; set; } = TimeProvider.System;

    /// <summary>
    /// The logger for damaged files and failed maintenance. The cache logs the exceptions that calls of the store throw. Default: <see langword="null"/>, for no logs;
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
