using System.Globalization;

namespace CacheControl.Tests.Fuzz;

/// <summary>How much is generated: few enough histories for every test run, more where the environment asks for it.</summary>
internal static class FuzzSize
{
    public static long Histories { get; } =
        long.TryParse(Environment.GetEnvironmentVariable("CACHECONTROL_FUZZ_HISTORIES"), NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            ? Math.Max(1, count)
            : 20_000;
}
