using System.Runtime.CompilerServices;
using HttpCaching.Control.Flights;
using HttpCaching.Control.Keys;
using HttpCaching.Diagnostics;
using HttpCaching.Fields;
using HttpCaching.Http;
using HttpCaching.Model;
using HttpCaching.Policy;

namespace HttpCaching.Control;

/// <summary>
/// The walk of one request: key, snapshot, decision, and either an answer from the store or an exchange with the origin.
/// The only place where rules, store, messages and clock meet.
/// </summary>
internal sealed partial class Controller
{
    private readonly CacheServices _services;
    private readonly OriginWalk _origin;
    private readonly CollapsedWalk _collapsed;
    private readonly EquivalentLookup _equivalents;
    private readonly EquivalentLookup _peekedEquivalents;
    private readonly Departure _departure;
    private readonly Func<Exchange, CancellationToken, Exchange> _fork;
    private readonly Func<Exchange, ValueTask<Answer?>> _validate;

    // Lookups in a store in memory are no step that a tracer sees.
    private readonly bool _hasLookups;

    private RequestFacts? _spareFacts;

    public Controller(CacheServices services)
    {
        _services = services;
        _departure = new Departure(services);
        _hasLookups = services.HasLookups;
        _equivalents = new EquivalentLookup(services, services.Store.ReadAsync);
        _peekedEquivalents = new EquivalentLookup(services, services.Store.PeekAsync);
        Background = new BackgroundValidator(services, _departure);
        _origin = new OriginWalk(services, Background);
        _collapsed = new CollapsedWalk(services, _origin);
        (_fork, _validate) = (ForkOf, ValidateAsync);
        Straight = StraightPath.Of(services, _departure);
    }

    public BackgroundValidator Background { get; }

    /// <summary>Waits until everything that callers have left behind is in the store.</summary>
    public Task WhenStoredAsync() => _services.Pending.WhenIdleAsync();

    /// <summary>The exchanges with the origin that can be joined now.</summary>
    public RequestCollapser Flights => _services.Flights;

    /// <summary>The straight path, which is asked before the walk; null if the cache has none. Its hits do not pay for the walk's variables.</summary>
    public StraightPath? Straight { get; }

    /// <summary>Answers a request, from the store or through <paramref name="transport"/>. A hit on a store in memory completes at once.</summary>
    /// <param name="request">The caller's request.</param>
    /// <param name="transport">What lies below.</param>
    /// <param name="async">False to block rather than to wait.</param>
    /// <param name="cancellationToken">The caller's token: covers the lookup and the wait for the response head.</param>
    public ValueTask<HttpResponseMessage> SendAsync(
        HttpRequestMessage request, IOriginTransport transport, bool async, CancellationToken cancellationToken)
    {
        if (_services.Keys.TargetUriOf(request) is not { } targetUri)
        {
            return SendAsItIsAsync(request, transport, async, cancellationToken);
        }

        var facts = Interlocked.Exchange(ref _spareFacts, null) ?? NewFacts();
        var presented = facts.Presented;
        RequestReader.Read(request, targetUri, presented);
        var own = RequestSettings.Of(request).As(served: transport.BelongsToCaller);
        var policy = _services.PolicyFor(request, own, presented.Method, targetUri);
        facts.Complete(own.Mode, LimitsFor(own, policy), policy);
        facts.EndsWithCaller = transport.BelongsToCaller;
        var call = new Call(request, own, transport, async, cancellationToken);
        presented.OnlyAsks = ContentRules.MayOnlyAsk(presented, own.OnlyAsks, policy.Rule);
        var admission = AdmissionRules.Decide(facts);
        if (admission is { Kind: not DecisionKind.Forward })
        {
            return WalkAsync(NewExchange(call, facts, default), admission, default);
        }

        if (ContentRules.IsInKey(presented))
        {
            return WalkByContentAsync(NewExchange(call, facts, default), admission);
        }

        return _services.Keys.TryFor(request, presented, own, policy.Key, out var key)
            ? SendAsync(call, facts, key, admission)
            : WalkAsync(NewExchange(call, facts, default), AdmissionRules.WithoutKey(facts), default);
    }

    /// <summary>Answers a request whose key is known. The decision is made once: a hit ends here, everything else goes on with it.</summary>
    private ValueTask<HttpResponseMessage> SendAsync(in Call call, RequestFacts facts, in CacheKey key, Admission? admission)
    {
        if (_hasLookups && CacheActivities.AreListened)
        {
            return WalkTracedAsync(NewExchange(call, facts, key), admission);
        }

        if (!_services.Store.TryRead(key, call.CancellationToken, out var snapshot, out var pending))
        {
            return WalkAsync(NewExchange(call, facts, key), admission, pending);
        }

        if (snapshot is null || admission is not null)
        {
            return WalkAsync(NewExchange(call, facts, key), admission, new ValueTask<HttpCacheSnapshot?>(snapshot));
        }

        var decision = ReuseRules.Decide(facts, snapshot.Responses, _services.Clock.Now);
        ValueTask<StoredBody?> opening = default;
        if (decision is { Kind: DecisionKind.Serve, ValidateInBackground: false, Stored: { } stored })
        {
            StoredBody? body = null;
            if (!StoredAnswer.NeedsBody(facts.Presented) || _services.Store.TryOpenBody(key, snapshot, stored, call.CancellationToken, out body, out opening))
            {
                var hit = _departure.Leave(facts.Presented.Method, facts.Presented.TargetUri, MakeHit(call.Request, facts, decision, snapshot, body));
                facts.Forget();
                Volatile.Write(ref _spareFacts, facts);
                return new ValueTask<HttpResponseMessage>(hit);
            }
        }

        var exchange = NewExchange(call, facts, key);
        (exchange.Snapshot, exchange.Decision) = (snapshot, decision);
        return WalkOnAsync(exchange, opening);
    }

    private static async ValueTask<HttpResponseMessage> SendAsItIsAsync(
        HttpRequestMessage request, IOriginTransport transport, bool async, CancellationToken cancellationToken) =>
        IOriginTransport.Required(await transport.SendAsync(request, async, cancellationToken).ConfigureAwait(false));

    // Not inlined: its variables would be cleared on every hit.
    [MethodImpl(MethodImplOptions.NoInlining)]
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<HttpResponseMessage> WalkAsync(Exchange exchange, Admission? admission, ValueTask<HttpCacheSnapshot?> read)
    {
        if (!read.IsCompletedSuccessfully && CacheActivities.AreListened)
        {
            exchange.Span = BeginSpan(exchange);
            exchange.Snapshot = await LookUpAsync(exchange, read).ConfigureAwait(false);
        }
        else
        {
            exchange.Snapshot = await read.ConfigureAwait(false);
        }

        if (admission is not { } admitted)
        {
            exchange.Decision = Decide(exchange);
            return await WalkOnAsync(exchange, default).ConfigureAwait(false);
        }

        exchange.Decision = admitted.ToDecision();
        exchange.Span = BeginSpan(exchange);
        return await LeaveAsync(exchange).ConfigureAwait(false);
    }

    /// <summary>Goes on after the decision; what could not be opened at once is opened first.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<HttpResponseMessage> WalkOnAsync(Exchange exchange, ValueTask<StoredBody?> opening)
    {
        if (exchange.Decision is not { Kind: DecisionKind.Serve, ValidateInBackground: false } || !opening.IsCompletedSuccessfully)
        {
            exchange.Span = BeginSpan(exchange);
        }

        try
        {
            if (await opening.ConfigureAwait(false) is { } body)
            {
                exchange.Pin(exchange.Decision.Stored!, body);
            }

            await CompleteLookupAsync(exchange).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            exchange.Span.Fail(exception);
            exchange.Release();
            throw;
        }

        return await LeaveAsync(exchange).ConfigureAwait(false);
    }

    /// <summary>QUERY requests, and POSTs that only ask, are keyed by their content as well, which has to be read first (RFC 10008 §2.7).</summary>
    private async ValueTask<HttpResponseMessage> WalkByContentAsync(Exchange exchange, Admission? admission) =>
        await FindKeyAsync(exchange).ConfigureAwait(false) is { } without
            ? await WalkAsync(exchange, without, default).ConfigureAwait(false)
            : await WalkAsync(exchange, admission, _services.Store.ReadAsync(exchange.Key, exchange.CancellationToken)).ConfigureAwait(false);

    /// <summary>Gives the exchange its key; the admission that its request has if it can have none.</summary>
    private async ValueTask<Admission?> FindKeyAsync(Exchange exchange)
    {
        string? digest = null;
        if (ContentRules.IsInKey(exchange.Presented))
        {
            var content = await QueryContent.ReadAsync(exchange.Request, _services.Settings.MaximumQueryContent, exchange.CancellationToken).ConfigureAwait(false);
            if (content is not { } bytes || (exchange.Presented.OnlyAsks && !ContentRules.OnlyAsks(exchange.Presented, bytes.Span)))
            {
                return WithoutContent(exchange);
            }

            digest = QueryContent.DigestOf(exchange.Request, bytes, exchange.Facts.Directives.NoTransform ? null : _services.Settings.QueryNormalizers);
        }

        if (!_services.Keys.TryFor(exchange.Request, exchange.Presented, exchange.Own, exchange.Policy.Key, out var key, digest))
        {
            return AdmissionRules.WithoutKey(exchange.Facts);
        }

        exchange.Key = key;
        return null;
    }

    /// <summary>The admission of a request whose content can't be in its key: a POST may change something after all.</summary>
    private static Admission? WithoutContent(Exchange exchange)
    {
        if (exchange.Presented.OnlyAsks)
        {
            exchange.Presented.OnlyAsks = false;
            return AdmissionRules.Decide(exchange.Facts);
        }

        return exchange.Facts.IsOnlyIfCached
            ? new Admission(DecisionKind.Unsatisfiable, CacheReason.OnlyIfCached)
            : new Admission(DecisionKind.Bypass, CacheReason.RequestContent);
    }

    /// <summary>A store that can't be read is one with nothing in it, and nothing can be stored safely either.</summary>
    private Decision Decide(Exchange exchange) =>
        exchange.Snapshot is { } snapshot ? ReuseRules.Decide(exchange.Facts, snapshot.Responses, _services.Clock.Now)
        : exchange.Facts.IsOnlyIfCached ? new Decision(DecisionKind.Unsatisfiable, CacheReason.OnlyIfCached)
        : new Decision(DecisionKind.Forward, CacheReason.StoreUnavailable);

    /// <summary>Looks where the request's own key has nothing.</summary>
    private async ValueTask CompleteLookupAsync(Exchange exchange)
    {
        await _equivalents.ApplyAsync(exchange).ConfigureAwait(false);
        NoteOtherPartition(exchange);
    }

    private void NoteOtherPartition(Exchange exchange) =>
        exchange.IsInOtherPartition = exchange.Decision is { Reason: CacheReason.Miss, VariedField: null } && _services.Partitions.HasOther(exchange.Key);

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<HttpResponseMessage> LeaveAsync(Exchange exchange)
    {
        try
        {
            return _departure.Leave(exchange.Presented, await ActAsync(exchange).ConfigureAwait(false), exchange.Span);
        }
        catch (Exception exception)
        {
            exchange.Fail(exception);
            throw;
        }
        finally
        {
            exchange.Release();
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<Answer> ActAsync(Exchange exchange)
    {
        while (true)
        {
            switch (exchange.Decision.Kind)
            {
                case DecisionKind.Unsatisfiable:
                    return _origin.Unsatisfiable(exchange);

                case DecisionKind.Serve:
                    if (await ServeAsync(exchange).ConfigureAwait(false) is { } hit)
                    {
                        _collapsed.FoundElsewhere(exchange);
                        return hit;
                    }

                    break;

                default:
                    var answer = await _collapsed.AskAsync(exchange).ConfigureAwait(false);
                    if (!answer.IsLookAgain)
                    {
                        return answer;
                    }

                    // Another request, or another process, may have stored the response in the meantime.
                    exchange.HasLookedAgain = true;
                    exchange.TakeSnapshot()?.Dispose();
                    exchange.Snapshot = await _services.Store.ReadAsync(exchange.Key, exchange.CancellationToken).ConfigureAwait(false);
                    exchange.Decision = Decide(exchange);
                    await CompleteLookupAsync(exchange).ConfigureAwait(false);
                    break;
            }
        }
    }

    /// <summary>The stored response; null if its body can't be read after all, and the exchange has another decision.</summary>
    private async ValueTask<Answer?> ServeAsync(Exchange exchange)
    {
        var (decision, snapshot) = (exchange.Decision, exchange.Snapshot!);
        StoredBody? body = null;
        if (StoredAnswer.NeedsBody(exchange.Presented))
        {
            body = exchange.TakePin(decision.Stored!)
                ?? await _services.Store.OpenBodyAsync(exchange.Key, snapshot, decision.Stored!, exchange.CancellationToken).ConfigureAwait(false);
            if (body is null)
            {
                if (exchange.IsEquivalent)
                {
                    // The broken response was an equivalent: a response for this URI does not belong under its key.
                    exchange.TakeSnapshot()?.Dispose();
                }

                exchange.Decision = new Decision(
                    exchange.Facts.IsOnlyIfCached ? DecisionKind.Unsatisfiable : DecisionKind.Forward, CacheReason.StoreUnavailable);
                return null;
            }
        }

        var response = MakeHit(exchange.Request, exchange.Facts, decision, exchange.TakeSnapshot(), body);
        if (decision.ValidateInBackground)
        {
            Background.Start(exchange, _fork, _validate);
        }

        return new Answer(response, response.Status, StoredAnswer.BytesOf(response));
    }

    private static CachedResponseMessage MakeHit(
        HttpRequestMessage request, RequestFacts asked, in Decision decision, HttpCacheSnapshot? snapshot, StoredBody? body)
    {
        var stored = decision.Stored!;
        var facts = ResponseConclusions.Of(stored, asked.Settings);
        var response = StoredAnswer.Make(request, asked, stored, decision.Age, snapshot, body);
        response.Status = StoredMessage.StatusOf(stored, decision.Reason, decision.Age, facts.FreshnessLifetime, facts.Source);
        return response;
    }

    private static StaleLimits LimitsFor(RequestSettings own, PolicySettings policy) =>
        own.StaleIfError is null && own.StaleWhileRevalidate is null
            ? policy.StaleLimits
            : policy.StaleLimits with { IfError = own.StaleIfError ?? policy.StaleIfError, WhileRevalidate = own.StaleWhileRevalidate ?? policy.StaleWhileRevalidate };

    // Not inlined: its variables would be cleared on every hit.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Exchange NewExchange(in Call call, RequestFacts facts, in CacheKey key) => new(call, facts) { Key = key };

    private RequestFacts NewFacts() => new(NewHead(), default, HttpCacheMode.Default, _services.Policy.StaleLimits, _services.Policy);

    private static RequestHead NewHead() => new() { Method = string.Empty, TargetUri = string.Empty, Fields = HttpFields.Empty };
}
