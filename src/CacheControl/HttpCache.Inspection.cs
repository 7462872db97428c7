using HttpCaching.Inspection;
using HttpCaching.Policy;

namespace HttpCaching;

/// <content>A look inside.</content>
public sealed partial class HttpCache
{
    /// <inheritdoc/>
    public IAsyncEnumerable<CachedResponse> ListAsync(CachedResponseFilter? filter = null, CancellationToken cancellationToken = default) =>
        _inspector.ListAsync(SelectorOf(filter ?? new CachedResponseFilter()), cancellationToken);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<CachedResponse>> FindAsync(Uri uri, CancellationToken cancellationToken)
    {
        var selector = new ResponseSelector(_services.StoredUrisOf(Normalize(uri, nameof(uri))), [], null, null);
        cancellationToken.ThrowIfCancellationRequested();
        return await _inspector.ListAsync(selector, cancellationToken).ToListAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<CachedResponse>> FindAsync(Uri uri) => FindAsync(uri, CancellationToken.None);

    /// <inheritdoc/>
    public async Task<CacheSelection> RemoveAsync(CachedResponseFilter filter, bool preview = false, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(filter);
        var selector = SelectorOf(filter);
        if (preview)
        {
            return await _inspector.PreviewAsync(selector, cancellationToken).ConfigureAwait(false);
        }

        _observers?.Invalidated(HttpCacheInvalidationScope.Filter, null);
        return await _inspector.RemoveAsync(selector, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public Task<CacheSelection> RemoveByPrefixAsync(string uriPrefix, bool preview = false, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(uriPrefix);
        return RemoveAsync(new CachedResponseFilter { UriPrefix = uriPrefix }, preview, cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<CacheSelection> MarkStaleAsync(CachedResponseFilter filter, bool preview = false, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(filter);
        var selector = SelectorOf(filter);
        return preview
            ? await _inspector.PreviewAsync(selector, cancellationToken).ConfigureAwait(false)
            : await _inspector.MarkStaleAsync(selector, cancellationToken).ConfigureAwait(false);
    }

    private ResponseSelector SelectorOf(CachedResponseFilter filter)
    {
        var prefixes = new List<string>();
        if (filter.UriPrefix is { } prefix)
        {
            prefixes.Add(prefix);
        }

        if (filter.Origin is { } origin)
        {
            prefixes.Add(OriginRules.OriginOf(Normalize(origin, nameof(filter))) + "/");
        }

        return new ResponseSelector(filter.Uri is { } uri ? _services.StoredUrisOf(Normalize(uri, nameof(filter))) : null, prefixes, filter.Tag, filter.Where);
    }
}
