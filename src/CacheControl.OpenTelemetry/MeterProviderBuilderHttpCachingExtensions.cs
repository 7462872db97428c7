namespace OpenTelemetry.Metrics;

/// <summary>Adds the metrics of HTTP caching.</summary>
public static class MeterProviderBuilderHttpCachingExtensions
{
    /// <summary>Collects the instruments of all caches in the process.</summary>
    /// <param name="builder">The builder.</param>
    /// <returns>The builder.</returns>
    public static MeterProviderBuilder AddHttpCachingInstrumentation(this MeterProviderBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.AddMeter("CacheControl");
    }
}
