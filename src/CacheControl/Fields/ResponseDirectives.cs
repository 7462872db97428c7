using HttpCaching.Fields.Structured;

namespace HttpCaching.Fields;

/// <summary>
/// What a response's Cache-Control, or a targeted field in its place, tells the cache (RFC 9111 §5.2.2, RFC 5861, RFC 8246, RFC 9213).
/// Durations lie between zero and <see cref="DeltaSeconds.Max"/>.
/// </summary>
internal sealed record ResponseDirectives
{
    /// <summary>Neither Cache-Control nor Pragma.</summary>
    public static ResponseDirectives None { get; } = new();

    /// <summary>Whether any Cache-Control line exists, even an empty one, or the directives come from a targeted field.</summary>
    public bool IsPresent { get; init; }

    /// <summary>Whether a line ended inside a quoted string: the rest of the line is unknown, so the response counts as stale.</summary>
    public bool IsMalformed { get; init; }

    /// <summary>Whether Pragma says no-cache and there is no Cache-Control (§5.4).</summary>
    public bool PragmaNoCache { get; init; }

    /// <summary>Whether the response must not be stored (§5.2.2.5).</summary>
    public bool NoStore { get; init; }

    /// <summary>Whether no-cache appears without field names (§5.2.2.4).</summary>
    public bool NoCache { get; init; }

    /// <summary>The fields that need validation before each use; empty if none are named.</summary>
    public IReadOnlyList<string> NoCacheFields { get; init; } = [];

    /// <summary>Whether private appears without field names (§5.2.2.7).</summary>
    public bool Private { get; init; }

    /// <summary>The fields that a shared cache must not store; empty if none are named.</summary>
    public IReadOnlyList<string> PrivateFields { get; init; } = [];

    /// <summary>Whether the response may be stored where it otherwise might not (§5.2.2.9).</summary>
    public bool Public { get; init; }

    /// <summary>Whether it must not be used stale (§5.2.2.2).</summary>
    public bool MustRevalidate { get; init; }

    /// <summary>Whether must-revalidate is so well formed that it also permits (§3.5).</summary>
    public bool MustRevalidatePermits { get; init; }

    /// <summary>Whether a shared cache must not use it stale (§5.2.2.8).</summary>
    public bool ProxyRevalidate { get; init; }

    /// <summary>Whether it may be stored only by a cache that knows its status code (§5.2.2.3).</summary>
    public bool MustUnderstand { get; init; }

    /// <summary>Whether content must not be transformed (§5.2.2.6).</summary>
    public bool NoTransform { get; init; }

    /// <summary>Whether a fresh response needs no validation on reload (RFC 8246).</summary>
    public bool Immutable { get; init; }

    /// <summary>The freshness lifetime (§5.2.2.1); zero if invalid or contradictory, null if absent.</summary>
    public TimeSpan? MaxAge { get; init; }

    /// <summary>Whether there is a max-age and each one is well formed: only then does it permit storing.</summary>
    public bool MaxAgePermits { get; init; }

    /// <summary>The freshness lifetime for shared caches (§5.2.2.10); zero if invalid or contradictory, null if absent.</summary>
    public TimeSpan? SMaxAge { get; init; }

    /// <summary>Whether there is an s-maxage and each one is well formed: only then does it permit storing and sharing (§3.5).</summary>
    public bool SMaxAgePermits { get; init; }

    /// <summary>For how long it may be used stale while it is validated (RFC 5861 §3); null if absent or invalid.</summary>
    public TimeSpan? StaleWhileRevalidate { get; init; }

    /// <summary>For how long it may be used stale if validation fails (RFC 5861 §4); null if absent or invalid.</summary>
    public TimeSpan? StaleIfError { get; init; }

    /// <summary>Reads all Cache-Control lines in order, or Pragma if there is none.</summary>
    /// <param name="fields">The response's fields.</param>
    public static ResponseDirectives Parse(HttpFields fields)
    {
        var line = fields.IndexOf(FieldNames.CacheControl, 0);
        if (line < 0)
        {
            return PragmaField.IsNoCache(fields) ? new ResponseDirectives { PragmaNoCache = true } : None;
        }

        var builder = default(ResponseDirectivesBuilder);
        for (; line >= 0; line = fields.IndexOf(FieldNames.CacheControl, line + 1))
        {
            builder.ReadLine(fields[line].Value);
        }

        return builder.Build();
    }

    /// <summary>
    /// The directives of a targeted field (RFC 9213 §2.1), or null if a directive known here has the wrong type, which makes the whole
    /// field unusable. Parameters are ignored.
    /// </summary>
    /// <param name="dictionary">The field, parsed.</param>
    public static ResponseDirectives? FromTargeted(StructuredDictionary dictionary)
    {
        var builder = default(ResponseDirectivesBuilder);
        foreach (var (name, member) in dictionary)
        {
            if (!builder.TryTake(name, member))
            {
                return null;
            }
        }

        return builder.Build();
    }
}
