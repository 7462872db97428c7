using HttpCaching.Control.Keys;
using HttpCaching.Http;
using HttpCaching.Model;
using HttpCaching.Policy;

namespace HttpCaching.Control;

internal sealed partial class Controller
{
    /// <summary>Walks as far as a request goes before the origin is asked, and tells what was found: nothing is changed, counted or sent.</summary>
    /// <param name="request">The request.</param>
    /// <param name="targetUri">Its normalised target URI.</param>
    /// <param name="labelOf">Gives the label of a scope.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<CacheExplanation> ExplainAsync(
        HttpRequestMessage request, string targetUri, Func<string?, string?> labelOf, CancellationToken cancellationToken)
    {
        var own = RequestSettings.Of(request);
        var facts = FactsOf(request, targetUri, own);
        var exchange = NewExchange(new Call(request, own, NoTransport.Instance, IsAsync: true, cancellationToken), facts, default);
        try
        {
            var admission = AdmissionRules.Decide(facts);
            if (admission is null or { Kind: DecisionKind.Forward })
            {
                admission = await FindKeyAsync(exchange).ConfigureAwait(false) ?? admission;
            }

            if (admission is null or { Kind: DecisionKind.Forward } && exchange.Key != default)
            {
                exchange.Snapshot = await _services.Store.PeekAsync(exchange.Key, cancellationToken).ConfigureAwait(false);
            }

            exchange.Decision = admission?.ToDecision() ?? Decide(exchange);
            if (admission is null)
            {
                await _peekedEquivalents.ApplyAsync(exchange).ConfigureAwait(false);
                NoteOtherPartition(exchange);
            }

            var paused = exchange.Decision.Kind is DecisionKind.Serve or DecisionKind.Unsatisfiable ? null : _origin.PauseOf(exchange);
            return Explanations.Of(exchange, paused, labelOf(exchange.Key.Scope), _services.Clock.Now);
        }
        finally
        {
            exchange.Release();
        }
    }

    /// <summary>Tells whether a response would be stored for a request, by the rules that judge what comes from the origin.</summary>
    /// <param name="request">The request.</param>
    /// <param name="targetUri">Its normalised target URI.</param>
    /// <param name="response">The response.</param>
    public StorageExplanation Explain(HttpRequestMessage request, string targetUri, HttpResponseMessage response)
    {
        var facts = FactsOf(request, targetUri, RequestSettings.Of(request));
        var presented = facts.Presented;
        var head = ResponseReader.Read(response, presented.Method, targetUri, presented.Fields, request.RequestUri);
        var now = _services.Clock.Now;
        var outcome = ResponseRules.Decide(new ResponseFacts
        {
            Asked = facts,
            Decision = AdmissionRules.Decide(facts)?.ToDecision() ?? new Decision(DecisionKind.Forward, CacheReason.Miss),
            Candidates = [],
            Response = head,
            Times = new ExchangeTimes(now, now),
            IsOurs = false,
            NewId = RandomId.New,
        });
        return Explanations.Of(facts, head, outcome, now);
    }

    /// <summary>The key of a request, and the condition for the stored responses there that it may be answered with, whatever else it says of the cache.</summary>
    /// <param name="request">The request.</param>
    /// <param name="targetUri">Its normalised target URI.</param>
    /// <param name="cancellationToken">Ends the reading of its content.</param>
    /// <returns>The key; null if the request has none.</returns>
    public async Task<(CacheKey? Key, Func<StoredResponse, bool> Matches)> AddressOfAsync(
        HttpRequestMessage request, string targetUri, CancellationToken cancellationToken)
    {
        var own = RequestSettings.Of(request);
        var facts = FactsOf(request, targetUri, own);
        var exchange = NewExchange(new Call(request, own, NoTransport.Instance, IsAsync: true, cancellationToken), facts, default);
        try
        {
            await FindKeyAsync(exchange).ConfigureAwait(false);
            return (exchange.Key == default ? null : exchange.Key, stored => SelectionRules.MayAnswer(facts.Presented, stored, facts.Settings));
        }
        finally
        {
            exchange.Release();
        }
    }

    private RequestFacts FactsOf(HttpRequestMessage request, string targetUri, RequestSettings own)
    {
        var facts = NewFacts();
        RequestReader.Read(request, targetUri, facts.Presented);
        var policy = _services.PolicyFor(request, own, facts.Presented.Method, targetUri);
        facts.Complete(own.Mode, LimitsFor(own, policy), policy);
        facts.EndsWithCaller = own.IsServed;
        facts.Presented.OnlyAsks = ContentRules.MayOnlyAsk(facts.Presented, own.OnlyAsks, policy.Rule);
        return facts;
    }

    /// <summary>A way to nowhere: a dry run sends nothing.</summary>
    private sealed class NoTransport : IOriginTransport
    {
        public static NoTransport Instance { get; } = new();

        public bool MayDecode => false;

        public ValueTask<HttpResponseMessage> SendAsync(HttpRequestMessage request, bool async, CancellationToken cancellationToken) =>
            throw new InvalidOperationException("A dry run asks no origin.");

        public IOriginTransport Lasting() => this;
    }
}
