using HttpCaching.Fields;

namespace HttpCaching.Policy;

/// <summary>The options that the rules read: copied once, never changed.</summary>
internal sealed record PolicySettings
{
    private StaleLimits? _staleLimits;
    private PolicySettings? _lasting;

    public static PolicySettings Default { get; } = new();

    /// <summary>The rule of the application that these settings follow; null for none.</summary>
    public RuleSettings? Rule { get; private init; }

    /// <summary>What makes the URIs of one resource one key.</summary>
    public KeyRule Key => Rule?.Key ?? KeyRule.None;

    /// <summary>The options of the one request that these settings are for; null if they are for many.</summary>
    public IReadOnlyDictionary<string, object?>? RequestOptions { get; private init; }

    /// <summary>The settings for many requests that these are a copy of, or these.</summary>
    public PolicySettings Lasting => _lasting ?? this;

    public CacheKind Kind { get; init; } = CacheKind.Private;

    public bool IsShared => Kind == CacheKind.Shared;

    /// <summary>The lifetime of responses without explicit freshness; <see langword="null"/> for none.</summary>
    public TimeSpan? DefaultFreshnessLifetime { get; init; }

    /// <summary>No freshness lifetime is longer.</summary>
    public TimeSpan MaximumLifetime { get; init; } = DeltaSeconds.Max;

    /// <summary>No freshness lifetime of a 4xx or 5xx response is longer; <see langword="null"/> for no own limit.</summary>
    public TimeSpan? MaximumErrorLifetime { get; init; }

    /// <summary>The share of the time since Last-Modified that counts as fresh; 0 switches heuristics off (RFC 9111 §4.2.2).</summary>
    public double HeuristicFraction { get; init; } = 0.1;

    public TimeSpan MaximumHeuristicLifetime { get; init; } = TimeSpan.FromHours(24);

    public IFreshnessHeuristic? Heuristic { get; init; }

    /// <summary>The share of its lifetime after which a hit also validates in the background; 1 for never.</summary>
    public double EagerRefreshAfter { get; init; } = 1;

    /// <summary>By which share at most lifetimes are shortened at random, so that responses stored together don't expire together.</summary>
    public double LifetimeJitter { get; init; }

    public TimeSpan StaleIfError { get; init; }

    public TimeSpan StaleWhileRevalidate { get; init; }

    /// <summary>Whether stale responses that nothing forbids are served when the origin can't be reached (RFC 9111 §4.2.4).</summary>
    public bool StaleWhenDisconnected { get; init; }

    /// <summary>Whether s-maxage leaves stale permissions alone, as many CDNs do; the RFC says it forbids them (§5.2.2.10).</summary>
    public bool StaleWithSharedMaxAge { get; init; }

    /// <summary>Whether the age is taken from Age and the exchange alone, against origins with wrong clocks.</summary>
    public bool IgnoreDateInAge { get; init; }

    /// <summary>The targeted fields that replace Cache-Control, in order (RFC 9213 §2.2).</summary>
    public IReadOnlyList<string> TargetedFields { get; init; } = [];

    /// <summary>Request fields that may be added below the cache; a Vary that names one can't be matched.</summary>
    public IReadOnlyList<string> FieldsAddedBelow { get; init; } = [];

    public bool LanguageOrderIsSignificant { get; init; } = true;

    /// <summary>Normal forms of request values seen lately; changes no answer.</summary>
    public NormalizedValues NormalizedValues { get; } = new();

    public bool StorePartialResponses { get; init; } = true;

    /// <summary>How many bytes of a body that broke off make it worth keeping for a later request to complete; null for never.</summary>
    public long? KeepIncompleteAbove { get; init; }

    public bool StorePost { get; init; }

    public bool CacheQuery { get; init; }

    /// <summary>Whether a shared cache stores responses that set cookies without an explicit permission.</summary>
    public bool StoreSetCookie { get; init; }

    public bool CacheGroups { get; init; } = true;

    /// <summary>Whether No-Vary-Search lets stored responses answer requests whose query differs in what does not matter.</summary>
    public bool NoVarySearch { get; init; }

    /// <summary>Asked for each status that could be stored; <see langword="null"/> allows all.</summary>
    public Func<int, bool>? StatusFilter { get; init; }

    /// <summary>How many entity tags one validation offers at most.</summary>
    public int MaximumValidators { get; init; } = 16;

    /// <summary>How many characters the entity tags of one validation have at most.</summary>
    public int MaximumValidatorLength { get; init; } = 4096;

    /// <summary>How many characters the header lines of a stored response have at most.</summary>
    public int MaximumFieldLength { get; init; } = 64 * 1024;

    /// <summary>How many characters the URI of a stored response has at most.</summary>
    public int MaximumUriLength { get; init; } = 8 * 1024;

    /// <summary>How long stores keep a stale response that can still be validated or served on errors.</summary>
    public TimeSpan StaleRetention { get; init; } = TimeSpan.FromDays(30);

    /// <summary>Replaces the value of a sensitive request field by a keyed hash.</summary>
    public Func<string, string> HashSensitive { get; init; } = static value => value;

    /// <summary>The stale windows. They are made once, for a hit must not allocate; a copy of the settings with other windows makes its own.</summary>
    public StaleLimits StaleLimits
    {
        get
        {
            var limits = _staleLimits;
            return limits is not null && limits.IfError == StaleIfError && limits.WhileRevalidate == StaleWhileRevalidate && limits.WhenDisconnected == StaleWhenDisconnected
                ? limits
                : _staleLimits = new StaleLimits(StaleIfError, StaleWhileRevalidate, StaleWhenDisconnected);
        }
    }

    /// <summary>The settings for one request, with its options for the functions of the application.</summary>
    /// <param name="options">The options.</param>
    public PolicySettings WithOptions(IReadOnlyDictionary<string, object?> options) => this with { RequestOptions = options, _lasting = Lasting };

    /// <summary>
    /// The settings of requests that a rule is for. Conclusions about stored responses are remembered with the settings that they were drawn from, so make them once.
    /// </summary>
    /// <param name="rule">The rule.</param>
    public PolicySettings Under(RuleSettings rule) => this with
    {
        Rule = rule,
        DefaultFreshnessLifetime = rule.DefaultLifetime ?? DefaultFreshnessLifetime,

        // The rule answers the question that the application's function answers for others.
        Heuristic = rule.Lifetime is null && rule.DefaultLifetime is null ? Heuristic : null,
        StaleIfError = rule.StaleIfError ?? StaleIfError,
        StaleWhileRevalidate = rule.StaleWhileRevalidate ?? StaleWhileRevalidate,
        StaleWhenDisconnected = rule.StaleWhenDisconnected || StaleWhenDisconnected,
        StatusFilter = rule.StatusCodes is { } statuses ? statuses.Contains : StatusFilter,
    };
}
