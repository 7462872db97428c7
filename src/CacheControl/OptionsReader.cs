using System.Collections.Frozen;
using System.Security.Cryptography;
using HttpCaching.Control;
using HttpCaching.Control.Flights;
using HttpCaching.Control.Guard;
using HttpCaching.Control.Keys;
using HttpCaching.Control.Rules;
using HttpCaching.Policy;

namespace HttpCaching;

/// <summary>Copies options into what the parts of the cache read, so that later changes have no effect.</summary>
internal static class OptionsReader
{
    public static PolicySettings Policy(HttpCacheOptions options, Func<string, string> hash, GuardedRules rules) => new()
    {
        Kind = options.Kind,
        DefaultFreshnessLifetime = options.DefaultFreshnessLifetime,
        MaximumLifetime = options.Freshness.MaximumLifetime,
        MaximumErrorLifetime = options.Freshness.MaximumErrorLifetime,
        HeuristicFraction = options.Freshness.HeuristicFraction,
        MaximumHeuristicLifetime = options.Freshness.MaximumHeuristicLifetime,
        Heuristic = rules.Guard(options.Heuristic),
        EagerRefreshAfter = options.Freshness.EagerRefreshAfter,
        LifetimeJitter = options.Freshness.LifetimeJitter,
        StaleIfError = options.StaleIfError,
        StaleWhileRevalidate = options.StaleWhileRevalidate,
        StaleWhenDisconnected = options.Stale.WhenDisconnected,
        StaleWithSharedMaxAge = options.Stale.WithSharedMaxAge,
        IgnoreDateInAge = options.Freshness.IgnoreDateInAge,
        TargetedFields = [.. options.Extensions.TargetedFields],
        FieldsAddedBelow = [.. options.Keys.FieldsAddedBelow],
        LanguageOrderIsSignificant = options.Keys.LanguageOrderIsSignificant,
        StorePartialResponses = options.Store.PartialResponses,
        KeepIncompleteAbove = options.Store.KeepIncompleteAbove,
        StorePost = options.Store.Post,
        CacheQuery = options.Extensions.CacheQuery,
        StoreSetCookie = options.Store.SetCookie,
        CacheGroups = options.Extensions.CacheGroups,
        NoVarySearch = options.Extensions.NoVarySearch,
        StatusFilter = rules.Guard(options.Store.StatusFilter),
        MaximumFieldLength = options.Limits.MaximumFieldLength,
        MaximumUriLength = options.Limits.MaximumUriLength,
        StaleRetention = options.Stale.Retention,
        HashSensitive = hash,
    };

    /// <summary>The rules, compiled; null if there are none.</summary>
    public static RuleTable? Rules(HttpCacheOptions options, PolicySettings policy) => RuleTable.Of(
    [
        .. options.Rules.Select(written => RulePattern.Read(written.Pattern, out var pattern) is null
            ? new CompiledRule(pattern!, [.. written.Rule.Methods], policy.Under(written.Rule.Settings))
            : throw new ArgumentException($"'{written.Pattern}' is no pattern.", nameof(options))),
    ]);

    public static ControlSettings Control(HttpCacheOptions options, GuardedRules rules) => new()
    {
        ValidationTimeout = options.ValidationTimeout,
        GatewayTimeoutOnFailure = options.Stale.GatewayTimeoutOnFailure,
        CacheStatusName = options.CacheStatusName,
        CacheStatusIncludesKey = options.Extensions.CacheStatusIncludesKey,
        VerifyDigests = options.Extensions.VerifyDigests,
        HonorClearSiteData = options.Extensions.HonorClearSiteData,
        InvalidateGroupMates = options.Extensions.InvalidateGroupMates && options.Extensions.CacheGroups,
        QueryNormalizers = options.Extensions.QueryNormalizers.ToFrozenDictionary(pair => pair.Key, pair => rules.Guard(pair.Value), StringComparer.OrdinalIgnoreCase),
        MaximumQueryContent = options.Limits.MaximumQueryContent,
        MaximumBackgroundValidations = options.Limits.MaximumBackgroundValidations,
        BackgroundTimeout = options.Stale.BackgroundTimeout,
        SoftTimeout = options.SoftTimeout == Timeout.InfiniteTimeSpan ? null : options.SoftTimeout,
        FailedValidationPause = options.Stale.FailedValidationPause,
        HonorRetryAfter = options.HonorRetryAfter,
        TakesStraightPath = options.TakesStraightPath,
    };

    public static CollapseSettings Collapsing(HttpCacheOptions options) => new()
    {
        CollapseRequests = options.CollapseRequests,
        MaximumWaiters = options.Collapsing.MaximumWaiters,
        MaximumWait = options.Collapsing.MaximumWait,
        MaximumSpooledBytes = options.Limits.MaximumSpooledBytes,
        MaximumSpoolMemory = options.Limits.MaximumSpoolMemory,
    };

    public static NodeFlightSettings NodeFlights(HttpCacheOptions options) => new()
    {
        MaximumFlightWait = options.Collapsing.MaximumFlightWait,
        StoreTimeout = options.Store.Timeout,
        StorePause = options.Store.Pause,
    };

    public static StoreLimits Limits(HttpCacheOptions options) => new(options.Store.Timeout, options.Store.BodyTimeout, options.Store.Pause);

    public static KeySettings Keys(HttpCacheOptions options, string? name) => new()
    {
        Name = name,
        IsShared = options.Kind == CacheKind.Shared,
        SingleUser = options.SingleUser,
        PartitionSelector = options.PartitionSelector,
        Material = options.Keys.Material,
        Fields = [.. options.Keys.Fields],
        MaximumUriLength = options.Limits.MaximumUriLength,
        HashKey = options.Keys.HashKey is { } key ? new([.. key]) : new(() => RandomNumberGenerator.GetBytes(32)),
    };
}
