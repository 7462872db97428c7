using HttpCaching.Fields;
using HttpCaching.Inspection;

namespace HttpCaching;

/// <summary>A stored response as it was when a tool listed it. Immutable. The body stays in the store, see <see cref="OpenBodyAsync"/>.</summary>
public sealed class CachedResponse
{
    private readonly StoreInspector _inspector;
    private readonly CacheKey _key;
    private readonly StoredResponse _head;
    private readonly ResponseView _view;

    internal CachedResponse(StoreInspector inspector, CacheKey key, StoredResponse head, ResponseView view)
    {
        (_inspector, _key, _head, _view) = (inspector, key, head, view);
        Uri = new Uri(key.Uri);
    }

    /// <summary>The URI of the key: the target URI, or what a rule or <see cref="HttpRequestMessageExtensions.WithCacheKey"/> puts in its place. A name that a request has given is shown as a fragment.</summary>
    public Uri Uri { get; }

    /// <summary>The method of the request: GET, HEAD, or QUERY.</summary>
    public string Method => _head.Method;

    /// <summary>The status code; 206 only for an incomplete response.</summary>
    public int StatusCode => _head.StatusCode;

    /// <summary>
    /// A label of the partition that the response belongs to; <see langword="null"/> if it belongs to no partition. Responses of one partition have the same label in one cache. The label is
    /// a keyed hash: it does not reveal the credentials, the user or the tenant.
    /// </summary>
    public string? Partition => _view.Partition;

    /// <summary>The names of the request fields that select among the variants of the URI (the response's Vary); their values are not shown, because they may be secret.</summary>
    public IReadOnlyList<string> VariesBy => [.. _head.SelectingFields.Fields.Select(static selecting => selecting.Name)];

    /// <summary>The Content-Type, or <see langword="null"/>.</summary>
    public string? ContentType => _head.Fields.First(FieldNames.ContentType);

    /// <summary>The entity tag as it was received, or <see langword="null"/>.</summary>
    public string? EntityTag => _head.Fields.First(FieldNames.ETag);

    /// <summary>The number of body bytes that are stored.</summary>
    public long BodyBytes => _head.BodyLength;

    /// <summary>Whether the whole representation is stored (RFC 9111 §3.3).</summary>
    public bool IsComplete => _head.IsComplete;

    /// <summary>When the response arrived, or was last confirmed by the origin.</summary>
    public DateTimeOffset ReceivedAt => _head.Times.ResponseTime;

    /// <summary>
    /// When the cache last read the response for a request, or when it was stored if it has not since, in UTC. <see langword="null"/> if the store can't tell: Redis, and a store of your own that does not.
    /// Listings and the other tools are no use. The responses of one key are read together, and so have the same last use, unless one was stored later. The precision is that of the store:
    /// a second in memory; in files and SQLite some milliseconds for the uses of this process, and half a minute and more for those of others, which write them down in groups. With a memory
    /// tier, uses by other processes show <see cref="TieredHttpCacheStoreOptions.MaximumAge"/> late.
    /// </summary>
    public DateTimeOffset? LastUse => _view.LastUse;

    /// <summary>The age at the time of the listing (RFC 9111 §4.2.3).</summary>
    public TimeSpan Age => _view.Age;

    /// <summary>The freshness lifetime by the settings of this cache (RFC 9111 §4.2.1).</summary>
    public TimeSpan FreshnessLifetime => _view.Lifetime;

    /// <summary>Where the lifetime comes from.</summary>
    public FreshnessSource FreshnessSource => _view.Source;

    /// <summary>Whether the response was fresh at the time of the listing (RFC 9111 §4.2). A response that is <see cref="IsMarkedStale"/> is not.</summary>
    public bool IsFresh => _view.IsFresh;

    /// <summary>Whether a tool has marked the response, so that it is used only after the origin has confirmed it, or as stale-if-error permits: see <see cref="IHttpCache.MarkStaleAsync"/>.</summary>
    public bool IsMarkedStale => _head.IsMarkedStale;

    /// <summary>The tags by which the response can be removed: those of the caller and the cache groups of the origin.</summary>
    public IReadOnlyList<string> Tags => _head.Tags;

    internal CacheKey Key => _key;

    internal StoredResponse Head => _head;

    /// <summary>Opens the stored body, as the origin sent it: a content coding is not removed.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>A stream that the caller disposes; <see langword="null"/> if the response is no longer stored, or its removal is pending.</returns>
    /// <exception cref="IOException">The store can't read the body.</exception>
    public Task<Stream?> OpenBodyAsync(CancellationToken cancellationToken = default) => _inspector.OpenBodyAsync(_key, _head.BodyId, cancellationToken);

    /// <summary>The method, the URI and the status code.</summary>
    public override string ToString() => $"{Method} {_key.Uri} {StatusCode}";
}
