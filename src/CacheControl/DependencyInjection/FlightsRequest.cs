namespace HttpCaching.DependencyInjection;

/// <summary>A call of WithOneFlight.</summary>
/// <param name="Client">The client; null for all clients that use the default store.</param>
internal sealed record FlightsRequest(string? Client);
