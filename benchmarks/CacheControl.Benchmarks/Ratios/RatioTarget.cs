namespace HttpCaching.Benchmarks.Ratios;

/// <summary>What a case should come to, and what it has come to: the first is the aim, the second is kept.</summary>
/// <param name="Ratio">The highest ratio to the floor; null for none.</param>
/// <param name="Bytes">The most bytes over the floor; null for none.</param>
/// <param name="Kept">The ratio of a quiet machine, which a change must not lose; null if it is not watched.</param>
/// <param name="KeptBytes">The bytes over the floor that a change must not exceed; null if they are not watched.</param>
internal sealed record RatioTarget(double? Ratio = null, double? Bytes = null, double? Kept = null, double? KeptBytes = null);
