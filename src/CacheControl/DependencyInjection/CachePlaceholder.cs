namespace CacheControl.DependencyInjection;

/// <summary>Marks the cache's place in a pipeline until the primary handler is known.</summary>
/// <param name="cache">The cache that goes there.</param>
internal sealed class CachePlaceholder(HttpCache cache) : DelegatingHandler
{
    public HttpCache Cache { get; } = cache;
}
