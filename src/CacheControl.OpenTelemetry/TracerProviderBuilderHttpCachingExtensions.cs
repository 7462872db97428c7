namespace OpenTelemetry.Trace;

/// <summary>Adds the traces of HTTP caching.</summary>
public static class TracerProviderBuilderHttpCachingExtensions
{
    /// <summary>
    /// Collects the spans of all caches in the process. A request that is more than a hit in memory has the span <c>cachecontrol.request</c>, with spans of its steps below it. A hit in memory
    /// adds the event <c>cachecontrol.hit</c> to the current span.
    /// </summary>
    /// <param name="builder">The builder.</param>
    /// <returns>The builder.</returns>
    public static TracerProviderBuilder AddHttpCachingInstrumentation(this TracerProviderBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.AddSource("CacheControl");
    }
}
