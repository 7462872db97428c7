namespace HttpCaching;

/// <summary>The cache of a client under the type of the client.</summary>
/// <typeparam name="TClient">The typed client.</typeparam>
/// <param name="cache">The cache. The container disposes it, as it has made it.</param>
internal sealed class ClientCache<TClient>(IHttpCache cache) : IHttpCache<TClient>
{
    public Task InvalidateAsync(Uri uri, CancellationToken cancellationToken) => cache.InvalidateAsync(uri, cancellationToken);

    public Task<long> RemoveOriginAsync(Uri origin, CancellationToken cancellationToken) => cache.RemoveOriginAsync(origin, cancellationToken);

    public Task<long> RemoveByTagAsync(string tag, CancellationToken cancellationToken) => cache.RemoveByTagAsync(tag, cancellationToken);

    public Task ClearAsync(CancellationToken cancellationToken) => cache.ClearAsync(cancellationToken);

    public IAsyncEnumerable<CachedResponse> ListAsync(CachedResponseFilter? filter, CancellationToken cancellationToken) => cache.ListAsync(filter, cancellationToken);

    public Task<IReadOnlyList<CachedResponse>> FindAsync(Uri uri, CancellationToken cancellationToken) => cache.FindAsync(uri, cancellationToken);

    public Task<IReadOnlyList<CachedResponse>> FindAsync(HttpRequestMessage request, CancellationToken cancellationToken) => cache.FindAsync(request, cancellationToken);

    public Task<CacheStatistics> GetStatisticsAsync(CancellationToken cancellationToken) => cache.GetStatisticsAsync(cancellationToken);

    public Task<CacheSelection> RemoveAsync(CachedResponseFilter filter, bool preview, CancellationToken cancellationToken) => cache.RemoveAsync(filter, preview, cancellationToken);

    public Task<CacheSelection> RemoveByPrefixAsync(string uriPrefix, bool preview, CancellationToken cancellationToken) =>
        cache.RemoveByPrefixAsync(uriPrefix, preview, cancellationToken);

    public Task<CacheSelection> MarkStaleAsync(CachedResponseFilter filter, bool preview, CancellationToken cancellationToken) => cache.MarkStaleAsync(filter, preview, cancellationToken);

    public Task<CacheExplanation> ExplainAsync(HttpRequestMessage request, CancellationToken cancellationToken) => cache.ExplainAsync(request, cancellationToken);

    public StorageExplanation Explain(HttpRequestMessage request, HttpResponseMessage response) => cache.Explain(request, response);
}
