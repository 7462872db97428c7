using HttpCaching.Benchmarks.Quick;

namespace HttpCaching.Benchmarks.Ratios;

/// <summary>One case beside its floor, measured in one run.</summary>
/// <param name="Name">The case, as in targets.json.</param>
/// <param name="Ratio">The median of the ratios within the rounds.</param>
/// <param name="Lower">Their lower quartile.</param>
/// <param name="Upper">Their upper quartile.</param>
/// <param name="Bytes">The bytes of a call over the floor's; null if they are not counted.</param>
/// <param name="Floor">The floor, in words or nanoseconds.</param>
internal sealed record RatioRow(string Name, double Ratio, double Lower, double Upper, double? Bytes, string Floor)
{
    /// <summary>The row of a case.</summary>
    public static RatioRow Of(QuickResult result, QuickResult floor)
    {
        var ratios = result.Nanoseconds.Select((time, round) => time / floor.Nanoseconds[round]).Order().ToArray();
        return new RatioRow(result.Name, result.RatioTo(floor), ratios[ratios.Length / 4], ratios[ratios.Length * 3 / 4], result.Bytes - floor.Bytes, $"{floor.Median:F0} ns, {floor.Bytes:F0} B");
    }

    /// <summary>The row of a figure that is no ratio of times.</summary>
    public static RatioRow Of(string name, double value, string unit) => new(name, value, value, value, null, unit);
}
