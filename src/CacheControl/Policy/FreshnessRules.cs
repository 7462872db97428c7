using HttpCaching.Fields;

namespace HttpCaching.Policy;

/// <summary>The freshness lifetime (RFC 9111 §4.2.1, §4.2.2).</summary>
internal static class FreshnessRules
{
    /// <summary>A response is fresh while its lifetime exceeds its age: equal is stale (RFC 9111 §4.2).</summary>
    public static bool IsFresh(TimeSpan lifetime, TimeSpan age) => lifetime > age;

    /// <summary>
    /// The lifetime that the response itself states, or <see langword="null"/> if it states none. A lifetime that is present but invalid counts as zero.
    /// </summary>
    /// <param name="directives">The directives that apply to this cache.</param>
    /// <param name="expires">The response's Expires lines, or empty when a targeted field replaces them.</param>
    /// <param name="dateValue">Its Date, or its receipt time.</param>
    /// <param name="isShared">Whether s-maxage applies.</param>
    public static TimeSpan? ExplicitLifetime(ResponseDirectives directives, ExpiresLines expires, DateTimeOffset dateValue, bool isShared)
    {
        if (directives.IsMalformed)
        {
            return TimeSpan.Zero;
        }

        if (isShared && directives.SMaxAge is { } shared)
        {
            return shared;
        }

        if (directives.MaxAge is { } maxAge)
        {
            return maxAge;
        }

        return expires.IsPresent ? FromExpires(expires, dateValue) : null;
    }

    /// <summary>A share of the time since the last modification, for responses that state no lifetime (RFC 9111 §4.2.2).</summary>
    /// <param name="dateValue">The response's Date.</param>
    /// <param name="lastModified">Its Last-Modified; <see langword="null"/> gives zero.</param>
    /// <param name="fraction">The share.</param>
    /// <param name="maximum">No result is longer.</param>
    public static TimeSpan SinceLastModified(DateTimeOffset dateValue, DateTimeOffset? lastModified, double fraction, TimeSpan maximum)
    {
        if (lastModified is not { } modified || modified >= dateValue)
        {
            return TimeSpan.Zero;
        }

        var lifetime = (dateValue - modified) * fraction;
        return lifetime > maximum ? maximum : lifetime;
    }

    /// <summary>The lifetime, shortened by a share between zero and <paramref name="jitter"/> that the seed selects; never lengthened.</summary>
    public static TimeSpan Jittered(TimeSpan lifetime, double jitter, long seed) =>
        jitter <= 0 || seed == 0 ? lifetime : lifetime * (1 - (jitter * ((ulong)seed % 1024 / 1024.0)));

    private static TimeSpan FromExpires(ExpiresLines expires, DateTimeOffset dateValue) =>
        expires.Value is { } at && at > dateValue ? at - dateValue : TimeSpan.Zero;
}
