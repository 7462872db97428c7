using Microsoft.Extensions.Logging;

namespace HttpCaching.Sqlite.Engine;

/// <summary>The checked options, copied when the store was opened.</summary>
internal sealed record SqliteStoreSettings
{
    /// <summary>The content of a chunk row; the last one of a body may be shorter.</summary>
    public const int ChunkBytes = 64 * 1024;

    /// <summary>The bytes of a stored response in addition to its head and body: rows of three tables and an index. An estimate.</summary>
    public const int OverheadBytes = 256;

    /// <summary>The most bytes of one body, for which there are ids of pieces.</summary>
    public const long LargestBody = (1L << Schema.IndexBits) * ChunkBytes;

    public required long MaximumBytes { get; init; }

    public required long MaximumResponses { get; init; }

    public required long MaximumEntryBytes { get; init; }

    public required int MaximumVariants { get; init; }

    public required int InlineBytes { get; init; }

    public required bool Fsync { get; init; }

    public required int PageBytes { get; init; }

    public required long MappedBytes { get; init; }

    public required TimeSpan BusyTimeout { get; init; }

    public required int Readers { get; init; }

    /// <summary>The number of bits of a URI's hash that are used. Only tests use fewer than all, so that URIs have equal hashes.</summary>
    public long HashMask { get; init; } = -1;

    public required TimeProvider Time { get; init; }

    public required ILogger Logger { get; init; }

    /// <summary>The clock in milliseconds since 1970, as in the tables.</summary>
    public long Now => Time.GetUtcNow().ToUnixTimeMilliseconds();
}
