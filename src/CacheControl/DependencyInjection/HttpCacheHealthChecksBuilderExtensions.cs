using HttpCaching;
using HttpCaching.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Tells operators whether the store of the HTTP cache works.</summary>
public static class HttpCacheHealthChecksBuilderExtensions
{
    private static readonly TimeSpan DefaultLimit = TimeSpan.FromSeconds(2);

    /// <summary>
    /// Adds a check of the registered <see cref="IHttpCacheStore"/>: each time, a response of a few bytes is stored under a key of the check's own, read and removed.
    /// Degraded if the store won't take it, or if memory stands in front and is not told now what other processes change. The cache itself goes on without a store
    /// that fails, so consider <see cref="HealthStatus.Degraded"/> as the failure status of what takes an instance out of service.
    /// </summary>
    /// <param name="builder">The builder.</param>
    /// <param name="name">The name of the check; <see langword="null"/> for <c>http-cache-store</c>.</param>
    /// <param name="failureStatus">What is reported when the store fails or takes too long; <see langword="null"/> for <see cref="HealthStatus.Unhealthy"/>.</param>
    /// <param name="tags">Tags of the check.</param>
    /// <param name="limit">How long the store may take, at most 24 days; <see langword="null"/> for 2 s.</param>
    public static IHealthChecksBuilder AddHttpCacheStore(
        this IHealthChecksBuilder builder, string? name = null, HealthStatus? failureStatus = null, IEnumerable<string>? tags = null, TimeSpan? limit = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        if (limit is { } given)
        {
            ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(given, TimeSpan.Zero, nameof(limit));
            ArgumentOutOfRangeException.ThrowIfGreaterThan(given, OptionErrors.LongestWait, nameof(limit));
        }

        // One check for the life of the provider: its key stays the same.
        StoreHealthCheck? check = null;
        return builder.Add(new HealthCheckRegistration(
            name ?? "http-cache-store",
            provider => check ??= new StoreHealthCheck(
                provider.GetRequiredService<IHttpCacheStore>(),
                provider.GetService<MemoryTier>()?.Store,
                provider.GetService<TimeProvider>() ?? TimeProvider.System,
                limit ?? DefaultLimit),
            failureStatus,
            tags));
    }
}
