using System.Collections.Frozen;
using System.Security.Cryptography;
using HttpCaching.Control;
using HttpCaching.Control.Flights;
using HttpCaching.Control.Guard;
using HttpCaching.Control.Keys;
using HttpCaching.Policy;

namespace HttpCaching;

/// <summary>Copies options into what the parts of the cache read, so that later changes have no effect.</summary>
internal static class OptionsReader
{
    public static PolicySettings Policy(HttpCacheOptions options, Func<string, string> hash, GuardedRules rules) => new()
    {
        Kind = options.Kind,
        DefaultLifetime = options.DefaultFreshnessLifetime,
        MaximumLifetime = options.MaximumFreshnessLifetime,
        MaximumErrorLifetime = options.MaximumErrorLifetime,
        HeuristicFraction = options.HeuristicFraction,
        HeuristicMaximum = options.HeuristicMaximum,
        Heuristic = rules.Guard(options.Heuristic),
        EagerRefreshAfter = options.EagerRefreshAfter,
        LifetimeJitter = options.LifetimeJitter,
        StaleIfError = options.StaleIfError,
        StaleWhileRevalidate = options.StaleWhileRevalidate,
        ServeStaleWhenDisconnected = options.ServeStaleWhenDisconnected,
        AllowStaleWithSharedMaxAge = options.AllowStaleWithSharedMaxAge,
        IgnoreDateInAge = options.IgnoreDateInAge,
        TargetedFields = [.. options.TargetedFields],
        FieldsAddedBelow = [.. options.FieldsAddedBelow],
        LanguageOrderSignificant = options.LanguageOrderIsSignificant,
        StorePartial = options.StorePartialResponses,
        KeepIncompleteAbove = options.KeepIncompleteAbove,
        StorePost = options.StorePost,
        CacheQuery = options.CacheQuery,
        StoreSetCookie = options.StoreSetCookie,
        CacheGroups = options.CacheGroups,
        NoVarySearch = options.NoVarySearch,
        NoVarySearchKeyOrderAlone = options.NoVarySearchKeyOrderAlone,
        StatusFilter = rules.Guard(options.StatusFilter),
        MaximumFieldLength = options.MaximumFieldLength,
        MaximumUriLength = options.MaximumUriLength,
        StaleRetention = options.StaleRetention,
        HashSensitive = hash,
    };

    public static ControlSettings Control(HttpCacheOptions options, GuardedRules rules) => new()
    {
        ValidationTimeout = options.ValidationTimeout,
        GatewayTimeoutOnFailure = options.GatewayTimeoutOnFailure,
        CacheStatusName = options.CacheStatusName,
        CacheStatusIncludesKey = options.CacheStatusIncludesKey,
        VerifyDigest = options.VerifyDigests,
        HonorClearSiteData = options.HonorClearSiteData,
        InvalidateGroupMates = options.InvalidateGroupMates && options.CacheGroups,
        QueryNormalizers = options.QueryNormalizers.ToFrozenDictionary(pair => pair.Key, pair => rules.Guard(pair.Value), StringComparer.OrdinalIgnoreCase),
        MaximumQueryContent = options.MaximumQueryContent,
        MaximumBackgroundValidations = options.MaximumBackgroundValidations,
        BackgroundTimeout = options.BackgroundTimeout,
        SoftTimeout = options.SoftTimeout == Timeout.InfiniteTimeSpan ? null : options.SoftTimeout,
        FailedValidationPause = options.FailedValidationPause,
        HonorRetryAfter = options.HonorRetryAfter,
    };

    public static CollapseSettings Collapsing(HttpCacheOptions options) => new()
    {
        IsOn = options.CollapseRequests,
        MaximumWaiters = options.MaximumWaitersPerFlight,
        MaximumWait = options.MaximumCollapseWait,
        MaximumSpooledBytes = options.MaximumSpooledBytes,
        SpoolMemory = options.MaximumSpoolMemory,
    };

    public static NodeFlightSettings NodeFlights(HttpCacheOptions options) => new()
    {
        MaximumWait = options.MaximumFlightWait,
        CallTimeout = options.StoreTimeout,
        Pause = options.StorePause,
    };

    public static StoreLimits Limits(HttpCacheOptions options) => new(options.StoreTimeout, options.StoredBodyTimeout, options.StorePause);

    public static KeySettings Keys(HttpCacheOptions options, string? name) => new()
    {
        Name = name,
        IsShared = options.Kind == CacheKind.Shared,
        IsSingleUser = options.SingleUser,
        PartitionSelector = options.PartitionSelector,
        KeyMaterial = options.KeyMaterial,
        KeyFields = [.. options.KeyFields],
        HashKey = options.HashKey is { } key ? [.. key] : RandomNumberGenerator.GetBytes(32),
    };
}
