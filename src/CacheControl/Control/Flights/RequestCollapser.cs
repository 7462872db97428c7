using HttpCaching.Control.Time;
using HttpCaching.Policy;

namespace HttpCaching.Control.Flights;

/// <summary>What a request is to a flight.</summary>
internal enum FlightRole
{
    /// <summary>It asks the origin, and others may wait for it.</summary>
    Lead,

    /// <summary>It waits for the head. It counts as a waiter until the flight is settled or it leaves.</summary>
    Wait,

    /// <summary>The head is there already.</summary>
    Join,

    /// <summary>A flight has ended since this request looked into the store: it should look again.</summary>
    LookAgain,

    /// <summary>It asks the origin, and nobody waits for it.</summary>
    Alone,
}

/// <summary>
/// The flights under way: at most one for each key and variant. All that happens under its lock is a look into a table and a few fields;
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

    /// <summary>Where those who waited go on.</summary>
    public Dispatch Dispatch => dispatch;

    /// <summary>What keeps shared bodies for slow readers.</summary>
    public SpoolFactory Spools { get; } = new(settings);

    /// <summary>Where callers who block have the network read.</summary>
    public BlockingThreads Threads { get; } = new();

    /// <summary>What ends reads from the network.</summary>
    public ReadEndings Endings { get; } = new();

    /// <summary>What keeps the flights of several processes together; null if nothing does.</summary>
    public NodeFlights? Nodes { get; init; }

    /// <summary>The number of flights that can be joined.</summary>
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
    /// <param name="hasLookedAgain">Whether the request has looked into the store a second time already.</param>
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

    /// <summary>Ends the wait for a head. Every waiter of a shared body has a place among its readers from then on.</summary>
    /// <returns>False if the flight was settled before, or has waiters who could not read the body from its beginning: see <see cref="SharedBody.Prepare"/>.</returns>
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

    /// <summary>The response of a flight is for its own caller only. The next ones of its key won't wait, for a while.</summary>
    public void RefuseForAWhile(Flight flight)
    {
        _unshareable.Add(flight.Key, clock);
        Settle(flight, FlightResult.Refused.Instance);
    }

    /// <summary>Nobody can join any more. What came of it is in the store by now, if it is stored at all.</summary>
    /// <param name="flight">The flight.</param>
    /// <param name="isWhole">Whether all of the response has come.</param>
    public void Land(Flight flight, bool isWhole)
    {
        Mark(flight);
        Unlist(flight);
        Nodes?.End(flight, isWhole ? HttpCacheFlightEnd.Stored : HttpCacheFlightEnd.Failed);
    }

    /// <summary>Nobody reads any more. What was not whole by then is not stored.</summary>
    public void Close(Flight flight)
    {
        Unlist(flight);
        Nodes?.End(flight, HttpCacheFlightEnd.Failed);
    }

    /// <summary>The one who led has found the response in the store: all others look there again.</summary>
    public void FoundElsewhere(Flight flight)
    {
        Mark(flight);
        Settle(flight, FlightResult.Elsewhere.Instance);
    }

    /// <summary>Notes that what comes of a flight is in the store now: whoever read the store before should look again.</summary>
    public void Mark(Flight flight) => _landed.Add(flight.Key, clock);

    /// <summary>Nobody can join any more.</summary>
    public void Unlist(Flight flight)
    {
        lock (_lock)
        {
            _flights.Remove(flight);
        }
    }

    /// <summary>A URI was invalidated: what is on its way was asked for before, and whoever comes from now on has to ask again (RFC 9111 §4.4).</summary>
    /// <param name="uri">The URI, or <see langword="null"/> for all.</param>
    public void Detach(string? uri)
    {
        lock (_lock)
        {
            _flights.RemoveAll(flight => uri is null || string.Equals(flight.Key.Key.Uri, uri, StringComparison.Ordinal));
        }
    }

    /// <summary>An origin has taken back an unknown part of what it has said, and what is on its way of other origins stays.</summary>
    /// <param name="origin">The origin, up to the path.</param>
    public void DetachOrigin(string origin)
    {
        lock (_lock)
        {
            _flights.RemoveAll(flight => string.Equals(OriginRules.OriginOf(flight.Key.Key.Uri), origin, StringComparison.Ordinal));
        }
    }

    /// <summary>
    /// A spool for a whole body; null if there is no room for it. Then bodies that nobody reads are let go of, so that their room comes back when their callers
    /// have forgotten them.
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
            // Not for each one that is refused: a table can be large.
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

    /// <summary>The second request starts the clock of all that wait: one timer for a flight, however many they are.</summary>
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
    /// Lets go of bodies that nobody reads: a caller that neither reads nor disposes a response must not keep its connection from being collected.
    /// </summary>
    private void Sweep_NeedsLock()
    {
        _flights.RemoveAll(static flight => flight.Result is SharedBody { IsIdle: true });
        _nextSweep = Math.Max(FirstSweep, _flights.Count * 2);
        _lastSweep = clock.Provider.GetTimestamp();
    }
}
