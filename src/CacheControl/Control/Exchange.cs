using System.Collections.Immutable;
using HttpCaching.Control.Flights;
using HttpCaching.Fields;
using HttpCaching.Http;
using HttpCaching.Model;
using HttpCaching.Policy;

namespace HttpCaching.Control;

/// <summary>One request on its way through the cache, once it has been found to need more than a stored response.</summary>
internal sealed class Exchange
{
    // The bodies of the nominated responses, by their identities; few requests have any.
    private Dictionary<long, StoredBody>? _pins;

    public required HttpRequestMessage Request { get; init; }

    public required RequestHead Presented { get; init; }

    public required RequestDirectives Directives { get; init; }

    public required RequestSettings Own { get; init; }

    public required HttpCacheMode Mode { get; init; }

    public required CacheKey Key { get; set; }

    public required StaleLimits Limits { get; init; }

    public required IOriginTransport Transport { get; init; }

    public required bool IsAsync { get; init; }

    public required CancellationToken CancellationToken { get; init; }

    /// <summary>What decided the request: read once, and held until the answer is built. Null if the store was not or could not be read.</summary>
    public HttpCacheSnapshot? Snapshot { get; set; }

    public Decision Decision { get; set; }

    /// <summary>What a 304 to our conditions said that fitted nothing; null if there was none.</summary>
    public ResponseConclusions? Unmatched { get; set; }

    /// <summary>The stamp of the store before a POST was sent whose response may be stored; null if it may not.</summary>
    public long? PostStamp { get; set; }

    /// <summary>When the origin was found to have failed; the default value if it was not.</summary>
    public DateTimeOffset FailedAt { get; set; }

    /// <summary>What others may be waiting for with this request; null if nobody can.</summary>
    public Flight? Flight { get; set; }

    /// <summary>Whether another request's exchange was shared; null if that was not tried.</summary>
    public bool? Collapsed { get; set; }

    /// <summary>Whether the store was read a second time, because a flight had ended meanwhile.</summary>
    public bool HasLookedAgain { get; set; }

    /// <summary>Whether that was after a flight that ended without the origin, because another process had stored the response.</summary>
    public bool HasLookedElsewhere { get; set; }

    /// <summary>Whether nothing is stored under the key, and the URI was stored of late in another partition.</summary>
    public bool IsInOtherPartition { get; set; }

    public ImmutableArray<StoredResponse> Candidates => Snapshot?.Responses ?? [];

    /// <summary>The same request under another key.</summary>
    public Exchange WithKey(CacheKey key) => new()
    {
        Request = Request,
        Presented = Presented,
        Directives = Directives,
        Own = Own,
        Mode = Mode,
        Key = key,
        Limits = Limits,
        Transport = Transport,
        IsAsync = IsAsync,
        CancellationToken = CancellationToken,
    };

    /// <summary>The same request to be finished without its caller: it sees the same heads, and no bodies.</summary>
    public Exchange Fork(HttpRequestMessage request, CancellationToken cancellationToken) => new()
    {
        Request = request,
        Presented = Presented,
        Directives = Directives,
        Own = Own,
        Mode = Mode,
        Key = Key,
        Limits = Limits,
        Transport = Transport.Lasting(),
        IsAsync = true,
        CancellationToken = cancellationToken,
        Decision = Decision,
        Snapshot = Snapshot is { } snapshot ? new HeadsOnlySnapshot(snapshot) : null,
    };

    /// <summary>Keeps the body of a stored response open until the answer is given.</summary>
    public void Pin(StoredResponse response, StoredBody body) => (_pins ??= [])[response.BodyId] = body;

    /// <summary>Whether the body of a stored response is open.</summary>
    public bool HasPinned(StoredResponse response) => _pins?.ContainsKey(response.BodyId) is true;

    /// <summary>Takes a pinned body out, to hand it to the content that will read it.</summary>
    public StoredBody? TakePin(StoredResponse response) => _pins is not null && _pins.Remove(response.BodyId, out var body) ? body : null;

    /// <summary>Takes the snapshot out, to hand it to the content that reads from it.</summary>
    public HttpCacheSnapshot? TakeSnapshot()
    {
        var snapshot = Snapshot;
        Snapshot = null;
        return snapshot;
    }

    /// <summary>Releases what nobody has taken.</summary>
    public void Release()
    {
        Flight?.Release();
        if (_pins is not null)
        {
            foreach (var body in _pins.Values)
            {
                body.Dispose();
            }

            _pins = null;
        }

        TakeSnapshot()?.Dispose();
    }
}
