namespace HttpCaching.DependencyInjection;

/// <summary>A call of WithAnyHandlerOrder.</summary>
/// <param name="Client">The client; null for all.</param>
internal sealed record HandlerOrderExemption(string? Client);
