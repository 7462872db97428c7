namespace HttpCaching.Control.Flights;

/// <summary>The options of flights among nodes.</summary>
internal sealed record NodeFlightSettings
{
    /// <summary>The longest wait of a request for other processes' flights, in all.</summary>
    public TimeSpan MaximumFlightWait { get; init; } = TimeSpan.FromSeconds(4);

    /// <summary>The longest time of one call that does not wait for a flight.</summary>
    public TimeSpan StoreTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How long no call is made after failures.</summary>
    public TimeSpan StorePause { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long requests don't wait after one that waited in vain.</summary>
    public TimeSpan UnshareableSpan { get; init; } = TimeSpan.FromSeconds(30);
}
