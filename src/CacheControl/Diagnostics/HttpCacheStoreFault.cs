namespace HttpCaching;

/// <summary>A call of the store failed or ran out of time. The request went on without the store.</summary>
/// <param name="Operation">The name of the operation, as in logs and metrics.</param>
/// <param name="Exception">The failure.</param>
public sealed record HttpCacheStoreFault(string Operation, Exception Exception) : HttpCacheEvent(HttpCacheEventKinds.StoreFault);
