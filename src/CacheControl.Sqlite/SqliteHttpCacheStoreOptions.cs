using HttpCaching.Sqlite.Engine;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace HttpCaching;

/// <summary>The limits and manners of a <see cref="SqliteHttpCacheStore"/>; copied once, when the store is opened. Processes that share a file should agree on them.</summary>
public sealed class SqliteHttpCacheStoreOptions
{
    private const long MostMappedBytes = 0x7fff0000;
    private const int MostReaders = 32;

    /// <summary>
    /// The most bytes of heads and bodies that the store should keep, with 256 bytes more for each response. What is too much is evicted beside the
    /// requests, from 95 % of it down to 85 %; a burst of writes may exceed it until then. The file is somewhat larger. Default: 1 GiB.
    /// </summary>
    public long MaximumBytes { get; set; } = 1024L * 1024 * 1024;

    /// <summary>The most responses that the store should keep, all variants counted; evicted like bytes. Default: 1,000,000.</summary>
    public long MaximumResponses { get; set; } = 1_000_000;

    /// <summary>
    /// The most bytes that one stored response may take, head included; a larger one is not stored.
    /// <see langword="null"/>, the default, means a tenth of <see cref="MaximumBytes"/>.
    /// </summary>
    public long? MaximumEntryBytes { get; set; }

    /// <summary>The most stored responses under one key; beyond that the oldest is dropped. Default: 32.</summary>
    public int MaximumVariants { get; set; } = 32;

    /// <summary>
    /// Bodies of up to this many bytes are kept in one row with their head, and written anew with each refresh of it; larger ones in pieces of
    /// 64 KiB. From 0 to 65,536. Default: 4,096.
    /// </summary>
    public int InlineBodyBytes { get; set; } = 4096;

    /// <summary>
    /// How many bytes of the file are read by mapping them into memory; from 0 to 2,147,418,112. Reading is quicker so, but a disk that fails, or a program
    /// that shortens the file by other ways than SQLite's, then ends the process instead of causing an exception; with 0 nothing is mapped. Default: 0.
    /// </summary>
    public long MappedBytes { get; set; }

    /// <summary>
    /// Whether each change waits until the disk has it. Without it a power failure may cost what was stored last, or bring back what was removed
    /// last, but never shows a damaged response. A crash of the process alone costs nothing either way. Default: false.
    /// </summary>
    public bool Fsync { get; set; }

    /// <summary>The clock that tells how long ago something was used. Default: the system's.</summary>
    public TimeProvider TimeProvider { get; set; } = TimeProvider.System;

    /// <summary>
    /// Where damage and failed maintenance are told. What a call of the store throws is logged by the cache. <see langword="null"/>, the default, means nowhere;
    /// with UseSqlite, the application's logger.
    /// </summary>
    public ILogger? Logger { get; set; }

    /// <summary>Checks all values.</summary>
    /// <exception cref="ArgumentException">At least one value is out of range; the message lists all that are.</exception>
    internal SqliteStoreSettings ToSettings()
    {
        List<string> errors = [];
        Require(errors, MaximumBytes >= 1, $"MaximumBytes is {MaximumBytes}: set it to the number of bytes the store may take, at least 1.");
        Require(errors, MaximumResponses >= 1, $"MaximumResponses is {MaximumResponses}: set it to at least 1.");
        Require(errors, MaximumEntryBytes is null or >= 1, $"MaximumEntryBytes is {MaximumEntryBytes}: set it to at least 1, or to null for a tenth of MaximumBytes.");
        Require(errors, MaximumEntryBytes is null || MaximumEntryBytes <= MaximumBytes, $"MaximumEntryBytes is {MaximumEntryBytes}: lower it to MaximumBytes ({MaximumBytes}) or raise that.");
        Require(errors, MaximumVariants >= 1, $"MaximumVariants is {MaximumVariants}: set it to at least 1.");
        Require(errors, InlineBodyBytes is >= 0 and <= SqliteStoreSettings.ChunkBytes, $"InlineBodyBytes is {InlineBodyBytes}: set it to between 0 and {SqliteStoreSettings.ChunkBytes}.");
        Require(errors, MappedBytes is >= 0 and <= MostMappedBytes, $"MappedBytes is {MappedBytes}: set it to between 0 and {MostMappedBytes}.");
        Require(errors, TimeProvider is not null, "TimeProvider is null: leave it as it was for the system's clock.");
        if (errors.Count > 0)
        {
            throw new ArgumentException(string.Join(' ', errors));
        }

        return new SqliteStoreSettings
        {
            MaximumBytes = MaximumBytes,
            MaximumResponses = MaximumResponses,
            MaximumEntryBytes = Math.Min(MaximumEntryBytes ?? Math.Max(1, MaximumBytes / 10), SqliteStoreSettings.LargestBody),
            MaximumVariants = MaximumVariants,
            InlineBytes = InlineBodyBytes,
            Fsync = Fsync,
            PageBytes = 4096,
            MappedBytes = MappedBytes,
            BusyTimeout = TimeSpan.FromSeconds(10),
            Readers = Math.Clamp(2 * Environment.ProcessorCount, 4, MostReaders),
            Time = TimeProvider!,
            Logger = Logger ?? NullLogger.Instance,
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
