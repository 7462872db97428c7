namespace HttpCaching.Benchmarks.Quick;

/// <summary>What was measured of one case.</summary>
/// <param name="Name">The case.</param>
/// <param name="Nanoseconds">The time of a call in each round.</param>
/// <param name="Bytes">The bytes of a call.</param>
internal sealed record QuickResult(string Name, double[] Nanoseconds, double Bytes)
{
    /// <summary>The median time of a call.</summary>
    public double Median => MedianOf(Nanoseconds);

    /// <summary>The median of what <paramref name="ratio"/> makes of the round with each number.</summary>
    public static double MedianOver(int rounds, Func<int, double> ratio) => MedianOf([.. Enumerable.Range(0, rounds).Select(ratio)]);

    /// <summary>How often the floor's time a call takes.</summary>
    public double RatioTo(QuickResult floor) => MedianOver(Nanoseconds.Length, i => Nanoseconds[i] / floor.Nanoseconds[i]);

    private static double MedianOf(double[] values)
    {
        var sorted = values.Order().ToArray();
        var middle = sorted.Length / 2;
        return sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
