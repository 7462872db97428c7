using System.Reflection;

namespace HttpCaching.Tests.Issues.Extremes;

/// <summary>The values at which an option of a duration, a number or a share is most likely to be taken and to throw later.</summary>
internal static class Extremes
{
    private static readonly TimeSpan[] Durations =
    [
        TimeSpan.MinValue, TimeSpan.FromSeconds(-1), Timeout.InfiniteTimeSpan, TimeSpan.FromTicks(-1), TimeSpan.Zero, TimeSpan.FromTicks(1), TimeSpan.FromMilliseconds(1),
        TimeSpan.FromDays(24), TimeSpan.FromMilliseconds(int.MaxValue), TimeSpan.FromMilliseconds(int.MaxValue + 1L), TimeSpan.FromDays(25), TimeSpan.FromDays(49.5),
        TimeSpan.FromMilliseconds(uint.MaxValue - 1L), TimeSpan.FromMilliseconds(uint.MaxValue), TimeSpan.FromDays(60), TimeSpan.FromSeconds(1L << 31),
        TimeSpan.FromDays(3650), TimeSpan.FromDays(365 * 8000), TimeSpan.MaxValue - TimeSpan.FromTicks(1), TimeSpan.MaxValue,
    ];

    private static readonly long[] Numbers = [long.MinValue, int.MinValue, -1, 0, 1, 2, int.MaxValue, int.MaxValue + 1L, 1L << 53, long.MaxValue - 1, long.MaxValue];

    private static readonly double[] Shares =
        [double.NaN, double.NegativeInfinity, -1, -double.Epsilon, 0, double.Epsilon, 0.5, 1 - 1e-16, 1, 1 + 1e-15, 2, double.MaxValue, double.PositiveInfinity];

    /// <summary>The names of all options of a kind that has extremes.</summary>
    public static TheoryData<string> NamesOf(Type options, string? except = null) =>
        [.. options.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(p => p.CanWrite && p.Name != except && ValuesOf(p).Any()).Select(p => p.Name)];

    /// <summary>The extreme values of an option.</summary>
    public static IEnumerable<object> ValuesOf(PropertyInfo option)
    {
        var type = Nullable.GetUnderlyingType(option.PropertyType) ?? option.PropertyType;
        return type == typeof(TimeSpan) ? Durations.Cast<object>()
            : type == typeof(int) ? Numbers.Where(n => n is >= int.MinValue and <= int.MaxValue).Select(n => (object)(int)n)
            : type == typeof(long) ? Numbers.Cast<object>()
            : type == typeof(double) ? Shares.Cast<object>()
            : [];
    }
}
