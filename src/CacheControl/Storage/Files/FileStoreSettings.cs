using Microsoft.Extensions.Logging;

namespace HttpCaching.Storage.Files;

/// <summary>The options of a file store, copied when it was opened.</summary>
internal sealed record FileStoreSettings
{
    public required long MaximumBytes { get; init; }

    public required long MaximumKeys { get; init; }

    public required long MaximumEntryBytes { get; init; }

    public required int MaximumVariants { get; init; }

    public required int InlineBytes { get; init; }

    public required int OpenRecords { get; init; }

    public required bool Fsync { get; init; }

    public required TimeProvider Time { get; init; }

    public required ILogger Logger { get; init; }

    public required FileSeal Seal { get; init; }

    /// <summary>The age of an abandoned temporary file at which it is swept.</summary>
    public TimeSpan OrphanAge { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>The longest wait of maintenance that must make room for another process's maintenance.</summary>
    public TimeSpan MaintenancePatience { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The longest wait of a change for a shard that another process has locked.</summary>
    public TimeSpan LockPatience { get; init; } = TimeSpan.FromSeconds(10);

    public DateTime Now => Time.GetUtcNow().UtcDateTime;
}
