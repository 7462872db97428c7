using HttpCaching.Control.Time;
using HttpCaching.Policy;

namespace HttpCaching.Control.Flights;

/// <summary>The role of a request in a flight.</summary>
internal enum FlightRole
{
    /// <summary>It leads: it asks the origin, and followers may wait for it.</summary>
    Lead,

    /// <summary>It follows: it waits for the head. It counts as a waiter until the flight is settled or it leaves.</summary>
    Wait,

    /// <summary>It follows, and the head is there already.</summary>
    Join,

    /// <summary>A flight has ended since this request read the store: it should read the store again.</summary>
    LookAgain,

    /// <summary>It asks the origin without followers.</summary>
    Alone,
}

/// <summary>
/// The current flights: at most one for each key and variant. Under its lock there is only a look into a table and at a few fields;
/// I/O, timers and callers' code are outside of it (CON-9).
/// </summary>
internal sealed class RequestCollapser(CollapseSettings settings, CacheClock clock, Dispatch dispatch)
{
    private const int FirstSweep = 256;
    private static readonly TimeSpan LeastBetweenSweeps = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly FlightTable _flights = new();
    private readonly RecentKeys _unshareable = new(settings.UnshareableSpan);
    private readonly RecentKeys _landed = new(TimeSpan.FromSeconds(5));
    private int _nextSweep = FirstSweep;
    private long _lastSweep = clock.Provider.GetTimestamp();

    public CollapseSettings Settings => settings;

    public CacheClock Clock => clock;

    /// <summary>Dispatches the followers after their wait.</summary>
    public Dispatch Dispatch => dispatch;

    /// <summary>Makes the spools of shared bodies for slow readers.</summary>
    public SpoolFactory Spools { get; } = new(settings);

    /// <summary>The threads that read the network for blocking callers.</summary>
    public BlockingThreads Threads { get; } = new();

    /// <summary>The sources that end reads from the network.</summary>
    public ReadEndings Endings { get; } = new();

    /// <summary>The flights among several processes; null if there are none.</summary>
    public NodeFlights? Nodes { get; init; }

    /// <summary>The flights of all caches that have the same store, these among them; null if there are no others.</summary>
    public FlightsOfStore? OfStore
    {
        get;
        init
        {
            field = value;
            value?.Add(this);
        }
    }

    /// <summary>The number of flights that a request can join.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _flights.Count;
            }
        }
    }

    /// <summary>Finds the flight of a key, or begins it.</summary>
    /// <param name="key">The key.</param>
    /// <param name="hasLookedAgain">Whether the request has already read the store a second time.</param>
    /// <param name="flight">The flight; null for the roles that have none.</param>
    public FlightRole Enter(in FlightKey key, bool hasLookedAgain, out Flight? flight)
    {
        flight = null;
        if (_unshareable.Contains(key, clock))
        {
            return FlightRole.Alone;
        }

        FlightRole role;
        lock (_lock)
        {
            flight = _flights.Find(key);
            if (flight is not null)
            {
                role = RoleIn_NeedsLock(flight);
            }
            else if (!hasLookedAgain && _landed.MayContain(key))
            {
                // The key is marked before its flight leaves the table, so a request that has missed both is not lost between them.
                role = FlightRole.LookAgain;
            }
            else
            {
                flight = new Flight(key, this);
                _flights.Add(flight);
                SweepIfDue_NeedsLock();
                return FlightRole.Lead;
            }
        }

        if (role == FlightRole.LookAgain)
        {
            return _landed.Contains(key, clock) ? role : Enter(key, hasLookedAgain: true, out flight);
        }

        if (role == FlightRole.Wait && flight!.Wait!.Timer is null)
        {
            StartTimer(flight);
        }

        return role;
    }

    /// <summary>A waiter gives up.</summary>
    public void Leave(Flight flight)
    {
        FlightResult? result;
        lock (_lock)
        {
            result = flight.Result;
            if (result is null)
            {
                flight.Wait!.Waiters--;
                return;
            }
        }

        (result as SharedBody)?.Leave();
    }

    /// <summary>Ends the wait for a head. Every follower of a shared body then has a place among its readers.</summary>
    /// <returns>False if the flight was settled before, or has followers that could not read the body from its beginning: see <see cref="SharedBody.Prepare"/>.</returns>
    public bool Settle(Flight flight, FlightResult result)
    {
        FlightWait? wait;
        lock (_lock)
        {
            if (flight.Result is not null)
            {
                return false;
            }

            if (result is SharedBody body)
            {
                if (flight.Waiters > 0 && !body.IsPrepared)
                {
                    return false;
                }

                body.Reserve(flight.Waiters);
            }
            else
            {
                _flights.Remove(flight);
            }

            flight.Result = result;
            wait = flight.Wait;
        }

        wait?.Timer?.Dispose();
        if (wait is not null)
        {
            dispatch.GoOn(wait, result);
        }

        Nodes?.Settled(flight, result);
        return true;
    }

    /// <summary>The response of a flight is for the leader only. For a while, later requests of its key won't wait.</summary>
    public void RefuseForAWhile(Flight flight)
    {
        _unshareable.Add(flight.Key, clock);
        Settle(flight, FlightResult.Refused.Instance);
    }

    /// <summary>Ends the joining of a flight. If its response is stored, it is in the store by now.</summary>
    /// <param name="flight">The flight.</param>
    /// <param name="isWhole">Whether the complete response has come.</param>
    public void Land(Flight flight, bool isWhole)
    {
        Mark(flight);
        Unlist(flight);
        Nodes?.End(flight, isWhole ? HttpCacheFlightEnd.Stored : HttpCacheFlightEnd.Failed);
    }

    /// <summary>The last reader has left. A response that was incomplete by then is not stored.</summary>
    public void Close(Flight flight)
    {
        Unlist(flight);
        Nodes?.End(flight, HttpCacheFlightEnd.Failed);
    }

    /// <summary>The leader has found the response in the store: the followers read the store again.</summary>
    public void FoundElsewhere(Flight flight)
    {
        Mark(flight);
        Settle(flight, FlightResult.Elsewhere.Instance);
    }

    /// <summary>Records that the response of a flight is in the store now: a request that read the store before should read it again.</summary>
    public void Mark(Flight flight) => _landed.Add(flight.Key, clock);

    /// <summary>Ends the joining of a flight.</summary>
    public void Unlist(Flight flight)
    {
        lock (_lock)
        {
            _flights.Remove(flight);
        }
    }

    /// <summary>A URI was invalidated: responses on their way were requested before, and later requests must ask again (RFC 9111 §4.4).</summary>
    /// <param name="uri">The URI, or <see langword="null"/> for all.</param>
    public void Detach(string? uri) => RemoveAll(flight => uri is null || string.Equals(flight.Key.Key.Uri, uri, StringComparison.Ordinal));

    /// <summary>An origin has withdrawn an unknown part of its responses. Flights to other origins stay.</summary>
    /// <param name="origin">The origin, up to the path.</param>
    public void DetachOrigin(string origin) => RemoveAll(flight => string.Equals(OriginRules.OriginOf(flight.Key.Key.Uri), origin, StringComparison.Ordinal));

    /// <summary>Removes the flights of this cache that match.</summary>
    public void RemoveOwn(Predicate<Flight> matches)
    {
        lock (_lock)
        {
            _flights.RemoveAll(matches);
        }
    }

    /// <summary>
    /// Returns a spool for a whole body; null if there is no room for it. Then bodies without a running read are released, so that the room of forgotten
    /// responses comes back.
    /// </summary>
    /// <param name="length">The body's length if it is known.</param>
    public Spool? BeginSpool(long? length)
    {
        if (Spools.Begin(length) is { } spool)
        {
            return spool;
        }

        lock (_lock)
        {
            // Not for each refusal: a table can be large.
            if (clock.Provider.GetElapsedTime(_lastSweep) > LeastBetweenSweeps)
            {
                Sweep_NeedsLock();
            }
        }

        return null;
    }

    private void SweepIfDue_NeedsLock()
    {
        if (_flights.Count > _nextSweep)
        {
            Sweep_NeedsLock();
        }
    }

    private FlightRole RoleIn_NeedsLock(Flight flight)
    {
        if (flight.Result is not null)
        {
            return FlightRole.Join;
        }

        if (flight.Waiters >= settings.MaximumWaiters)
        {
            return FlightRole.Alone;
        }

        flight.Wait ??= new FlightWait(dispatch.Options);
        flight.Wait.Waiters++;
        return FlightRole.Wait;
    }

    /// <summary>The second request starts the clock for all followers: one timer for a flight, however many there are.</summary>
    private void StartTimer(Flight flight)
    {
        var timer = clock.Provider.CreateTimer(
            static state => ((Flight)state!).Owner.Settle((Flight)state!, FlightResult.Overdue.Instance), flight, settings.MaximumWait, Timeout.InfiniteTimeSpan);
        lock (_lock)
        {
            if (flight.Wait!.Timer is null && flight.Result is null)
            {
                flight.Wait.Timer = timer;
                return;
            }
        }

        timer.Dispose();
    }

    /// <summary>
    /// Releases bodies without a running read: if a caller neither reads nor disposes a response, the garbage collector must still be able to free its connection.
    /// </summary>
    private void Sweep_NeedsLock()
    {
        _flights.RemoveAll(static flight => flight.Result is SharedBody { IsIdle: true });
        _nextSweep = Math.Max(FirstSweep, _flights.Count * 2);
        _lastSweep = clock.Provider.GetTimestamp();
    }

    private void RemoveAll(Predicate<Flight> matches)
    {
        if (OfStore is { } all)
        {
            all.RemoveAll(matches);
        }
        else
        {
            RemoveOwn(matches);
        }
    }
}
