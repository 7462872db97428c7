using System.Globalization;
using HttpCaching;

namespace QuickStart;

/// <summary>What the cache did, in words.</summary>
public static class Verdict
{
    /// <summary>One line for a result.</summary>
    /// <param name="result">The result.</param>
    public static string Of(StepResult result) => result.Cache is not { } cache
        ? "no response: " + result.Failure
        : cache.Reason switch
        {
            CacheReason.Validated => $"the origin confirms what is stored (304, no body){(cache.TimeToLive > TimeSpan.Zero ? Left(cache) : string.Empty)}",
            CacheReason.StaleIfError => $"the origin fails ({Number(cache.ForwardStatus)}): the stored response takes its place{Left(cache)}",
            CacheReason.Disconnected => $"the origin can't be reached: the stored response takes its place{Left(cache)}",
            CacheReason.OnlyIfCached when !cache.FromCache => "504 from the cache: nothing is stored, and the caller forbids to ask",
            _ when cache.Hit => $"hit: the origin is not asked{Left(cache)}",
            CacheReason.Method => $"sent to the origin ({result.Status}); what is stored of this URL is removed",
            _ when cache.Stored => $"{Found(cache)}: fetched ({result.Status}) and stored{Left(cache)}",
            _ => $"{Found(cache)}: fetched ({result.Status}), not stored{(result.IsNoStore ? ", because the origin says no-store" : string.Empty)}",
        };

    private static string Found(CacheStatus cache) => cache.Forward switch
    {
        ForwardReason.UriMiss => "miss",
        ForwardReason.VaryMiss => "miss, only another variant is stored",
        ForwardReason.Stale => "what is stored is stale",
        ForwardReason.Request => "the request wants it from the origin",
        ForwardReason.Bypass => "not for the cache",
        _ => "not to be had from the cache",
    };

    private static string Left(CacheStatus cache) => cache.TimeToLive switch
    {
        null => string.Empty,
        { TotalSeconds: > 0 and < 1 } => "; fresh for less than a second more",
        { TotalSeconds: > 0 } left => $"; fresh for {Seconds(left)} s more",
        { } left => $"; stale by {Seconds(-left)} s",
    };

    private static string Seconds(TimeSpan time) => time.TotalSeconds.ToString("N0", CultureInfo.InvariantCulture);

    private static string Number(int? status) => status?.ToString(CultureInfo.InvariantCulture) ?? "no answer";
}
