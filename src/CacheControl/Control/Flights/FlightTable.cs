namespace HttpCaching.Control.Flights;

/// <summary>
/// Flights by their keys, at most one for each. They form chains, so adding and removing a flight moves two references and copies no key. Not
/// thread-safe.
/// </summary>
internal sealed class FlightTable
{
    private const int FirstChains = 64;

    // Their number is a power of two. It grows with the flights, and does not shrink.
    private Flight?[] _chains = new Flight?[FirstChains];

    public int Count { get; private set; }

    /// <summary>The flight of a key, or null.</summary>
    public Flight? Find(in FlightKey key)
    {
        var flight = ChainOf(key);
        while (flight is not null && !flight.Key.Equals(key))
        {
            flight = flight.Next;
        }

        return flight;
    }

    /// <summary>Adds a flight. Its key must have none.</summary>
    public void Add(Flight flight)
    {
        if (Count == _chains.Length)
        {
            Grow();
        }

        Link(flight);
        Count++;
    }

    /// <summary>Removes a flight if it is there. Another flight with the same key stays.</summary>
    public void Remove(Flight flight)
    {
        ref var place = ref ChainOf(flight.Key);
        while (place is not null && place != flight)
        {
            place = ref place.Next;
        }

        if (place is not null)
        {
            place = flight.Next;
            flight.Next = null;
            Count--;
        }
    }

    /// <summary>Removes all flights that match.</summary>
    public void RemoveAll(Predicate<Flight> matches)
    {
        foreach (ref var chain in _chains.AsSpan())
        {
            for (ref var place = ref chain; place is not null;)
            {
                var flight = place;
                if (!matches(flight))
                {
                    place = ref flight.Next;
                    continue;
                }

                place = flight.Next;
                flight.Next = null;
                Count--;
            }
        }
    }

    private ref Flight? ChainOf(in FlightKey key) => ref _chains[key.GetHashCode() & (_chains.Length - 1)];

    private void Link(Flight flight)
    {
        ref var chain = ref ChainOf(flight.Key);
        flight.Next = chain;
        chain = flight;
    }

    private void Grow()
    {
        var old = _chains;
        _chains = new Flight?[2 * old.Length];
        foreach (var chain in old)
        {
            for (var flight = chain; flight is not null;)
            {
                var next = flight.Next;
                Link(flight);
                flight = next;
            }
        }
    }
}
