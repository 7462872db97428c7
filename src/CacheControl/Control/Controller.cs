using System.Runtime.CompilerServices;
using HttpCaching.Control.Flights;
using HttpCaching.Control.Keys;
using HttpCaching.Fields;
using HttpCaching.Http;
using HttpCaching.Model;
using HttpCaching.Policy;

namespace HttpCaching.Control;

/// <summary>
/// The walk of one request: key, snapshot, decision, and either an answer from the store or an exchange with the origin.
/// The only place where rules, store, messages and clock meet.
/// </summary>
internal sealed class Controller
{
    private readonly CacheServices _services;
    private readonly StoredAnswer _answers;
    private readonly OriginWalk _origin;
    private readonly CollapsedWalk _collapsed;
    private readonly EquivalentLookup _equivalents;
    private readonly StaleLimits _limits;
    private readonly Departure _departure;

    private RequestHead? _spareHead;

    public Controller(CacheServices services)
    {
        _services = services;
        _answers = new StoredAnswer(services.Policy);
        _departure = new Departure(services);
        Background = new BackgroundValidator(services, this);
        _equivalents = new EquivalentLookup(services);
        _origin = new OriginWalk(services, _answers, Background);
        _collapsed = new CollapsedWalk(services, _origin, LookAgainAsync);
        _limits = new StaleLimits(services.Policy.StaleIfError, services.Policy.StaleWhileRevalidate, services.Policy.StaleWhenDisconnected);
    }

    public BackgroundValidator Background { get; }

    /// <summary>Waits until everything that callers have left behind is in the store.</summary>
    public Task WhenStoredAsync() => _services.Pending.WhenIdleAsync();

    /// <summary>The exchanges with the origin that can be joined now.</summary>
    public RequestCollapser Flights => _services.Flights;

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

        var presented = TakeHead();
        RequestReader.Read(request, targetUri, presented);
        var own = RequestSettings.Of(request);
        RequestDirectives directives = default;
        if (presented.Fields.Count > 0)
        {
            directives = RequestDirectives.Parse(presented.Fields);
        }

        var admission = AdmissionRules.Decide(presented, directives, own.Mode, _services.Policy);
        if (admission is { Kind: not DecisionKind.Forward } || presented.Method == MethodRules.Query)
        {
            return WalkAsync(NewExchange(request, presented, directives, own, default, transport, async, cancellationToken), admission, default);
        }

        if (!_services.Keys.TryFor(request, presented, own, out var key))
        {
            var without = AdmissionRules.WithoutKey(directives, own.Mode);
            return WalkAsync(NewExchange(request, presented, directives, own, default, transport, async, cancellationToken), without, default);
        }

        if (!_services.Store.TryRead(key, cancellationToken, out var snapshot, out var pending))
        {
            return WalkAsync(NewExchange(request, presented, directives, own, key, transport, async, cancellationToken), admission, pending);
        }

        Opening? opening = null;
        if (snapshot is not null && admission is null
            && TryAnswerAtOnce(request, presented, directives, own, key, snapshot, cancellationToken, out opening) is { } response)
        {
            presented.Forget();
            Volatile.Write(ref _spareHead, presented);
            return new ValueTask<HttpResponseMessage>(response);
        }

        var exchange = NewExchange(request, presented, directives, own, key, transport, async, cancellationToken);
        exchange.Snapshot = snapshot;
        return opening is null ? WalkAsync(exchange, admission, default) : WalkAsync(exchange, opening);
    }

    private static async ValueTask<HttpResponseMessage> SendAsItIsAsync(
        HttpRequestMessage request, IOriginTransport transport, bool async, CancellationToken cancellationToken) =>
        IOriginTransport.Required(await transport.SendAsync(request, async, cancellationToken).ConfigureAwait(false));

    /// <summary>Validates what is stored for a request, and stores what comes back: the background half of stale-while-revalidate.</summary>
    /// <param name="request">The request.</param>
    /// <param name="from">The key under which a response was served stale.</param>
    /// <param name="served">That response.</param>
    /// <param name="transport">What lies below.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>The response; null if what was served has been replaced, refreshed or removed meanwhile, and there is nothing to validate.</returns>
    public async ValueTask<HttpResponseMessage?> ValidateAsync(
        HttpRequestMessage request, CacheKey from, StoredResponse served, IOriginTransport transport, CancellationToken cancellationToken)
    {
        var presented = NewHead();
        RequestReader.Read(request, _services.Keys.TargetUriOf(request)!, presented);
        var own = RequestSettings.Of(request) with { Mode = HttpCacheMode.NoCache };
        if (presented.Method == MethodRules.Query)
        {
            var content = new RequestDirectives { NoTransform = RequestDirectives.Parse(presented.Fields).NoTransform };
            return await WalkAsync(NewExchange(request, presented, content, own, default, transport, true, cancellationToken), null, default).ConfigureAwait(false);
        }

        if (!_services.Keys.TryFor(request, presented, own, out var key))
        {
            return null;
        }

        var exchange = NewExchange(request, presented, default, own, key, transport, true, cancellationToken);
        exchange.Snapshot = await _services.Store.ReadAsync(key, cancellationToken).ConfigureAwait(false);
        if (exchange.Snapshot is null || (key == from && !exchange.Candidates.Any(stored => stored.Generation == served.Generation)))
        {
            exchange.Release();
            return null;
        }

        return await WalkAsync(exchange, null, default).ConfigureAwait(false);
    }

    /// <summary>The answer, if everything it needs is there without waiting: what a hit on a store in memory costs is this method.</summary>
    private CachedResponseMessage? TryAnswerAtOnce(
        HttpRequestMessage request,
        RequestHead presented,
        in RequestDirectives directives,
        RequestSettings own,
        CacheKey key,
        HttpCacheSnapshot snapshot,
        CancellationToken cancellationToken,
        out Opening? opening)
    {
        opening = null;
        if (!ReuseRules.TryServe(presented, directives, own.Mode, snapshot.Responses, _services.Clock.Now, _services.Policy, out var served))
        {
            return null;
        }

        StoredBody? body = null;
        if (StoredAnswer.NeedsBody(presented)
            && !_services.Store.TryOpenBody(key, snapshot, served.Stored, cancellationToken, out body, out var pending))
        {
            opening = new Opening(served.Stored, pending.AsTask());
            return null;
        }

        return _departure.Leave(presented, MakeHit(request, presented, served, snapshot, body));
    }

    /// <summary>Goes on with a body that could not be opened at once.</summary>
    private async ValueTask<HttpResponseMessage> WalkAsync(Exchange exchange, Opening opening)
    {
        try
        {
            if (await opening.Body.ConfigureAwait(false) is { } body)
            {
                exchange.Pin(opening.Stored, body);
            }
        }
        catch
        {
            exchange.Release();
            throw;
        }

        return await WalkAsync(exchange, admission: null, default).ConfigureAwait(false);
    }

    // Not inlined: its variables would be cleared on every hit.
    [MethodImpl(MethodImplOptions.NoInlining)]
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<HttpResponseMessage> WalkAsync(Exchange exchange, Admission? admission, ValueTask<HttpCacheSnapshot?> read)
    {
        try
        {
            if (exchange.Presented.Method == MethodRules.Query && (admission is null or { Kind: DecisionKind.Forward }))
            {
                return _departure.Leave(exchange.Presented, await WalkQueryAsync(exchange, admission).ConfigureAwait(false));
            }

            exchange.Snapshot ??= await read.ConfigureAwait(false);
            await DecideAsync(exchange, admission).ConfigureAwait(false);
            return _departure.Leave(exchange.Presented, await ActAsync(exchange).ConfigureAwait(false));
        }
        finally
        {
            exchange.Release();
        }
    }

    /// <summary>QUERY requests are keyed by their content as well, which has to be read first (RFC 10008 §2.7).</summary>
    private async ValueTask<Answer> WalkQueryAsync(Exchange exchange, Admission? admission)
    {
        var digest = await QueryContent.DigestAsync(
            exchange.Request,
            _services.Settings.MaximumQueryContent,
            exchange.Directives.NoTransform ? null : _services.Settings.QueryNormalizers,
            exchange.CancellationToken).ConfigureAwait(false);
        if (digest is null)
        {
            exchange.Decision = exchange.Directives.OnlyIfCached || exchange.Mode == HttpCacheMode.OnlyIfCached
                ? new Decision(DecisionKind.Unsatisfiable, CacheReason.OnlyIfCached)
                : new Decision(DecisionKind.Bypass, CacheReason.RequestContent);
            return await ActAsync(exchange).ConfigureAwait(false);
        }

        if (!_services.Keys.TryFor(exchange.Request, exchange.Presented, exchange.Own, out var key, digest))
        {
            exchange.Decision = AdmissionRules.WithoutKey(exchange.Directives, exchange.Mode).ToDecision();
            return await ActAsync(exchange).ConfigureAwait(false);
        }

        var keyed = exchange.WithKey(key);
        try
        {
            keyed.Snapshot = await _services.Store.ReadAsync(keyed.Key, keyed.CancellationToken).ConfigureAwait(false);
            await DecideAsync(keyed, admission).ConfigureAwait(false);
            return await ActAsync(keyed).ConfigureAwait(false);
        }
        finally
        {
            keyed.Release();
        }
    }

    private async ValueTask DecideAsync(Exchange exchange, Admission? admission)
    {
        exchange.Decision = admission?.ToDecision() ?? Decide(exchange);
        if (admission is null)
        {
            await _equivalents.ApplyAsync(exchange).ConfigureAwait(false);
            exchange.IsInOtherPartition = exchange.Decision is { Reason: CacheReason.Miss, VariedField: null } && _services.Partitions.HasOther(exchange.Key);
        }
    }

    private Decision Decide(Exchange exchange) =>
        exchange.Snapshot is { } snapshot
            ? ReuseRules.Decide(
                exchange.Presented, exchange.Directives, exchange.Mode, snapshot.Responses, exchange.Limits, _services.Clock.Now, _services.Policy)
            : WithoutStore(exchange);

    /// <summary>A store that can't be read is one with nothing in it, and nothing can be stored safely either.</summary>
    private static Decision WithoutStore(Exchange exchange) =>
        exchange.Directives.OnlyIfCached || exchange.Mode == HttpCacheMode.OnlyIfCached
            ? new Decision(DecisionKind.Unsatisfiable, CacheReason.OnlyIfCached)
            : new Decision(DecisionKind.Forward, CacheReason.StoreUnavailable);

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<Answer> ActAsync(Exchange exchange) => exchange.Decision.Kind switch
    {
        DecisionKind.Serve => await ServeAsync(exchange).ConfigureAwait(false) ?? await _origin.AskAsync(exchange).ConfigureAwait(false),
        DecisionKind.Unsatisfiable => _origin.Unsatisfiable(exchange),
        _ => await _collapsed.AskAsync(exchange).ConfigureAwait(false),
    };

    /// <summary>Reads the store anew, because what was asked for by another request may have come meanwhile.</summary>
    private async ValueTask<Answer> LookAgainAsync(Exchange exchange)
    {
        exchange.TakeSnapshot()?.Dispose();
        exchange.Snapshot = await _services.Store.ReadAsync(exchange.Key, exchange.CancellationToken).ConfigureAwait(false);
        await DecideAsync(exchange, null).ConfigureAwait(false);
        return await ActAsync(exchange).ConfigureAwait(false);
    }

    /// <summary>The stored response; null if its body can't be read after all, and the origin has to be asked.</summary>
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
                if (exchange.Key.Uri != exchange.Presented.TargetUri)
                {
                    // The broken one was an equivalent: what comes for this URI does not belong under its key.
                    exchange.TakeSnapshot()?.Dispose();
                }

                exchange.Decision = new Decision(
                    exchange.Directives.OnlyIfCached || exchange.Mode == HttpCacheMode.OnlyIfCached ? DecisionKind.Unsatisfiable : DecisionKind.Forward,
                    CacheReason.StoreUnavailable);
                return exchange.Decision.Kind == DecisionKind.Unsatisfiable ? await ActAsync(exchange).ConfigureAwait(false) : null;
            }
        }

        var served = new ServedResponse(decision.Stored!, ResponseConclusions.Of(decision.Stored!, _services.Policy), decision.Age, decision.Reason);
        var response = MakeHit(exchange.Request, exchange.Presented, served, exchange.TakeSnapshot(), body);
        if (decision.ValidateInBackground)
        {
            Background.Start(exchange.Request, exchange.Key, decision.Stored!, exchange.Transport);
        }

        return new Answer(response, response.Status, StoredAnswer.BytesOf(response));
    }

    private CachedResponseMessage MakeHit(
        HttpRequestMessage request, RequestHead presented, in ServedResponse served, HttpCacheSnapshot? snapshot, StoredBody? body)
    {
        var response = _answers.Make(request, presented, served.Stored, served.Age, snapshot, body);
        response.Status = StoredMessage.Of(served.Stored).StatusOf(served.Reason, served.Age, served.Facts.FreshnessLifetime, served.Facts.Source);
        return response;
    }

    private StaleLimits LimitsFor(RequestSettings own) =>
        own.StaleIfError is null && own.StaleWhileRevalidate is null
            ? _limits
            : _limits with { IfError = own.StaleIfError ?? _limits.IfError, WhileRevalidate = own.StaleWhileRevalidate ?? _limits.WhileRevalidate };

    [MethodImpl(MethodImplOptions.NoInlining)]
    private Exchange NewExchange(
        HttpRequestMessage request,
        RequestHead presented,
        in RequestDirectives directives,
        RequestSettings own,
        in CacheKey key,
        IOriginTransport transport,
        bool async,
        CancellationToken cancellationToken) => new()
        {
            Request = request,
            Presented = presented,
            Directives = directives,
            Own = own,
            Mode = own.Mode,
            Key = key,
            Limits = LimitsFor(own),
            Transport = transport,
            IsAsync = async,
            CancellationToken = cancellationToken,
        };

    private RequestHead TakeHead() => Interlocked.Exchange(ref _spareHead, null) ?? NewHead();

    private static RequestHead NewHead() => new() { Method = string.Empty, TargetUri = string.Empty, Fields = HttpFields.Empty };

    /// <summary>The body of what is about to be served, on its way.</summary>
    private sealed record Opening(StoredResponse Stored, Task<StoredBody?> Body);
}
