using HttpCaching.Fields;

namespace HttpCaching.Policy;

/// <summary>When an origin wants to be asked again (RFC 9110 §10.2.3).</summary>
internal static class RetryRules
{
    /// <summary>The time from now that Retry-After names; null if there is none, it is not valid, or it has passed.</summary>
    public static TimeSpan? DelayOf(HttpFields fields, DateTimeOffset now)
    {
        if (fields.First(FieldNames.RetryAfter) is not { } value)
        {
            return null;
        }

        if (DeltaSeconds.TryParse(value, out var delay))
        {
            return delay > TimeSpan.Zero ? delay : null;
        }

        return HttpDate.TryParse(value, now, out var date) && date > now ? date - now : null;
    }
}
