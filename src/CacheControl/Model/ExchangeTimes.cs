namespace HttpCaching.Storage;

/// <summary>The two instants that the age calculation needs (RFC 9111 §4.2.3), in UTC.</summary>
/// <param name="RequestTime">When the request that led to the response was sent.</param>
/// <param name="ResponseTime">When the head of the response arrived.</param>
public readonly record struct ExchangeTimes(DateTimeOffset RequestTime, DateTimeOffset ResponseTime);
