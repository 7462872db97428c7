using HttpCaching.Inspection;

namespace HttpCaching;

public sealed partial class HttpCache
{
    /// <inheritdoc/>
    public async Task<CacheExplanation> ExplainAsync(HttpRequestMessage request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        cancellationToken.ThrowIfCancellationRequested();
        return await Controller.ExplainAsync(request, TargetOf(request), new PartitionLabels(_keys).Of, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public StorageExplanation Explain(HttpRequestMessage request, HttpResponseMessage response)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(response);
        return Controller.Explain(request, TargetOf(request), response);
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<CachedResponse>> FindAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        cancellationToken.ThrowIfCancellationRequested();
        var (key, matches) = await Controller.AddressOfAsync(request, TargetOf(request), cancellationToken).ConfigureAwait(false);
        return key is { } found ? await _inspector.FindAsync(found, matches, cancellationToken).ConfigureAwait(false) : [];
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<CachedResponse>> FindAsync(HttpRequestMessage request) => FindAsync(request, CancellationToken.None);

    private string TargetOf(HttpRequestMessage request) =>
        _keys.TargetUriOf(request) ?? throw new ArgumentException("The URI must be an absolute http or https URI, and the field Host, if it is there, the name of a host.", nameof(request));
}
