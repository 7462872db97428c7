namespace HttpCaching.Control.Flights;

/// <summary>What the flights among nodes read of the options.</summary>
internal sealed record NodeFlightSettings
{
    /// <summary>How long a request waits for other processes' flights, in all.</summary>
    public TimeSpan MaximumFlightWait { get; init; } = TimeSpan.FromSeconds(4);

    /// <summary>How long one call may take that does not wait for anybody.</summary>
    public TimeSpan StoreTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How long nobody is asked once that has failed.</summary>
    public TimeSpan StorePause { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long requests don't wait after one that waited in vain.</summary>
    public TimeSpan UnshareableSpan { get; init; } = TimeSpan.FromSeconds(30);
}
