using System.Runtime.CompilerServices;

namespace HttpCaching;

/// <content>Listing: the back lists, and the front knows of later uses.</content>
public sealed partial class TieredHttpCacheStore
{
    /// <inheritdoc/>
    /// <exception cref="NotSupportedException">The back store has no maintenance.</exception>
    public IAsyncEnumerable<ListedResponse> EnumerateAsync(CancellationToken cancellationToken) =>
        WithUsesOfFrontAsync(BackMaintenance.EnumerateAsync(cancellationToken), cancellationToken);

    /// <inheritdoc/>
    /// <exception cref="NotSupportedException">The back store has no maintenance.</exception>
    public IAsyncEnumerable<ListedResponse> EnumerateAsync(string uri, CancellationToken cancellationToken) =>
        WithUsesOfFrontAsync(BackMaintenance.EnumerateAsync(uri, cancellationToken), cancellationToken);

    /// <inheritdoc/>
    /// <exception cref="NotSupportedException">The back store has no maintenance.</exception>
    public IAsyncEnumerable<ListedResponse> EnumerateByPrefixAsync(string uriPrefix, CancellationToken cancellationToken) =>
        WithUsesOfFrontAsync(BackMaintenance.EnumerateByPrefixAsync(uriPrefix, cancellationToken), cancellationToken);

    private async IAsyncEnumerable<ListedResponse> WithUsesOfFrontAsync(
        IAsyncEnumerable<ListedResponse> listed, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var response in listed.WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            // If the back can't tell of uses, the front can't either: it knows only those of this process.
            yield return response.LastUse is { } back ? response with { LastUse = await LastUseAsync(response, back, cancellationToken).ConfigureAwait(false) } : response;
        }
    }

    private async ValueTask<HttpCacheSnapshot?> PeekForUsesAsync(CacheKey key, CancellationToken cancellationToken)
    {
        try
        {
            return await _back.PeekAsync(key, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception) when (!cancellationToken.IsCancellationRequested)
        {
            // The front answers without it.
            return null;
        }
    }

    private async ValueTask<DateTimeOffset> LastUseAsync(ListedResponse response, DateTimeOffset back, CancellationToken cancellationToken)
    {
        try
        {
            using var front = await _front.PeekAsync(response.Key, cancellationToken).ConfigureAwait(false);
            return front.LastUseOf(response.Head) is { } use && use > back ? use : back;
        }
        catch (Exception) when (!cancellationToken.IsCancellationRequested)
        {
            return back;
        }
    }
}
