using HttpCaching.Storage.InMemory;

namespace HttpCaching;

/// <content>Listing.</content>
public sealed partial class MemoryHttpCacheStore
{
    /// <inheritdoc/>
    public IAsyncEnumerable<ListedResponse> EnumerateAsync(CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        return _index.All(cancellationToken).Select(Listed).ToAsyncEnumerable();
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<ListedResponse> EnumerateAsync(string uri, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(uri);
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        return _index.Of(uri).Select(Listed).ToAsyncEnumerable();
    }

    /// <inheritdoc/>
    /// <remarks>Compares the URI of every response.</remarks>
    public IAsyncEnumerable<ListedResponse> EnumerateByPrefixAsync(string uriPrefix, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(uriPrefix);
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        return _index.All(cancellationToken).Where(held => held.Key.Uri.StartsWith(uriPrefix, StringComparison.Ordinal)).Select(Listed).ToAsyncEnumerable();
    }

    private static ListedResponse Listed(HeldResponse held) => new(held.Key, held.Head, held.LastUse);
}
