namespace HttpCaching.Benchmarks.Curves;

/// <summary>One point of a curve.</summary>
/// <param name="Curve">What is measured, over what.</param>
/// <param name="X">The size: entries, callers, variants, fields or rules.</param>
/// <param name="Nanoseconds">The processor time of one operation.</param>
internal sealed record CurvePoint(string Curve, int X, double Nanoseconds);
