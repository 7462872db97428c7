namespace HttpCaching;

/// <summary>Selects stored responses, for <see cref="IHttpCache.ListAsync"/> and the members that remove or mark. A response must meet all that is set; an empty filter selects everything.</summary>
public sealed record CachedResponseFilter
{
    /// <summary>The absolute http or https URI, compared after normalisation; <see langword="null"/> for any.</summary>
    public Uri? Uri { get; init; }

    /// <summary>The beginning of the normalised URI, compared ordinally; <see langword="null"/> for any.</summary>
    public string? UriPrefix { get; init; }

    /// <summary>An absolute URI of the origin: scheme, host and port; <see langword="null"/> for any.</summary>
    public Uri? Origin { get; init; }

    /// <summary>A tag, compared ordinally; <see langword="null"/> for any.</summary>
    public string? Tag { get; init; }

    /// <summary>
    /// A further condition; <see langword="null"/> for none. It may be called by many threads at the same time. An exception of it reaches the caller of the tool. For a removal
    /// it is kept for a while after the call has returned, to refuse responses that were asked for before.
    /// </summary>
    public Func<CachedResponse, bool>? Where { get; init; }
}
