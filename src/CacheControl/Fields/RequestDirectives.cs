namespace HttpCaching.Fields;

/// <summary>
/// What a request's Cache-Control asks of the cache (RFC 9111 §5.2.1, RFC 5861 §4). The default value asks nothing. Durations lie
/// between zero and <see cref="DeltaSeconds.Max"/>.
/// </summary>
internal readonly record struct RequestDirectives
{
    /// <summary>Whether neither request nor response may be stored (§5.2.1.5).</summary>
    public bool NoStore { get; init; }

    /// <summary>Whether a stored response needs validation (§5.2.1.4); also from Pragma if there is no Cache-Control.</summary>
    public bool NoCache { get; init; }

    /// <summary>Whether content must not be transformed (§5.2.1.6).</summary>
    public bool NoTransform { get; init; }

    /// <summary>Whether the request must not be forwarded (§5.2.1.7).</summary>
    public bool OnlyIfCached { get; init; }

    /// <summary>The highest age that is acceptable (§5.2.1.1); zero if invalid or contradictory, null if absent.</summary>
    public TimeSpan? MaxAge { get; init; }

    /// <summary>By how much a response may be stale (§5.2.1.2); <see cref="TimeSpan.MaxValue"/> without argument, null if absent or invalid.</summary>
    public TimeSpan? MaxStale { get; init; }

    /// <summary>For how long a response must stay fresh (§5.2.1.3); null if absent or invalid.</summary>
    public TimeSpan? MinFresh { get; init; }

    /// <summary>By how much a response may be stale when the origin fails (RFC 5861 §4); null if absent or invalid.</summary>
    public TimeSpan? StaleIfError { get; init; }

    /// <summary>Reads all Cache-Control lines in order, or Pragma if there is none.</summary>
    /// <param name="fields">The request's fields.</param>
    public static RequestDirectives Parse(HttpFields fields)
    {
        var directives = default(RequestDirectives);
        if (fields.Count == 0)
        {
            return directives;
        }

        var line = fields.IndexOf(FieldNames.CacheControl, 0);
        if (line < 0)
        {
            return PragmaField.IsNoCache(fields) ? new RequestDirectives { NoCache = true } : directives;
        }

        for (; line >= 0; line = fields.IndexOf(FieldNames.CacheControl, line + 1))
        {
            var reader = new DirectiveReader(fields[line].Value);
            while (reader.Read())
            {
                directives = reader.Form == DirectiveArgument.Invalid ? directives.Restrict(ref reader) : directives.Apply(ref reader);
            }
        }

        return directives;
    }

    private RequestDirectives Apply(ref DirectiveReader reader) => reader switch
    {
        _ when reader.Is("no-cache") => this with { NoCache = true },
        _ when reader.Is("no-store") => this with { NoStore = true },
        _ when reader.Is("max-age") => this with { MaxAge = DirectiveValue.LimitOf(MaxAge, ref reader) },
        _ when reader.Is("only-if-cached") => this with { OnlyIfCached = true },
        _ when reader.Is("no-transform") => this with { NoTransform = true },
        _ when reader.Is("min-fresh") => this with { MinFresh = Longer(MinFresh, ref reader) },
        _ when reader.Is("max-stale") && reader.Form == DirectiveArgument.None => this with { MaxStale = MaxStale ?? TimeSpan.MaxValue },
        _ when reader.Is("max-stale") => this with { MaxStale = DirectiveValue.PermissionOf(MaxStale, ref reader) },
        _ when reader.Is("stale-if-error") => this with { StaleIfError = DirectiveValue.PermissionOf(StaleIfError, ref reader) },
        _ => this,
    };

    /// <summary>Applies what a malformed member restricts, wherever in it that is named.</summary>
    private RequestDirectives Restrict(ref DirectiveReader reader) => this with
    {
        NoStore = NoStore || reader.Mentions("no-store"),
        NoCache = NoCache || reader.Mentions("no-cache"),
        NoTransform = NoTransform || reader.Mentions("no-transform"),
        OnlyIfCached = OnlyIfCached || reader.Mentions("only-if-cached"),
        MaxAge = reader.Mentions("max-age") ? TimeSpan.Zero : MaxAge,
    };

    private static TimeSpan? Longer(TimeSpan? seen, ref DirectiveReader reader) =>
        reader.TryDelta(out var value) && !(seen > value) ? value : seen;
}
