using System.Net;
using static HttpCaching.DependencyInjection.OptionRow;

namespace HttpCaching.DependencyInjection;

/// <summary>All options by their paths in configuration. Written down rather than found by reflection, so that trimmed and ahead-of-time compiled programs read the same.</summary>
internal static class OptionTable
{
    public static IReadOnlyList<OptionRow> Rows() =>
    [
        .. Top(), .. Freshness(), .. Stale(), .. Collapsing(), .. Store(), .. Keys(), .. Limits(), .. Extensions(),
    ];

    private static OptionRow[] Top() =>
    [
        Word<CacheKind>("Kind", (o, v) => o.Kind = v),
        Switch("SingleUser", (o, v) => o.SingleUser = v),
        InCode("PartitionSelector"),
        OptionalDuration("DefaultFreshnessLifetime", (o, v) => o.DefaultFreshnessLifetime = v),
        InCode("Heuristic"),
        Duration("StaleIfError", (o, v) => o.StaleIfError = v),
        Duration("StaleWhileRevalidate", (o, v) => o.StaleWhileRevalidate = v),
        OptionalDuration("SoftTimeout", (o, v) => o.SoftTimeout = v),
        Duration("ValidationTimeout", (o, v) => o.ValidationTimeout = v),
        Switch("HonorRetryAfter", (o, v) => o.HonorRetryAfter = v),
        Switch("CollapseRequests", (o, v) => o.CollapseRequests = v),
        OptionalText("CacheStatusName", (o, v) => o.CacheStatusName = v),
        OptionalWord<DecompressionMethods>("AutomaticDecompression", (o, v) => o.AutomaticDecompression = v),
        OptionalNumber("MaximumRedirects", (o, v) => o.MaximumRedirects = v),
    ];

    private static OptionRow[] Freshness() =>
    [
        Duration("Freshness:MaximumLifetime", (o, v) => o.Freshness.MaximumLifetime = v),
        OptionalDuration("Freshness:MaximumErrorLifetime", (o, v) => o.Freshness.MaximumErrorLifetime = v),
        Share("Freshness:HeuristicFraction", (o, v) => o.Freshness.HeuristicFraction = v),
        Duration("Freshness:MaximumHeuristicLifetime", (o, v) => o.Freshness.MaximumHeuristicLifetime = v),
        Share("Freshness:EagerRefreshAfter", (o, v) => o.Freshness.EagerRefreshAfter = v),
        Share("Freshness:LifetimeJitter", (o, v) => o.Freshness.LifetimeJitter = v),
        Switch("Freshness:IgnoreDateInAge", (o, v) => o.Freshness.IgnoreDateInAge = v),
    ];

    private static OptionRow[] Stale() =>
    [
        Switch("Stale:WhenDisconnected", (o, v) => o.Stale.WhenDisconnected = v),
        Switch("Stale:WithSharedMaxAge", (o, v) => o.Stale.WithSharedMaxAge = v),
        Duration("Stale:FailedValidationPause", (o, v) => o.Stale.FailedValidationPause = v),
        Switch("Stale:GatewayTimeoutOnFailure", (o, v) => o.Stale.GatewayTimeoutOnFailure = v),
        Duration("Stale:BackgroundTimeout", (o, v) => o.Stale.BackgroundTimeout = v),
        Duration("Stale:Retention", (o, v) => o.Stale.Retention = v),
    ];

    private static OptionRow[] Collapsing() =>
    [
        Number("Collapsing:MaximumWaiters", (o, v) => o.Collapsing.MaximumWaiters = v),
        Duration("Collapsing:MaximumWait", (o, v) => o.Collapsing.MaximumWait = v),
        InCode("Collapsing:Flights"),
        Duration("Collapsing:MaximumFlightWait", (o, v) => o.Collapsing.MaximumFlightWait = v),
    ];

    private static OptionRow[] Store() =>
    [
        Switch("Store:PartialResponses", (o, v) => o.Store.PartialResponses = v),
        OptionalSize("Store:KeepIncompleteAbove", (o, v) => o.Store.KeepIncompleteAbove = v),
        Switch("Store:Post", (o, v) => o.Store.Post = v),
        Switch("Store:SetCookie", (o, v) => o.Store.SetCookie = v),
        InCode("Store:StatusFilter"),
        Duration("Store:Timeout", (o, v) => o.Store.Timeout = v),
        Duration("Store:BodyTimeout", (o, v) => o.Store.BodyTimeout = v),
        Duration("Store:Pause", (o, v) => o.Store.Pause = v),
        OptionalText("Store:PendingRemovalsDirectory", (o, v) => o.Store.PendingRemovalsDirectory = v),
    ];

    private static OptionRow[] Keys() =>
    [
        InCode("Keys:Material"),
        Texts("Keys:Fields", o => o.Keys.Fields),
        OptionalSecret("Keys:HashKey", (o, v) => o.Keys.HashKey = v),
        Texts("Keys:FieldsAddedBelow", o => o.Keys.FieldsAddedBelow),
        Switch("Keys:LanguageOrderIsSignificant", (o, v) => o.Keys.LanguageOrderIsSignificant = v),
    ];

    private static OptionRow[] Limits() =>
    [
        Number("Limits:MaximumFieldLength", (o, v) => o.Limits.MaximumFieldLength = v),
        Number("Limits:MaximumUriLength", (o, v) => o.Limits.MaximumUriLength = v),
        Size("Limits:MaximumQueryContent", (o, v) => o.Limits.MaximumQueryContent = v),
        Size("Limits:MaximumSpooledBytes", (o, v) => o.Limits.MaximumSpooledBytes = v),
        Number("Limits:MaximumSpoolMemory", (o, v) => o.Limits.MaximumSpoolMemory = v),
        Number("Limits:MaximumBackgroundValidations", (o, v) => o.Limits.MaximumBackgroundValidations = v),
    ];

    private static OptionRow[] Extensions() =>
    [
        Texts("Extensions:TargetedFields", o => o.Extensions.TargetedFields),
        Switch("Extensions:CacheQuery", (o, v) => o.Extensions.CacheQuery = v),
        InCode("Extensions:QueryNormalizers"),
        Switch("Extensions:CacheGroups", (o, v) => o.Extensions.CacheGroups = v),
        Switch("Extensions:InvalidateGroupMates", (o, v) => o.Extensions.InvalidateGroupMates = v),
        Switch("Extensions:NoVarySearch", (o, v) => o.Extensions.NoVarySearch = v),
        Switch("Extensions:HonorClearSiteData", (o, v) => o.Extensions.HonorClearSiteData = v),
        Switch("Extensions:VerifyDigests", (o, v) => o.Extensions.VerifyDigests = v),
        Switch("Extensions:CacheStatusIncludesKey", (o, v) => o.Extensions.CacheStatusIncludesKey = v),
    ];
}
