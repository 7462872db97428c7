namespace HttpCaching.Fields;

/// <summary>How repeated and invalid durations of directives are settled, always towards the more restrictive reading (RFC 9111 §4.2.1).</summary>
internal static class DirectiveValue
{
    /// <summary>A lifetime such as max-age: zero if this value is invalid or contradicts the one seen before.</summary>
    /// <param name="seen">What earlier directives of this name gave.</param>
    /// <param name="reader">Stands on the directive.</param>
    public static TimeSpan LimitOf(TimeSpan? seen, ref DirectiveReader reader) =>
        reader.TryDelta(out var value) && (seen is null || seen == value) ? value : TimeSpan.Zero;

    /// <summary>A permission such as stale-if-error: the smaller of this and the one before; an invalid one is void.</summary>
    /// <param name="seen">What earlier directives of this name gave.</param>
    /// <param name="reader">Stands on the directive.</param>
    public static TimeSpan? PermissionOf(TimeSpan? seen, ref DirectiveReader reader) =>
        reader.TryDelta(out var value) && !(seen < value) ? value : seen;
}
