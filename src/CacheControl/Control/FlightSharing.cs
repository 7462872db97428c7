using HttpCaching.Control.Flights;
using HttpCaching.Http;
using HttpCaching.Policy;

namespace HttpCaching.Control;

/// <summary>The leader's part of a flight: its followers get the result of its exchange, and read its body along.</summary>
internal sealed class FlightSharing(CacheServices services)
{
    /// <summary>Shares a response that is being stored, or would be if the store took it.</summary>
    /// <param name="exchange">The exchange, on whose flight others may wait.</param>
    /// <param name="upstream">Its content; afterwards a part of the shared body.</param>
    /// <param name="head">Its head, as it is stored.</param>
    /// <param name="recorder">What stores it; null if nothing does.</param>
    /// <param name="sink">The recorder, or what stands before it.</param>
    /// <param name="length">The length that the message has declared, or null.</param>
    /// <returns>The first caller's content; null if the response is not shared, and nothing was done to it.</returns>
    public HttpContent? Share(
        Exchange exchange, HttpContent upstream, StoredResponse head, Recorder? recorder, IRecordingSink? sink, long? length)
    {
        if (exchange.Flight is not { Result: null } flight)
        {
            return null;
        }

        if (exchange.Transport.BelongsToCaller)
        {
            flight.Release();
            return null;
        }

        if (!CollapseRules.IsWorthSharing(head, services.Clock.Now, exchange.Policy))
        {
            Refuse(flight, head.StatusCode);
            return null;
        }

        return Share(flight, upstream, head, recorder, sink, length);
    }

    /// <summary>Records a response whose origin belongs to its caller. No other caller may read its body along, so the requests that wait look into the store when it is there.</summary>
    /// <param name="exchange">The exchange, on whose flight others may wait.</param>
    /// <param name="head">Its head, as it is stored.</param>
    /// <param name="sink">Records it.</param>
    /// <param name="length">The length that the message has declared, or null.</param>
    public IRecordingSink Record(Exchange exchange, StoredResponse head, IRecordingSink sink, long? length)
    {
        if (exchange.Flight is not { Result: null } flight)
        {
            return sink;
        }

        if (!CollapseRules.IsWorthSharing(head, services.Clock.Now, exchange.Policy))
        {
            Refuse(flight, head.StatusCode);
            return sink;
        }

        if (length > AwaitedSink.Longest)
        {
            flight.Release();
            return sink;
        }

        // It ends with the body, and not with the exchange.
        exchange.Flight = null;
        return new AwaitedSink(sink, flight);
    }

    /// <summary>
    /// Settles the flight of a response that is not stored. If only its missing freshness keeps an error of the origin from being stored, the error is shared with
    /// the requests that wait already: they were sent at the same time, and an origin in trouble must not get each of them.
    /// </summary>
    public void SharePassed(Exchange exchange, ReceivedResponse received, NotStoredReason reason)
    {
        if (exchange.Flight is not { Result: null } flight)
        {
            return;
        }

        var status = received.Head.StatusCode;
        if (reason != NotStoredReason.NoPermission || !StatusRules.IsErrorForStale(status) || exchange.Transport.BelongsToCaller)
        {
            Refuse(flight, status);
            return;
        }

        var head = StorageRules.HeadOf(
            exchange.Facts, received.Head, ResponseConclusions.Of(exchange.Presented, received.Head, received.Times, exchange.Policy), null, exchange.Own.Tags, (RandomId.New(), RandomId.New()));
        received.Response.Content = Share(flight, received.Response.Content, head, null, null, received.Head.IsDecoded ? null : received.Head.WireContentLength)
            ?? received.Response.Content;
    }

    /// <summary>Shares a response that may be.</summary>
    private static SharedContent? Share(
        Flight flight, HttpContent upstream, StoredResponse head, Recorder? recorder, IRecordingSink? sink, long? length)
    {
        // A response that is not stored, and that no other request waits for, is not kept.
        if (recorder is null && flight.Wait is null)
        {
            flight.Release();
            return null;
        }

        var body = new SharedBody(flight, head, upstream, length, recorder, sink);
        if ((recorder is null && !body.Prepare()) || !TrySettle(flight, body))
        {
            body.Discard();
            flight.Release();
            return null;
        }

        return new SharedContent(body, isFirst: true);
    }

    /// <summary>Shares a response that has no body and is stored by now.</summary>
    public void ShareBodiless(Exchange exchange, StoredResponse head)
    {
        if (exchange.Flight is not { Result: null } flight)
        {
            return;
        }

        if (CollapseRules.IsWorthSharing(head, services.Clock.Now, exchange.Policy))
        {
            Land(flight, new FlightResult.Bodiless(head));
        }
        else
        {
            Refuse(flight, head.StatusCode);
        }
    }

    /// <summary>Shares that the origin has confirmed a stored response, whose head is replaced by now.</summary>
    public void ShareValidation(Exchange exchange, ResponseOutcome.Freshen freshen)
    {
        if (exchange.Flight is not { Result: null } flight)
        {
            return;
        }

        if (freshen.Drop.Contains(freshen.Pinned) || ResponseConclusions.Of(freshen.Head, exchange.Policy).AlwaysValidate)
        {
            flight.Owner.RefuseForAWhile(flight);
        }
        else
        {
            Land(flight, new FlightResult.Validated(freshen.Pinned, freshen.Head));
        }
    }

    /// <summary>Lets everybody ask for themselves. An error tells nothing of what the resource is like otherwise: nothing is remembered of it.</summary>
    private static void Refuse(Flight flight, int status)
    {
        if (StatusRules.IsErrorForStale(status))
        {
            flight.Release();
        }
        else
        {
            flight.Owner.RefuseForAWhile(flight);
        }
    }

    // Marked first: a request that has missed the new head in the store and the flight in the table knows then that it should look again.
    private static void Land(Flight flight, FlightResult result)
    {
        flight.Owner.Mark(flight);
        flight.Owner.Settle(flight, result);
    }

    private static bool TrySettle(Flight flight, SharedBody body)
    {
        // Somebody may begin to wait in between.
        while (!flight.Owner.Settle(flight, body))
        {
            if (flight.Result is not null || !body.Prepare())
            {
                return false;
            }
        }

        return true;
    }
}
