namespace HttpCaching.Storage;

/// <summary>The two instants that the age calculation needs (RFC 9111 §4.2.3), in UTC.</summary>
public readonly record struct ExchangeTimes
{
    // Ticks, and not the instants with their offsets, which are always zero: every stored response has them.
    private readonly long _request;
    private readonly long _response;

    /// <summary>The times of an exchange.</summary>
    /// <param name="requestTime">When the request that led to the response was sent.</param>
    /// <param name="responseTime">When the head of the response arrived.</param>
    public ExchangeTimes(DateTimeOffset requestTime, DateTimeOffset responseTime)
    {
        _request = requestTime.UtcTicks;
        _response = responseTime.UtcTicks;
    }

    /// <summary>When the request that led to the response was sent.</summary>
    public DateTimeOffset RequestTime => new(_request, TimeSpan.Zero);

    /// <summary>When the head of the response arrived.</summary>
    public DateTimeOffset ResponseTime => new(_response, TimeSpan.Zero);
}
