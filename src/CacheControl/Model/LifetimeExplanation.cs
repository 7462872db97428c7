namespace HttpCaching;

/// <summary>The freshness lifetime of a response, and how it comes about (RFC 9111 §4.2.1, §4.2.2).</summary>
/// <param name="Value">The lifetime.</param>
/// <param name="Source">Where it comes from.</param>
/// <param name="Arithmetic">The calculation in words, as "Expires - Date = 60 s".</param>
public sealed record LifetimeExplanation(TimeSpan Value, FreshnessSource Source, string Arithmetic);
