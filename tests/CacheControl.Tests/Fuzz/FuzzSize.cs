using System.Globalization;

namespace HttpCaching.Tests.Fuzz;

/// <summary>How much is generated: few enough histories for every test run, more where the environment asks for it.</summary>
internal static class FuzzSize
{
    public static long Histories { get; } =
        long.TryParse(Environment.GetEnvironmentVariable("CACHECONTROL_FUZZ_HISTORIES"), NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            ? Math.Max(1, count)
            : 20_000;

    /// <summary>How many exchanges on the wire are tried, over all pipelines.</summary>
    public static int WireExchanges { get; } = Number("CACHECONTROL_WIRE_EXCHANGES") ?? 20_000;

    public static int WireSeed { get; } = Number("CACHECONTROL_WIRE_SEED") ?? 1;

    /// <summary>The one dialogue to play; null for all.</summary>
    public static int? WireOnly { get; } = Number("CACHECONTROL_WIRE_ONLY");

    private static int? Number(string variable) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
