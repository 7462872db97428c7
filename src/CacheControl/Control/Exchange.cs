using System.Collections.Immutable;
using HttpCaching.Control.Flights;
using HttpCaching.Control.Keys;
using HttpCaching.Diagnostics;
using HttpCaching.Fields;
using HttpCaching.Http;
using HttpCaching.Model;
using HttpCaching.Policy;

namespace HttpCaching.Control;

/// <summary>One request on its way through the cache, once it has been found to need more than a stored response.</summary>
/// <param name="call">The call that it answers.</param>
/// <param name="facts">The facts that the rules know of the request.</param>
internal sealed class Exchange(in Call call, RequestFacts facts)
{
    // The open bodies of the nominated responses: of one as a rule, and never of many.
    private OpenBody? _pins;

    public HttpRequestMessage Request { get; } = call.Request;

    /// <summary>The facts that the rules know of the request.</summary>
    public RequestFacts Facts => facts;

    public RequestHead Presented => facts.Presented;

    /// <summary>The settings that apply to the request.</summary>
    public PolicySettings Policy => Facts.Settings;

    public RequestSettings Own { get; } = call.Own;

    public CacheKey Key { get; set; }

    /// <summary>Whether the key is that of a stored response whose own URI means the same, and not the request's.</summary>
    public bool IsEquivalent { get; set; }

    public IOriginTransport Transport { get; private set; } = call.Transport;

    public bool IsAsync { get; } = call.IsAsync;

    public CancellationToken CancellationToken { get; } = call.CancellationToken;

    /// <summary>The snapshot that decided the request: read once, and held until the answer is built. Null if the store was not or could not be read.</summary>
    public HttpCacheSnapshot? Snapshot { get; set; }

    public Decision Decision { get; set; }

    /// <summary>The conclusions of a 304 to our conditions that fitted no stored response; null if there was none.</summary>
    public ResponseConclusions? Unmatched { get; set; }

    /// <summary>The stamp of the store before a POST was sent whose response may be stored; null if it may not.</summary>
    public long? PostStamp { get; set; }

    /// <summary>The number of removals by filter before the origin was asked.</summary>
    public long AskedAfter { get; set; }

    /// <summary>The span of the request; the default value for none.</summary>
    public CacheSpan Span { get; set; }

    /// <summary>When the origin was found to have failed; the default value if it was not.</summary>
    public DateTimeOffset FailedAt { get; set; }

    /// <summary>The flight that other requests may wait for; null if none can.</summary>
    public Flight? Flight { get; set; }

    /// <summary>Whether another request's exchange was shared; null if that was not tried.</summary>
    public bool? Collapsed { get; set; }

    /// <summary>Whether the store was read a second time, because a flight had ended since the first time.</summary>
    public bool HasLookedAgain { get; set; }

    /// <summary>Whether that was after a flight that ended without the origin, because another process had stored the response.</summary>
    public bool HasLookedElsewhere { get; set; }

    /// <summary>Whether nothing is stored under the key, and the URI was stored of late in another partition.</summary>
    public bool IsInOtherPartition { get; set; }

    public ImmutableArray<StoredResponse> Candidates => Snapshot?.Responses ?? [];

    /// <summary>An exchange of the same decision that may outlive this one: it sees the same heads, and no bodies.</summary>
    /// <param name="alone">The call that it answers.</param>
    /// <param name="asked">The facts that the rules know of its request.</param>
    public Exchange Fork(in Call alone, RequestFacts asked) => new(alone, asked)
    {
        Key = Key,
        Decision = Decision,
        Span = Span.Borrowed,
        Snapshot = Snapshot is { } snapshot ? new HeadsOnlySnapshot(snapshot) : null,
    };

    /// <summary>Goes on through a pipeline that its caller can't take away.</summary>
    public Exchange OnLastingPipeline()
    {
        Transport = Transport.Lasting();
        return this;
    }

    /// <summary>Keeps the body of a stored response open until the answer is given.</summary>
    public void Pin(StoredResponse response, StoredBody body) => _pins = new OpenBody(response.BodyId, body, _pins);

    /// <summary>Whether the body of a stored response is open.</summary>
    public bool HasPinned(StoredResponse response) => PinOf(response) is not null;

    /// <summary>Takes a pinned body out, to hand it to the content that will read it.</summary>
    public StoredBody? TakePin(StoredResponse response) => PinOf(response)?.Take();

    /// <summary>Takes the snapshot out, to hand it to the content that reads from it.</summary>
    public HttpCacheSnapshot? TakeSnapshot()
    {
        var snapshot = Snapshot;
        Snapshot = null;
        return snapshot;
    }

    /// <summary>Notes that the exchange ends with an exception. If other requests wait for it, it is theirs too.</summary>
    public void Fail(Exception exception)
    {
        Span.Fail(exception);
        if (Flight is { Result: null } flight)
        {
            flight.Fail(exception, CancellationToken);
        }
    }

    /// <summary>Releases the pins and the snapshot that no content has taken.</summary>
    public void Release()
    {
        Flight?.Release();
        for (; _pins is not null; _pins = _pins.Next)
        {
            _pins.Take()?.Dispose();
        }

        TakeSnapshot()?.Dispose();
        Span.Dispose();
    }

    private OpenBody? PinOf(StoredResponse response)
    {
        for (var pin = _pins; pin is not null; pin = pin.Next)
        {
            if (pin.BodyId == response.BodyId && pin.IsThere)
            {
                return pin;
            }
        }

        return null;
    }

    private sealed class OpenBody(long bodyId, StoredBody body, OpenBody? next)
    {
        private StoredBody? _body = body;

        public long BodyId => bodyId;

        public OpenBody? Next => next;

        public bool IsThere => _body is not null;

        public StoredBody? Take() => Interlocked.Exchange(ref _body, null);
    }
}
