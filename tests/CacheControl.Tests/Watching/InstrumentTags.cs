using System.Diagnostics.Metrics;

namespace HttpCaching.Tests.Watching;

/// <summary>The tags of each instrument besides the client, as the page about watching shows them.</summary>
internal static class InstrumentTags
{
    private static readonly Dictionary<string, (string Tag, string Values)[]> All = new()
    {
        ["cachecontrol.requests"] =
        [
            ("outcome", "`hit`, `fwd`, `generated`"), ("reason", "the rule"), ("fwd", "of forwarded requests"), ("stored", "of forwarded requests"),
            ("not_stored", "where the reason is known when the response departs"),
        ],
        ["cachecontrol.storing"] = [("outcome", "`stored`, or the reason why it is not stored")],
        ["cachecontrol.background"] = [("outcome", "`done`, `failed`, `refused` because too many are running")],
        ["cachecontrol.body.bytes"] = [("source", "`cache`, `origin`, `collapsed`")],
        ["cachecontrol.collapsed"] = [("outcome", "`shared`, `validated`, `failed`, `alone`, `unshared`, `overdue`")],
        ["cachecontrol.flights"] = [("outcome", "`led`, `waited`, `refused`, `failed`, `overdue`, `lost`")],
        ["cachecontrol.store.faults"] = [("operation", "")],
        ["cachecontrol.store.duration"] = [("operation", "")],
        ["cachecontrol.store.entries"] = [("tier", "`front`, `back`")],
        ["cachecontrol.store.size"] = [("tier", "`front`, `back`")],
        ["cachecontrol.store.limit"] = [("tier", "`front`, `back`")],
        ["cachecontrol.store.evictions"] = [("tier", "`front`, `back`")],
    };

    public static string[] Of(string instrument) => [.. All.GetValueOrDefault(instrument, []).Select(tag => tag.Tag)];

    public static string TextOf(string instrument) => string.Join("; ", All.GetValueOrDefault(instrument, []).Select(tag => $"`{tag.Tag}`{(tag.Values.Length > 0 ? ": " + tag.Values : "")}"));

    /// <summary>All instruments of a cache.</summary>
    public static ICollection<Instrument> Instruments()
    {
        using var meters = new Measured();
        using var cache = new HttpCache(meterFactory: meters);
        return meters.Instruments.Values;
    }
}
