using System.Collections.Frozen;

namespace HttpCaching.Control;

/// <summary>The options that the walk reads.</summary>
internal sealed record ControlSettings
{
    /// <summary>How long to wait for the origin when a stored response may stand in for it (RFC 5861 §4).</summary>
    public TimeSpan ValidationTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Whether a failure that a stored response may not stand in for becomes a 504 rather than the exception.</summary>
    public bool GatewayTimeoutOnFailure { get; init; }

    /// <summary>The cache's name in Cache-Status; null to add no such field (RFC 9211 §2).</summary>
    public string? CacheStatusName { get; init; }

    public bool CacheStatusIncludesKey { get; init; }

    public bool VerifyDigests { get; init; }

    public bool HonorClearSiteData { get; init; }

    public bool InvalidateGroupMates { get; init; }

    /// <summary>For each media type, the normaliser that gives QUERY content of one meaning the same key (RFC 10008 §2.7).</summary>
    public FrozenDictionary<string, Func<ReadOnlyMemory<byte>, ReadOnlyMemory<byte>>> QueryNormalizers { get; init; } =
        FrozenDictionary<string, Func<ReadOnlyMemory<byte>, ReadOnlyMemory<byte>>>.Empty;

    public long MaximumQueryContent { get; init; } = 64 * 1024;

    /// <summary>How long a caller waits for a validation before it gets the stale response; null for as long as it takes.</summary>
    public TimeSpan? SoftTimeout { get; init; }

    /// <summary>How long the origin is not asked again after a stale response has stood in for it.</summary>
    public TimeSpan FailedValidationPause { get; init; }

    public bool HonorRetryAfter { get; init; }

    public bool TakesStraightPath { get; init; } = true;

    public int MaximumBackgroundValidations { get; init; } = 16;

    public TimeSpan BackgroundTimeout { get; init; } = TimeSpan.FromSeconds(60);

    public TimeSpan BackgroundRetryDelay { get; init; } = TimeSpan.FromSeconds(5);
}
