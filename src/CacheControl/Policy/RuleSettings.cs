using System.Collections.Frozen;
using HttpCaching.Fields;

namespace HttpCaching.Policy;

/// <summary>The settings that a rule of the application gives to its requests. The default value sets nothing.</summary>
internal sealed record RuleSettings
{
    public static RuleSettings None { get; } = new();

    /// <summary>The time from receipt for which a response is fresh, whatever it states; null for no such time.</summary>
    public TimeSpan? Lifetime { get; init; }

    /// <summary>The least time from receipt for which a response is fresh.</summary>
    public TimeSpan? LeastLifetime { get; init; }

    /// <summary>The longest time from receipt for which a response is fresh.</summary>
    public TimeSpan? LongestLifetime { get; init; }

    /// <summary>The lifetime of responses that state none.</summary>
    public TimeSpan? DefaultLifetime { get; init; }

    public TimeSpan? StaleIfError { get; init; }

    public TimeSpan? StaleWhileRevalidate { get; init; }

    public bool StaleWhenDisconnected { get; init; }

    /// <summary>The mode of requests that choose none themselves.</summary>
    public HttpCacheMode Mode { get; init; }

    /// <summary>Whether requests go by the cache.</summary>
    public bool Bypass { get; init; }

    public bool IgnoresNoStore { get; init; }

    public bool IgnoresNoCache { get; init; }

    /// <summary>Whether private is ignored, where the request carries no credentials.</summary>
    public bool IgnoresPrivate { get; init; }

    /// <summary>The names of request directives that count as absent, in lower case.</summary>
    public FrozenSet<string> IgnoredRequestDirectives { get; init; } = [];

    /// <summary>The only statuses that are stored; null for all. The lifetimes hold for each of them, errors too.</summary>
    public FrozenSet<int>? StatusCodes { get; init; }

    /// <summary>Tags that each stored response gets.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>The names of request fields by which responses do not differ, whatever their Vary says.</summary>
    public FrozenSet<string> IgnoredVary { get; init; } = [];

    /// <summary>The names of request fields by which responses differ, though their Vary does not say so.</summary>
    public IReadOnlyList<string> AddedVary { get; init; } = [];

    /// <summary>The parameters of the query and the function that make the URIs of one resource one key.</summary>
    public KeyRule Key { get; init; } = KeyRule.None;

    public HttpCacheSetCookie SetCookie { get; init; }

    /// <summary>The types of content of a POST that only asks.</summary>
    public FrozenSet<string> ContentTypes { get; init; } = [];

    /// <summary>Whether a GET under the rule finds and judges a stored response as without it, except for lifetimes and directives.</summary>
    public bool LeavesHitsPlain => Mode == HttpCacheMode.Default && !Bypass && IgnoredVary.Count == 0 && AddedVary.Count == 0 && Key.Equals(KeyRule.None);

    /// <summary>The settings of a narrower rule with these below them: each setting that the narrower rule names counts, and of limits that can't both hold the narrower rule's.</summary>
    /// <param name="narrower">The narrower rule.</param>
    public RuleSettings Below(RuleSettings narrower) => new()
    {
        Lifetime = narrower.Lifetime ?? Lifetime,
        LeastLifetime = narrower.LeastLifetime ?? (narrower.Lifetime is null ? LeastLifetime : null),
        LongestLifetime = narrower.LongestLifetime ?? (narrower.Lifetime is null && !(narrower.LeastLifetime > LongestLifetime) ? LongestLifetime : null),
        DefaultLifetime = narrower.DefaultLifetime ?? DefaultLifetime,
        StaleIfError = narrower.StaleIfError ?? StaleIfError,
        StaleWhileRevalidate = narrower.StaleWhileRevalidate ?? StaleWhileRevalidate,
        StaleWhenDisconnected = narrower.StaleWhenDisconnected || StaleWhenDisconnected,
        Mode = narrower.Mode == HttpCacheMode.Default ? Mode : narrower.Mode,
        Bypass = narrower.Bypass || Bypass,
        IgnoresNoStore = narrower.IgnoresNoStore || IgnoresNoStore,
        IgnoresNoCache = narrower.IgnoresNoCache || IgnoresNoCache,
        IgnoresPrivate = narrower.IgnoresPrivate || IgnoresPrivate,
        IgnoredRequestDirectives = Both(narrower.IgnoredRequestDirectives, IgnoredRequestDirectives),
        StatusCodes = narrower.StatusCodes ?? StatusCodes,
        Tags = Both(narrower.Tags, Tags),
        IgnoredVary = Both(narrower.IgnoredVary, IgnoredVary),
        AddedVary = Both(narrower.AddedVary, AddedVary),
        Key = Key.Below(narrower.Key),
        ContentTypes = Both(narrower.ContentTypes, ContentTypes),
        SetCookie = narrower.SetCookie == HttpCacheSetCookie.Default ? SetCookie : narrower.SetCookie,
    };

    /// <summary>Two rules are equal if they set the same, so that the settings of a request's rule are found again.</summary>
    public bool Equals(RuleSettings? other) =>
        ReferenceEquals(this, other)
        || (other is not null
            && Scalars == other.Scalars
            && IgnoredRequestDirectives.SetEquals(other.IgnoredRequestDirectives)
            && (StatusCodes is null ? other.StatusCodes is null : other.StatusCodes is not null && StatusCodes.SetEquals(other.StatusCodes))
            && Tags.SequenceEqual(other.Tags)
            && IgnoredVary.SetEquals(other.IgnoredVary)
            && ContentTypes.SetEquals(other.ContentTypes)
            && AddedVary.SequenceEqual(other.AddedVary)
            && Key.Equals(other.Key));

    public override int GetHashCode() => HashCode.Combine(Scalars, IgnoredRequestDirectives.Count, StatusCodes?.Count, Tags.Count, IgnoredVary.Count, AddedVary.Count + ContentTypes.Count, Key);

    private (TimeSpan? Lifetime, TimeSpan? Least, TimeSpan? Longest, TimeSpan? Default, TimeSpan? IfError, TimeSpan? WhileRevalidate, int Flags) Scalars =>
    (
        Lifetime, LeastLifetime, LongestLifetime, DefaultLifetime, StaleIfError, StaleWhileRevalidate,
        ((int)Mode << 16) | ((int)SetCookie << 8) | (StaleWhenDisconnected ? 1 : 0) | (Bypass ? 2 : 0) | (IgnoresNoStore ? 4 : 0) | (IgnoresNoCache ? 8 : 0) | (IgnoresPrivate ? 16 : 0));

    /// <summary>The mode of a request.</summary>
    /// <param name="chosen">The mode that it has chosen.</param>
    public HttpCacheMode ModeOf(HttpCacheMode chosen) => chosen == HttpCacheMode.Default ? Mode : chosen;

    /// <summary>
    /// Whether responses do not differ by a request field. What tells users apart is never ignored where there are several, and neither is Origin in a shared cache: its responses carry the
    /// permission for one site. A coding that a request does not ask for is unreadable to it.
    /// </summary>
    /// <param name="name">The field.</param>
    /// <param name="response">The fields of the response.</param>
    /// <param name="isShared">Whether the cache is shared.</param>
    public bool IgnoresVary(string name, in HttpFields response, bool isShared) =>
        IgnoredVary.Contains(name)
        && !(isShared && TellsUsersApart(name, isShared))
        && !(HttpFields.SameName(name, FieldNames.AcceptEncoding) && response.Contains(FieldNames.ContentEncoding));

    /// <summary>These names without those by which responses do not differ.</summary>
    /// <param name="names">Names of request fields.</param>
    /// <param name="response">The fields of the response.</param>
    /// <param name="isShared">Whether the cache is shared.</param>
    public IReadOnlyList<string> WithoutIgnored(IReadOnlyList<string> names, HttpFields response, bool isShared) =>
        [.. names.Where(name => !IgnoresVary(name, response, isShared))];

    /// <summary>These names, and those by which responses differ though their Vary does not say so.</summary>
    /// <param name="names">Names of request fields.</param>
    public IReadOnlyList<string> WithAdded(IReadOnlyList<string> names) => [.. names, .. AddedVary.Where(name => !names.Contains(name, StringComparer.OrdinalIgnoreCase))];

    /// <summary>Whether ignoring a field of Vary could give one user's response to another.</summary>
    /// <param name="name">The field.</param>
    /// <param name="isShared">Whether the cache is shared.</param>
    public static bool TellsUsersApart(string name, bool isShared) =>
        SelectionRules.IsSensitive(name) || (isShared && HttpFields.SameName(name, FieldNames.Origin));

    /// <summary>The directives of a request that count.</summary>
    /// <param name="directives">Those that it states.</param>
    public RequestDirectives Without(in RequestDirectives directives) => IgnoredRequestDirectives.Count == 0 ? directives : directives with
    {
        NoStore = directives.NoStore && !Ignores("no-store"),
        NoCache = directives.NoCache && !Ignores("no-cache"),
        OnlyIfCached = directives.OnlyIfCached && !Ignores("only-if-cached"),
        MaxAge = Ignores("max-age") ? null : directives.MaxAge,
        MaxStale = Ignores("max-stale") ? null : directives.MaxStale,
        MinFresh = Ignores("min-fresh") ? null : directives.MinFresh,
        StaleIfError = Ignores("stale-if-error") ? null : directives.StaleIfError,
    };

    /// <summary>The directives of a response that count.</summary>
    /// <param name="directives">Those that it states.</param>
    public ResponseDirectives Without(ResponseDirectives directives) =>
        (IgnoresNoStore && directives.NoStore) || (IgnoresNoCache && (directives.NoCache || directives.PragmaNoCache))
            ? directives with
            {
                NoStore = directives.NoStore && !IgnoresNoStore,
                NoCache = directives.NoCache && !IgnoresNoCache,
                PragmaNoCache = directives.PragmaNoCache && !IgnoresNoCache,
            }
            : directives;

    /// <summary>The lifetime that the rule gives a response; null if the lifetime stays as it is.</summary>
    /// <param name="facts">The response, whose other conclusions are drawn.</param>
    /// <param name="status">Its status.</param>
    /// <param name="lifetime">The lifetime without the rule.</param>
    public TimeSpan? LifetimeOf(ResponseConclusions facts, int status, TimeSpan lifetime)
    {
        // Times of a rule count from receipt, and lifetimes from the moment at which the origin made the response.
        var since = facts.CorrectedInitialAge;
        var given = lifetime;
        if (IsGivenLifetime(facts, status))
        {
            given = Lifetime is { } exact ? Later(since, exact) : given;
            given = LeastLifetime is { } least && given < Later(since, least) ? Later(since, least) : given;
        }

        given = LongestLifetime is { } longest && given > Later(since, longest) ? Later(since, longest) : given;
        return given == lifetime ? null : given;
    }

    /// <summary>A rule is about the resource: an error, and a status that is stored on demand only, gets a lifetime if the rule names it.</summary>
    private bool IsGivenLifetime(ResponseConclusions facts, int status) =>
        !facts.Directives.PragmaNoCache
        && (StatusCodes?.Contains(status) == true
            || (status < 400 && (facts.HasExplicitFreshness || StatusRules.IsHeuristicallyCacheable(status))));

    private static FrozenSet<string> Both(FrozenSet<string> one, FrozenSet<string> other) =>
        other.Count == 0 ? one : one.Count == 0 ? other : one.Concat(other).ToFrozenSet(one.Comparer);

    private static IReadOnlyList<string> Both(IReadOnlyList<string> one, IReadOnlyList<string> other) =>
        other.Count == 0 ? one : one.Count == 0 ? other : [.. one.Union(other)];

    private bool Ignores(string directive) => IgnoredRequestDirectives.Contains(directive);

    private static TimeSpan Later(TimeSpan since, TimeSpan time) => time > DeltaSeconds.Max ? since + DeltaSeconds.Max : since + time;
}
