using System.Globalization;

namespace HttpCaching;

/// <summary>
/// Numbers of one cache since it was made, see <see cref="IHttpCache.GetStatisticsAsync"/>. The counts of requests are those of this cache in this process. The sizes are those of its store, which other
/// clients and processes may share.
/// </summary>
public sealed record CacheStatistics
{
    /// <summary>When the cache was made, and with it the counts.</summary>
    public required DateTimeOffset Since { get; init; }

    /// <summary>The number of stored responses, with all variants; of a <see cref="FileHttpCacheStore"/> that of URIs. <see langword="null"/> if the store can't tell.</summary>
    public long? Entries { get; init; }

    /// <summary>The bytes that the stored responses take, heads included. <see langword="null"/> if the store can't tell.</summary>
    public long? Bytes { get; init; }

    /// <summary>The most bytes that the store keeps. <see langword="null"/> if the store can't tell.</summary>
    public long? MaximumBytes { get; init; }

    /// <summary>The stored responses that this process removed to make room, since the store was opened. <see langword="null"/> if the store can't tell.</summary>
    public long? Evictions { get; init; }

    /// <summary>The requests that were answered out of the store without a wait for the origin.</summary>
    public required long Hits { get; init; }

    /// <summary>The requests that were answered out of the store after the origin had confirmed the response (304).</summary>
    public required long Validations { get; init; }

    /// <summary>All other requests, with those that the cache does not handle, such as POST.</summary>
    public required long Misses { get; init; }

    /// <summary>Body bytes that callers got out of the store.</summary>
    public required long BytesFromCache { get; init; }

    /// <summary>Body bytes that callers got from the origin, as far as Content-Length tells them.</summary>
    public required long BytesFromOrigin { get; init; }

    /// <summary>An estimate of the time that hits have saved: their number by the mean wait of this cache for the head of an origin's response. <see langword="null"/> if the origin was not asked yet.</summary>
    public TimeSpan? TimeSaved { get; init; }

    /// <summary>The share of hits in all requests, 0 to 1. <see langword="null"/> without requests.</summary>
    public double? HitRatio => Share(Hits, Hits + Validations + Misses);

    /// <summary>The share of body bytes out of the store, 0 to 1. <see langword="null"/> without bytes.</summary>
    public double? ByteHitRatio => Share(BytesFromCache, BytesFromCache + BytesFromOrigin);

    /// <summary>One line that a person understands. Its wording may change; programs read the properties.</summary>
    public override string ToString()
    {
        var ratio = HitRatio is { } hits ? string.Create(CultureInfo.InvariantCulture, $" ({hits:P0} hits, {ByteHitRatio ?? 0:P0} of bytes)") : string.Empty;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{Hits} hits, {Validations} validated, {Misses} missed{ratio}; {Number(Entries)} stored in {Number(Bytes)} of {Number(MaximumBytes)} bytes, {Number(Evictions)} evicted; {Saved()} saved since {Since:u}");
    }

    private string Saved() => TimeSaved is { } saved ? string.Create(CultureInfo.InvariantCulture, $"about {saved.TotalSeconds:0.#} s") : "no time";

    private static string Number(long? number) => number?.ToString(CultureInfo.InvariantCulture) ?? "?";

    private static double? Share(long part, long whole) => whole > 0 ? (double)part / whole : null;
}
