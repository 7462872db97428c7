using System.Collections.Immutable;
using System.Net;
using System.Runtime.CompilerServices;
using HttpCaching.Control.Keys;
using HttpCaching.Control.Time;
using HttpCaching.Diagnostics;
using HttpCaching.Fields;
using HttpCaching.Http;
using HttpCaching.Model;
using HttpCaching.Policy;

namespace HttpCaching.Control;

/// <summary>
/// The way of a request to the origin and back: pin the stored responses that may answer it, send it with the right conditions, and judge the response.
/// </summary>
internal sealed partial class OriginWalk(CacheServices services, BackgroundValidator background)
{
    private readonly OutcomeActions _outcomes = new(services);
    private readonly OriginPauses _pauses = new(services);
    private readonly Invalidation _invalidation = new(services);
    private readonly PostedResponses _posted = new(services);
    private int _warnedOfRedirects;
    private int _warnedOfDecoding;
    private int _warnedOfCredentials;
    private int _warnedOfNotModified;

    /// <summary>A response of the cache's own to a request that must not reach the origin.</summary>
    public Answer Unsatisfiable(Exchange exchange) => _outcomes.Generated(exchange, HttpStatusCode.GatewayTimeout, ForwardReason.None, exchange.Decision.Reason);

    /// <summary>What a request is answered with while its origin is not to be asked; null if it may be asked.</summary>
    public PausedAnswer? PauseOf(Exchange exchange) => _pauses.AnswerOf(exchange);

    /// <summary>Asks the origin and answers the caller.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<Answer> AskAsync(Exchange exchange)
    {
        try
        {
            await PinAsync(exchange).ConfigureAwait(false);
            await _posted.NoteAsync(exchange).ConfigureAwait(false);
            if (_pauses.AnswerOf(exchange) is { } paused)
            {
                return _outcomes.Paused(exchange, paused);
            }

            var conditions = ConditionsFor(exchange);
            if (IsLate(exchange))
            {
                return _outcomes.Late(exchange);
            }

            var (received, isLate) = SoftTimeoutOf(exchange) is { } limit
                ? await SendSoftlyAsync(exchange, conditions, limit).ConfigureAwait(false)
                : (await SendAsync(exchange, conditions).ConfigureAwait(false), false);
            return isLate ? _outcomes.Late(exchange) : await AnswerAsync(exchange, conditions, received).ConfigureAwait(false);
        }
        catch (Exception exception) when (exchange.Flight is not null)
        {
            exchange.Flight.Fail(exception, exchange.CancellationToken);
            throw;
        }
    }

    /// <summary>Answers with the received response; if there is none, with a stored one or a failure.</summary>
    private ValueTask<Answer> AnswerAsync(Exchange exchange, HttpFields conditions, ReceivedResponse? received) =>
        received is { } response ? FinishAsync(exchange, response, isOurs: conditions.Count > 0) : new(Failed(exchange));

    /// <summary>Answers with a response. On every other way out the response is released, and its connection with it.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<Answer> FinishAsync(Exchange exchange, ReceivedResponse received, bool isOurs)
    {
        try
        {
            var outcome = await JudgeAsync(exchange, received, isOurs).ConfigureAwait(false);
            if (outcome is not ResponseOutcome.Resend resend)
            {
                _pauses.Note(exchange, received.Head);
                return await _outcomes.FinishAsync(exchange, received, outcome).ConfigureAwait(false);
            }

            received.Response.Dispose();
            exchange.Unmatched = resend.Unmatched;
            await _outcomes.DropAsync(exchange, outcome).ConfigureAwait(false);
        }
        catch
        {
            received.Response.Dispose();
            throw;
        }

        return isOurs
            ? await AskPlainlyAsync(exchange).ConfigureAwait(false)
            : throw new InvalidOperationException("A response to the caller's own request is never asked for again.");
    }

    /// <summary>Sends the request without conditions of ours, after a 304 (or a part) that fits nothing that is stored. There is no third time.</summary>
    private async ValueTask<Answer> AskPlainlyAsync(Exchange exchange)
    {
        Log.Resent(services.Logger, Log.Loggable(exchange.Presented.TargetUri));

        // What was selected stays known: a whole response takes its place, whatever it varies on.
        exchange.Decision = exchange.Decision with { Kind = DecisionKind.Forward, Nominated = [] };
        var received = (await SendAsync(exchange, HttpFields.Empty).ConfigureAwait(false))!.Value;
        return await FinishAsync(exchange, received, isOurs: false).ConfigureAwait(false);
    }

    private async ValueTask<ResponseOutcome> JudgeAsync(Exchange exchange, ReceivedResponse received, bool isOurs)
    {
        await _posted.CheckAsync(exchange, received).ConfigureAwait(false);
        await _invalidation.AfterAsync(exchange, received.Head).ConfigureAwait(false);
        WarnOnce(exchange, received.Head, isOurs);
        await _posted.ReadAsync(exchange).ConfigureAwait(false);
        return ResponseRules.Decide(
            new ResponseFacts
            {
                Asked = exchange.Facts,
                Decision = exchange.Decision,
                Candidates = exchange.Candidates,
                Response = received.Head,
                Times = received.Times,
                IsOurs = isOurs,
                Unmatched = exchange.Unmatched,
                Tags = exchange.Own.Tags,
                NewId = RandomId.New,
            });
    }

    private void WarnOnce(Exchange exchange, ResponseHead response, bool isOurs)
    {
        if (response.StatusCode == 304 && !isOurs && !PreconditionRules.AsksForNotModified(exchange.Presented.Fields)
            && Interlocked.Exchange(ref _warnedOfNotModified, 1) == 0)
        {
            Log.NotModifiedUnasked(services.Logger, Log.Loggable(exchange.Presented.TargetUri));
        }

        if (response.FinalUri != exchange.Presented.TargetUri && Interlocked.Exchange(ref _warnedOfRedirects, 1) == 0)
        {
            Log.RedirectedBelow(services.Logger);
        }

        if (response.CredentialsAddedBelow && !services.Policy.IsShared && Interlocked.Exchange(ref _warnedOfCredentials, 1) == 0)
        {
            Log.CredentialsBelow(services.Logger);
        }

        if (response.IsDecoded && response.FieldsChangedBelow.Contains(FieldNames.AcceptEncoding, StringComparer.OrdinalIgnoreCase)
            && Interlocked.Exchange(ref _warnedOfDecoding, 1) == 0)
        {
            Log.DecodedBelow(services.Logger);
        }
    }

    /// <summary>Opens what the conditions will speak of before they go out; what can't be opened is not spoken of.</summary>
    private ValueTask PinAsync(Exchange exchange) =>
        exchange.Decision.Kind is DecisionKind.Validate or DecisionKind.Complete && exchange.Snapshot is { } snapshot && StoredAnswer.NeedsBody(exchange.Presented)
            ? PinAsync(exchange, snapshot)
            : default;

    private async ValueTask PinAsync(Exchange exchange, HttpCacheSnapshot snapshot)
    {
        var decision = exchange.Decision;
        var wanted = decision.Stored is { } selected && !decision.Nominated.Contains(selected) ? decision.Nominated.Add(selected) : decision.Nominated;
        foreach (var stored in wanted)
        {
            if (!exchange.HasPinned(stored)
                && await services.Store.OpenBodyAsync(exchange.Key, snapshot, stored, exchange.CancellationToken).ConfigureAwait(false) is { } body)
            {
                exchange.Pin(stored, body);
            }
        }

        var usable = Pinned(exchange, decision.Nominated);
        var lost = decision.Stored is { } one && !exchange.HasPinned(one);
        exchange.Decision = decision with
        {
            Kind = lost ? (usable.IsEmpty ? DecisionKind.Forward : DecisionKind.Validate) : decision.Kind,
            Nominated = usable,
            Stored = lost ? null : decision.Stored,
        };
    }

    private static ImmutableArray<StoredResponse> Pinned(Exchange exchange, ImmutableArray<StoredResponse> nominated)
    {
        foreach (var stored in nominated)
        {
            nominated = exchange.HasPinned(stored) ? nominated : nominated.Remove(stored);
        }

        return nominated;
    }

    private HttpFields ConditionsFor(Exchange exchange) => exchange.Decision.Kind switch
    {
        DecisionKind.Validate => ValidationRules.Conditions(exchange.Presented, exchange.Decision.Nominated, exchange.Policy),
        DecisionKind.Complete => PartialRules.CompletionFields(exchange.Decision.Stored!, exchange.Policy),
        _ => HttpFields.Empty,
    };

    /// <summary>Sends the request; null means that the origin failed and something else can be answered.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<ReceivedResponse?> SendAsync(Exchange exchange, HttpFields conditions)
    {
        var added = WithModeFields(exchange, conditions);
        using var copy = added.Count > 0 ? RequestWriter.Clone(exchange.Request, added) : null;
        using var span = services.Activities.Step(conditions.Count > 0 ? SpanNames.Validate : SpanNames.Forward, exchange.Span);
        var requestTime = services.Clock.Now;
        exchange.AskedAfter = services.Store.Withdrawn.Count;
        var patience = services.Settings.ValidationTimeout;

        // Only if a stored response can still be served when the limit has passed: otherwise the limit itself would be the caller's failure.
        var isLimited = !exchange.Transport.BelongsToCaller && StandsIn(exchange, requestTime) && patience < DateTimeOffset.MaxValue - requestTime && StandsIn(exchange, requestTime + patience);
        using var limit = isLimited ? new CancellationTokenSource(patience, services.Clock.Provider) : null;
        using var either = limit is null ? null : CancellationTokenSource.CreateLinkedTokenSource(limit.Token, exchange.CancellationToken);
        try
        {
            var response = IOriginTransport.Required(await exchange.Transport
                .SendAsync(copy ?? exchange.Request, exchange.IsAsync, either?.Token ?? exchange.CancellationToken).ConfigureAwait(false));
            span.Tag(SpanNames.StatusCode, (int)response.StatusCode);
            try
            {
                var times = new ExchangeTimes(requestTime, services.Clock.Now);
                services.Tally.OriginAnswered(times.ResponseTime - times.RequestTime);
                return Receive(exchange, response, copy, times);
            }
            catch
            {
                response.Dispose();
                throw;
            }
        }
        catch (Exception exception)
        {
            span.Fail(exception);
            await _invalidation.AfterFailureAsync(exchange).ConfigureAwait(false);

            // The limit is this caller's, who has something to fall back on; the origin may still answer.
            if (limit is not { IsCancellationRequested: true })
            {
                exchange.Flight?.Fail(exception, exchange.CancellationToken);
            }

            // Asked again: while the origin kept us waiting the stored response may have become too old to stand in. A timer that is late does not count.
            exchange.FailedAt = limit is { IsCancellationRequested: true } ? requestTime + patience : services.Clock.Now;
            if (FailureRules.IsOriginFailure(exception, exchange.CancellationToken) && (StandsIn(exchange, exchange.FailedAt) || MayAnswer504(exchange)))
            {
                return null;
            }

            throw;
        }
    }

    /// <summary>Reads the head, and ties the response to the caller's own request, which looks as it would had no copy of it been sent.</summary>
    private ReceivedResponse Receive(Exchange exchange, HttpResponseMessage response, HttpRequestMessage? copy, ExchangeTimes times)
    {
        var (presented, request) = (exchange.Presented, exchange.Request);
        var sent = copy is null ? presented.Fields : RequestReader.FieldsOf(copy);
        var final = response.RequestMessage;
        var head = ResponseReader.Read(response, presented.Method, presented.TargetUri, sent, presented.RequestUri, exchange.Transport.MayDecode);
        if (services.Policy.IsShared && !head.Fields.Contains(FieldNames.Date))
        {
            // A shared cache adds the time of receipt to a response that has no Date (RFC 9110 §6.6.1).
            response.Headers.TryAddWithoutValidation(FieldNames.Date, HttpDate.Format(times.ResponseTime));
        }

        if (copy is not null && ReferenceEquals(final, copy))
        {
            request.RequestUri = copy.RequestUri;
            request.Method = copy.Method;
        }

        if (final is null || ReferenceEquals(final, copy))
        {
            response.RequestMessage = request;
        }

        return new ReceivedResponse(response, head, times);
    }

    /// <summary>A soft or hard reload says so to the caches on the way as well, unless the caller has said something else.</summary>
    private static HttpFields WithModeFields(Exchange exchange, HttpFields conditions)
    {
        if (exchange.Facts.Mode is not (HttpCacheMode.Reload or HttpCacheMode.NoCache) || exchange.Presented.Fields.Contains(FieldNames.CacheControl))
        {
            return conditions;
        }

        return conditions.Append(FieldNames.CacheControl, exchange.Facts.Mode == HttpCacheMode.Reload ? "no-cache" : "max-age=0");
    }

    private bool StandsIn(Exchange exchange, DateTimeOffset now) =>
        ResponseRules.OnDisconnect(exchange.Facts, exchange.Decision, now) is not null;

    private bool MayAnswer504(Exchange exchange) =>
        services.Settings.GatewayTimeoutOnFailure && exchange.Decision is { Kind: DecisionKind.Validate, Stored: not null };

    /// <summary>The answer to a failure of the request that this one waited for; null if nothing stands in, and the failure is this one's too.</summary>
    public async ValueTask<Answer?> FailAlongAsync(Exchange exchange, Exception exception)
    {
        await PinAsync(exchange).ConfigureAwait(false);
        return FailureRules.IsOriginFailure(exception, CancellationToken.None) && (StandInOf(exchange, isDisconnected: true) is not null || MayAnswer504(exchange))
            ? Failed(exchange)
            : null;
    }

    /// <summary>The stale response, if the request that this one waited for was answered with one; null if this one's may not stand in.</summary>
    public async ValueTask<Answer?> StandInAlongAsync(Exchange exchange, bool isDisconnected)
    {
        await PinAsync(exchange).ConfigureAwait(false);
        return StandInOf(exchange, isDisconnected) is { } stale ? _outcomes.ServeStale(exchange, stale, null)
            : isDisconnected && SoftTimeoutOf(exchange) is not null ? _outcomes.Late(exchange)
            : null;
    }

    private ResponseOutcome.ServeStale? StandInOf(Exchange exchange, bool isDisconnected) =>
        ResponseRules.StandIn(exchange.Facts, exchange.Decision, services.Clock.Now, isDisconnected);

    private Answer Failed(Exchange exchange)
    {
        var now = exchange.FailedAt == default ? services.Clock.Now : exchange.FailedAt;
        var stale = ResponseRules.OnDisconnect(exchange.Facts, exchange.Decision, now);
        if (stale is null)
        {
            return _outcomes.Generated(exchange, HttpStatusCode.GatewayTimeout, exchange.Decision.Forward, exchange.Decision.Reason);
        }

        _pauses.NoteFailure(exchange);
        return _outcomes.ServeStale(exchange, stale, null);
    }
}
