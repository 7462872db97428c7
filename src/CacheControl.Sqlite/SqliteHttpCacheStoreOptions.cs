using HttpCaching.Sqlite.Engine;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace HttpCaching;

/// <summary>The options of a <see cref="SqliteHttpCacheStore"/>, copied once when the store opens. Use the same options in all processes that share a file.</summary>
public sealed class SqliteHttpCacheStoreOptions
{
    private const long MostMappedBytes = 0x7fff0000;
    private const int MostReaders = 32;

    /// <summary>
    /// The most bytes of heads and bodies, with 256 bytes more for each response. The store evicts in the
    /// background, from 95 % of the limit down to 85 %. Until then a burst of writes may exceed the limit. The file is somewhat larger. Default: 1 GiB.
    /// </summary>
    public long MaximumBytes { get; set; } = 1024L * 1024 * 1024;

    /// <summary>The most responses, with all variants. The store evicts responses as it evicts bytes. Default: 1,000,000.</summary>
    public long MaximumResponses { get; set; } = 1_000_000;

    /// <summary>
    /// The most bytes of one stored response, head included. A larger response is not stored.
    /// Default: <see langword="null"/>, for a tenth of <see cref="MaximumBytes"/>.
    /// </summary>
    public long? MaximumEntryBytes { get; set; }

    /// <summary>The most stored responses under one key. Beyond that the oldest one is dropped. Default: 32.</summary>
    public int MaximumVariants { get; set; } = 32;

    /// <summary>
    /// Keep bodies of up to this many bytes in one row with their head. Each refresh of the head writes them again. Larger bodies are in pieces of
    /// 64 KiB. From 0 to 65,536. Default: 4,096.
    /// </summary>
    public int InlineBodyBytes { get; set; } = 4096;

    /// <summary>
    /// Map this many bytes of the file into memory; from 0 to 2,147,418,112. Mapping makes reading quicker. But if the disk fails, or a program
    /// shortens the file by other means than SQLite's, it ends the process instead of causing an exception. 0 maps nothing. Default: 0.
    /// </summary>
    public long MappedBytes { get; set; }

    /// <summary>
    /// Make each change wait until it is on the disk. If this is false, a power failure may lose the latest responses, or bring back the latest
    /// removals, but it never shows a damaged response. A crash of only the process loses nothing in either case. Default: false.
    /// </summary>
    public bool Fsync { get; set; }

    /// <summary>The clock for the times of use. Default: the system's.</summary>
    public TimeProvider TimeProvider { get; set; } = TimeProvider.System;

    /// <summary>
    /// The logger for damage and failed maintenance. The cache logs the exceptions that calls of the store throw. Default: <see langword="null"/>, for no logs;
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
