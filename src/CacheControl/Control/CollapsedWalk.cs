using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using HttpCaching.Control.Flights;
using HttpCaching.Control.Time;
using HttpCaching.Diagnostics;
using HttpCaching.Http;
using HttpCaching.Policy;

namespace HttpCaching.Control;

/// <summary>
/// The way to the origin for requests that may share one exchange (RFC 9111 §4): the first one asks, the others wait for its head and read its body along.
/// Whatever goes wrong with that, a request can always go its own way.
/// </summary>
/// <param name="services">The cache.</param>
/// <param name="origin">The way of one request.</param>
internal sealed class CollapsedWalk(CacheServices services, OriginWalk origin)
{
    /// <summary>How often a request waits for another request before it asks the origin itself.</summary>
    private const int MaximumWaits = 3;

    private readonly RequestCollapser _flights = services.Flights;

    // The spans of leaders, before their flights have results. Not in the flight, which every miss has.
    private readonly ConditionalWeakTable<Flight, Activity> _leaders = [];

    /// <summary>Asks the origin, or has it asked, and answers the caller, unless the store has to be looked at again.</summary>
    public ValueTask<Answer> AskAsync(Exchange exchange)
    {
        if (exchange.Flight is { Result: null } own)
        {
            return AskAfterLookingAgainAsync(exchange, own);
        }

        return AskAnewAsync(exchange, null);
    }

    /// <summary>Ends the flight of a request that was answered out of the store after it had been looked at again.</summary>
    public void FoundElsewhere(Exchange exchange)
    {
        if (exchange.Flight is { Result: null } flight)
        {
            _flights.FoundElsewhere(flight);
        }
    }

    private ValueTask<Answer> AskAnewAsync(Exchange exchange, long? start)
    {
        if (!MayShare(exchange) || origin.IsLate(exchange))
        {
            return origin.AskAsync(exchange);
        }

        var key = KeyOf(exchange, exchange.Candidates.FirstOrDefault());
        var role = _flights.Enter(key, exchange.HasLookedAgain, out var flight);
        if (role != FlightRole.Lead)
        {
            return FollowAsync(exchange, key, role, flight);
        }

        if (start is { } since)
        {
            _flights.Nodes?.Begin(flight!, since);
        }

        return LeadAsync(exchange, flight!);
    }

    private bool MayShare(Exchange exchange) =>
        _flights.Settings.CollapseRequests && exchange.Snapshot is not null && !exchange.IsEquivalent
        && CollapseRules.MayShare(exchange.Facts, exchange.Decision);

    /// <summary>Asks the origin, unless another process does so already.</summary>
    private ValueTask<Answer> LeadAsync(Exchange exchange, Flight flight)
    {
        exchange.Flight = flight;
        if (exchange.Span.Activity is { } span)
        {
            _leaders.AddOrUpdate(flight, span);
        }

        return _flights.Nodes is null ? origin.AskAsync(exchange) : LeadAmongNodesAsync(exchange, flight, _flights.Nodes);
    }

    /// <summary>Waits for another process that asks the origin already; false if none does, and this one is to ask.</summary>
    private async ValueTask<bool> EnterAsync(Exchange exchange, Flight flight, NodeFlights nodes)
    {
        using var step = services.Activities.Step(SpanNames.Wait, exchange.Span);
        step.Tag(SpanNames.WaitFor, "process");
        return await nodes.EnterAsync(flight, exchange.CancellationToken).ConfigureAwait(false);
    }

    private ActivityContext LeaderOf(Exchange exchange, Flight flight) =>
        exchange.Span.IsRecorded && _leaders.TryGetValue(flight, out var span) ? span.Context : default;

    private async ValueTask<Answer> LeadAmongNodesAsync(Exchange exchange, Flight flight, NodeFlights nodes)
    {
        try
        {
            return await EnterAsync(exchange, flight, nodes).ConfigureAwait(false) ? Answer.LookAgain : await origin.AskAsync(exchange).ConfigureAwait(false);
        }
        catch (Exception exception) when (flight.Result is null)
        {
            flight.Fail(exception, exchange.CancellationToken);
            throw;
        }
    }

    /// <summary>Goes on with a flight whose leader did not find in the store what another process might have put there.</summary>
    private ValueTask<Answer> AskAfterLookingAgainAsync(Exchange exchange, Flight flight)
    {
        // Without a store there is nothing to look at. The followers still get this request's response.
        if (exchange.Snapshot is null)
        {
            return origin.AskAsync(exchange);
        }

        if (MayShare(exchange) && KeyOf(exchange, exchange.Candidates.FirstOrDefault()).Equals(flight.Key))
        {
            return LeadAsync(exchange, flight);
        }

        // What was found makes it another flight, with other companions; the patience is the same.
        var start = _flights.Nodes?.StartOf(flight);
        exchange.Flight = null;
        _flights.FoundElsewhere(flight);
        return AskAnewAsync(exchange, start);
    }

    private async ValueTask<Answer> FollowAsync(Exchange exchange, FlightKey key, FlightRole role, Flight? flight)
    {
        for (var waits = 0; ; waits++)
        {
            switch (role)
            {
                case FlightRole.Lead:
                    return await LeadAsync(exchange, flight!).ConfigureAwait(false);

                case FlightRole.LookAgain:
                    return Answer.LookAgain;

                case FlightRole.Alone:
                    return await AloneAsync(exchange, "alone").ConfigureAwait(false);
            }

            var result = role == FlightRole.Wait
                ? await WaitAsync(exchange, flight!).ConfigureAwait(false)
                : await JoinAsync(exchange, flight!).ConfigureAwait(false);
            exchange.Span.Link(LeaderOf(exchange, flight!));
            if (result is not null && await AnswerAsync(exchange, result, hasWaited: role == FlightRole.Wait).ConfigureAwait(false) is { } response)
            {
                return response;
            }

            if (result is FlightResult.Elsewhere && !exchange.HasLookedElsewhere)
            {
                // Even if it has looked again already: that was before this flight, and what another process stored has come since.
                exchange.HasLookedElsewhere = true;
                return Answer.LookAgain;
            }

            // The Vary of the response names the variants. Requests for another variant find each other under its name.
            var isOther = false;
            if (result is SharedBody shared)
            {
                key = KeyOf(exchange, shared.Head);
                isOther = !key.Equals(flight!.Key) || MakesRoom(exchange, flight, role, shared);
            }

            if (waits == MaximumWaits || !(isOther || result is null or FlightResult.Abandoned))
            {
                return await AloneAsync(exchange, result is FlightResult.Overdue ? "overdue" : "unshared").ConfigureAwait(false);
            }

            role = _flights.Enter(key, exchange.HasLookedAgain, out flight);
        }
    }

    /// <summary>
    /// Ends the flight of a body that is still arriving and can't serve newcomers, as that of an error or of a response that has expired by now: they wait for each other
    /// again, and not each for itself until it has arrived.
    /// </summary>
    private bool MakesRoom(Exchange exchange, Flight flight, FlightRole role, SharedBody shared)
    {
        if (role != FlightRole.Join || CollapseRules.IsWorthSharing(shared.Head, services.Clock.Now, exchange.Policy))
        {
            return false;
        }

        _flights.Unlist(flight);
        return true;
    }

    private static FlightKey KeyOf(Exchange exchange, StoredResponse? known) =>
        new(exchange.Key, !exchange.Decision.Nominated.IsEmpty, known is null ? null : CollapseRules.VariantOf(exchange.Presented, known, exchange.Policy), WireVersion.Of(exchange.Request));

    private async ValueTask<Answer> AloneAsync(Exchange exchange, string outcome)
    {
        services.Metrics.Collapsed(outcome);
        exchange.Collapsed = false;
        return await origin.AskAsync(exchange).ConfigureAwait(false);
    }

    /// <summary>Waits for the head. A caller who blocks is not made to wait for a free thread of the pool on top.</summary>
    private async ValueTask<FlightResult> WaitAsync(Exchange exchange, Flight flight)
    {
        using var step = services.Activities.Step(SpanNames.Wait, exchange.Span);
        step.Tag(SpanNames.WaitFor, "request");
        var arrival = flight.Wait!.Task;
        try
        {
            if (!exchange.IsAsync)
            {
                BlockingWait.Until(arrival, exchange.CancellationToken);
            }

            return await arrival.WaitAsync(exchange.CancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            flight.Owner.Leave(flight);
            throw;
        }
    }

    /// <summary>Takes a place among the readers of a body that is on its way; null if it can't be read from its beginning, and another flight is due.</summary>
    private async ValueTask<SharedBody?> JoinAsync(Exchange exchange, Flight flight)
    {
        var body = flight.Result as SharedBody;
        if (body?.TryJoin() is true)
        {
            return body;
        }

        // What is being committed can't be read along any more, and will be in the store in a moment.
        if (body?.Commit() is not { } commit)
        {
            _flights.Unlist(flight);
        }
        else if (exchange.IsAsync)
        {
            await commit.WaitAsync(exchange.CancellationToken).ConfigureAwait(false);
        }
        else
        {
            BlockingWait.Until(commit, exchange.CancellationToken);
        }

        return null;
    }

    /// <summary>The response made from the result of another request; null if this request needs its own.</summary>
    private async ValueTask<Answer?> AnswerAsync(Exchange exchange, FlightResult result, bool hasWaited)
    {
        switch (result)
        {
            case SharedBody body when Fits(exchange, body.Head):
                var head = body.Length is { } length ? body.Head.WithBody(length) : body.Head;
                return Share(exchange, head, new SharedContent(body, isFirst: false));

            // A request that came after the error's head has not waited for it, and may get a better response.
            case SharedBody body when hasWaited && CollapseRules.IsCommonError(body.Head, exchange.Presented, exchange.Policy):
                return await FailAlongAsync(exchange, body).ConfigureAwait(false);

            case SharedBody body:
                body.Leave();
                return null;

            case FlightResult.Bodiless bodiless when Fits(exchange, bodiless.Head):
                return Share(exchange, bodiless.Head.WithBody(0), new EmptyContent());

            case FlightResult.Validated validated:
                return await FromPinAsync(exchange, validated).ConfigureAwait(false);

            case FlightResult.Failed failed:
                services.Metrics.Collapsed("failed");
                exchange.Collapsed = true;
                return await origin.FailAlongAsync(exchange, failed.Exception).ConfigureAwait(false)
                    ?? throw Rethrown(failed.Exception);

            case FlightResult.StoodIn stoodIn:
                exchange.Collapsed = true;
                return await origin.StandInAlongAsync(exchange, stoodIn.IsDisconnected).ConfigureAwait(false);

            default:
                return null;
        }
    }

    /// <summary>The error that another request got, unless a stored response may be served instead.</summary>
    private async ValueTask<Answer> FailAlongAsync(Exchange exchange, SharedBody body)
    {
        exchange.Collapsed = true;
        Answer? stale;
        try
        {
            stale = await origin.StandInAlongAsync(exchange, isDisconnected: false).ConfigureAwait(false);
        }
        catch
        {
            body.Leave();
            throw;
        }

        if (stale is { } answer)
        {
            body.Leave();
            return answer;
        }

        return Share(exchange, body.Length is { } length ? body.Head.WithBody(length) : body.Head, new SharedContent(body, isFirst: false));
    }

    private bool Fits(Exchange exchange, StoredResponse head) =>
        CollapseRules.Fits(head, exchange.Facts, services.Clock.Now);

    private Answer Share(Exchange exchange, StoredResponse head, HttpContent content)
    {
        var facts = ResponseConclusions.Of(head, exchange.Policy);
        var age = facts.CurrentAge(services.Clock.Now);
        var response = ResponseWriter.FromStored(head, exchange.Request, content, age);
        services.Metrics.Collapsed("shared");
        return new Answer(response, new CacheStatus
        {
            Key = exchange.Presented.TargetUri,
            Forward = exchange.Decision.Forward,
            TimeToLive = facts.FreshnessLifetime - age,
            Age = age,
            Source = facts.Source,
            Collapsed = true,
            Reason = exchange.Decision.Reason,
            VariedField = exchange.Decision.VariedField,
            IsInOtherPartition = exchange.IsInOtherPartition,
        });
    }

    /// <summary>A stored response that the origin has confirmed to another request: the body is the one this request has pinned itself (CON-7).</summary>
    private async ValueTask<Answer?> FromPinAsync(Exchange exchange, FlightResult.Validated validated)
    {
        var head = validated.Head;
        var pinned = exchange.Candidates.FirstOrDefault(stored => stored.BodyId == head.BodyId);
        if (pinned is null
            || !CollapseRules.FitsValidated(head, exchange.Facts, services.Clock.Now)
            || await OpenAsync(exchange, pinned).ConfigureAwait(false) is not { } body)
        {
            return null;
        }

        var facts = ResponseConclusions.Of(head, exchange.Policy);
        var age = facts.CurrentAge(services.Clock.Now);
        var response = ResponseWriter.FromStored(head, exchange.Request, StoredContent.Of(exchange.TakeSnapshot(), body, 0, body.Length), age);
        services.Metrics.Collapsed("validated");
        var status = new CacheStatus
        {
            Key = exchange.Presented.TargetUri,
            Forward = exchange.Decision.Forward,
            ForwardStatus = 304,
            TimeToLive = facts.FreshnessLifetime - age,
            Age = age,
            Source = facts.Source,
            Collapsed = true,
            Reason = CacheReason.Validated,
        };
        return new Answer(response, status, StoredAnswer.BytesOf(response));
    }

    private ValueTask<StoredBody?> OpenAsync(Exchange exchange, StoredResponse pinned) =>
        services.Store.OpenBodyAsync(exchange.Key, exchange.Snapshot!, pinned, exchange.CancellationToken);

    /// <summary>The failure as the caller's own: most handlers above look at the type, and an exception that many throw at once has no stack of its own.</summary>
    private static Exception Rethrown(Exception exception)
    {
        if (exception is HttpRequestException failure && exception.GetType() == typeof(HttpRequestException))
        {
            return new HttpRequestException(failure.HttpRequestError, failure.Message, failure, failure.StatusCode);
        }

        ExceptionDispatchInfo.Throw(exception);
        return exception;
    }
}
