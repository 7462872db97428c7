using System.Globalization;

namespace HttpCaching.Model;

/// <summary>Says in one line what the cache did.</summary>
internal static class CacheStatusText
{
    /// <summary>The line.</summary>
    /// <param name="status">What the cache did.</param>
    public static string Of(CacheStatus status) =>
        status.Generated ? $"generated: {Of(status.Reason)}"
        : status.Hit ? $"hit: {Freshness(status)}{HitReason(status.Reason)}"
        : Headline(status) + Storing(status);

    /// <summary>A reason in words.</summary>
    /// <param name="reason">The reason.</param>
    public static string Of(CacheReason reason) => reason switch
    {
        CacheReason.Fresh => "the stored response is fresh",
        CacheReason.Immutable => "the stored response is fresh and immutable",
        CacheReason.MaxStale => "the request takes a stale response (max-stale)",
        CacheReason.StaleWhileRevalidate => "served stale while it is validated in the background",
        CacheReason.StaleIfError => "the origin failed, and the stored response may be served stale (stale-if-error)",
        CacheReason.Disconnected => "the origin can't be reached, and the stored response may be served stale",
        CacheReason.ForceCache => "the request's mode takes a stale response",
        CacheReason.EagerRefresh => "validated in the background before it expires",
        CacheReason.SoftTimeout => "the origin took longer than the soft timeout; the validation goes on in the background",
        CacheReason.ValidationPaused => "the origin failed a moment ago and is not asked again yet",
        CacheReason.RetryAfter => "the origin asked not to be asked before a time that has not come (Retry-After)",
        CacheReason.Validated => "the origin confirmed the stored response",
        CacheReason.Method => "the method is never answered from the cache",
        CacheReason.RequestContent => "the request carries content",
        CacheReason.MethodOverride => "the request asks a server to treat it as another method",
        CacheReason.Upgrade => "the request asks to change the protocol",
        CacheReason.StatePrecondition => "only the origin can judge the request's If-Match or If-Unmodified-Since",
        CacheReason.RangeNotServed => "the requested range can't be cut from a stored response",
        CacheReason.RequestNoStore => "the request says no-store",
        CacheReason.Reload => "the request's mode reloads",
        CacheReason.StoreUnavailable => "the store could not be read",
        CacheReason.Miss => "nothing stored",
        CacheReason.RequestNoCache => "the request says no-cache",
        CacheReason.RequestMaxAge => "the stored response is older than the request's max-age",
        CacheReason.RequestMinFresh => "the stored response is fresh for less than the request's min-fresh",
        CacheReason.ResponseNoCache => "the stored response says no-cache",
        CacheReason.MarkedForValidation => "the stored response was marked for validation",
        CacheReason.ClockBehind => "the clock is behind the receipt of the stored response",
        CacheReason.Expired => "the stored response has expired",
        CacheReason.NoLifetime => "the stored response has no freshness lifetime",
        CacheReason.Incomplete => "only a part is stored",
        CacheReason.OnlyIfCached => "only a stored response was wanted, and none can be used",
        CacheReason.KeyUnavailable => "a rule of the application that makes the key threw",
        CacheReason.Rule => "a rule takes the request past the cache",
        _ => reason.ToString(),
    };

    /// <summary>A reason in words.</summary>
    /// <param name="reason">The reason.</param>
    public static string Of(NotStoredReason reason) => reason switch
    {
        NotStoredReason.Bypassed => "the request bypasses the cache",
        NotStoredReason.Method => "responses to the method are not stored",
        NotStoredReason.Redirected => "a redirect was followed below the cache",
        NotStoredReason.RequestNoStore => "the request says no-store",
        NotStoredReason.Status => "the status is not one to store",
        NotStoredReason.StatusFilter => "the status filter leaves it out",
        NotStoredReason.RuleFailed => "a rule of the application threw",
        NotStoredReason.NoStore => "the response says no-store",
        NotStoredReason.NotUnderstood => "the response says must-understand, and its status is unknown",
        NotStoredReason.Private => "the response says private, and the cache is shared",
        NotStoredReason.Authorization => "the request carries credentials, and nothing opens the response to a shared cache",
        NotStoredReason.SetCookie => "Set-Cookie in a shared cache",
        NotStoredReason.SetCookieInRedirect => "Set-Cookie in a redirect",
        NotStoredReason.SetCookieByRule => "Set-Cookie, which a rule does not store",
        NotStoredReason.VaryAny => "Vary: * without an entity tag",
        NotStoredReason.NoPermission => "nothing in the response permits storing its status",
        NotStoredReason.NoLifetimeNorValidator => "no lifetime and no validator",
        NotStoredReason.Endless => "the body has no end",
        NotStoredReason.FieldsTooLong => "the fields or the URI are too long",
        NotStoredReason.Partial => "the part can't be stored",
        NotStoredReason.PostWithoutLocation => "a response to POST needs a lifetime and Content-Location equal to its URI",
        NotStoredReason.InvalidFields => "a field can't be written back as received",
        NotStoredReason.ContradictoryFraming => "Content-Length next to Transfer-Encoding",
        NotStoredReason.TooLarge => "larger than the store takes",
        NotStoredReason.BodyNotRead => "the body was not read to its end",
        NotStoredReason.BrokenOff => "the body broke off",
        NotStoredReason.DigestMismatch => "the body does not have the stated digest",
        NotStoredReason.Undecodable => "the body can't be decoded",
        NotStoredReason.StoreUnavailable => "the store is not available",
        NotStoredReason.LostToAnotherWriter => "another writer or an invalidation was first",
        NotStoredReason.ReadOnly => "the request's mode stores nothing",
        _ => reason.ToString(),
    };

    private static string Headline(CacheStatus status) => status.Reason switch
    {
        CacheReason.Validated => $"validated: {Of(status.Reason)}",
        CacheReason.StaleIfError or CacheReason.Disconnected or CacheReason.SoftTimeout =>
            $"stale: {Of(status.Reason)}{(status.ForwardStatus is { } code ? string.Create(CultureInfo.InvariantCulture, $", status {code}") : "")}",
        _ when status.Collapsed is true => $"collapsed: {Found(status)}; shared the response to another request",
        _ => $"forwarded: {Found(status)}",
    };

    private static string Found(CacheStatus status) =>
        status.Reason != CacheReason.Miss ? Of(status.Reason)
        : status.VariedField is { } field ? $"no stored variant fits ({field} differs)"
        : status.IsInOtherPartition ? "nothing stored in this partition (the URI is stored in another one)"
        : Of(status.Reason);

    private static string Storing(CacheStatus status) =>
        status.Stored ? "; stored"
        : status.Storing ? "; being stored"
        : status.NotStored is not { } reason || reason is NotStoredReason.Bypassed or NotStoredReason.Method or NotStoredReason.RequestNoStore ? ""
        : status.NotStoredLimit is { } limit ? string.Create(CultureInfo.InvariantCulture, $"; not stored: {Of(reason)} ({limit:N0} bytes)")
        : $"; not stored: {Of(reason)}";

    private static string Freshness(CacheStatus status)
    {
        if (status.TimeToLive is not { } left || status.Age is not { } age)
        {
            return "stored";
        }

        var source = status.Source switch
        {
            FreshnessSource.MaxAge => $" (max-age={Seconds(left + age)})",
            FreshnessSource.SharedMaxAge => $" (s-maxage={Seconds(left + age)})",
            FreshnessSource.Expires => $" (Expires, {Seconds(left + age)} s)",
            FreshnessSource.Heuristic => $" (heuristic, {Seconds(left + age)} s)",
            FreshnessSource.Rule => $" (by a rule, {Seconds(left + age)} s)",
            FreshnessSource.Malformed => " (its lifetime can't be read)",
            _ => "",
        };
        return left > TimeSpan.Zero
            ? $"fresh for {Seconds(left)} s more{source}, age {Seconds(age)} s"
            : $"stale for {Seconds(-left)} s{source}, age {Seconds(age)} s";
    }

    private static string HitReason(CacheReason reason) => reason is CacheReason.Fresh ? "" : $"; {Of(reason)}";

    // A lifetime of less than a second is told as it is; everything else in the whole seconds that the fields count in.
    private static string Seconds(TimeSpan time) =>
        time > TimeSpan.Zero && time < TimeSpan.FromSeconds(1)
            ? time.TotalSeconds.ToString("0.0##", CultureInfo.InvariantCulture)
            : ((long)Math.Floor(time.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
}
