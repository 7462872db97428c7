using HttpCaching.Fields;
using HttpCaching.Model;

namespace HttpCaching.Policy;

/// <summary>
/// What follows from a response's facts whatever the time and the request: computed once for each stored response, so that a hit costs comparisons.
/// </summary>
internal sealed class ResponseConclusions
{
    private readonly PolicySettings _settings;
    private SelectingMatch[]? _selecting;
    private SelectingMatch[][]? _furtherSelections;

    private ResponseConclusions(in RawResponse raw, PolicySettings settings, long jitterSeed)
    {
        var (status, fields, times) = (raw.Status, raw.Fields, raw.Times);
        Times = times;
        (Directives, IsTargeted) = TargetedRules.DirectivesFor(fields, settings);
        DateValue = DateValueOf(fields, times);
        ETag = fields.First(FieldNames.ETag) is { Length: > 0 } tag ? EntityTag.Parse(tag) : null;
        if (fields.First(FieldNames.LastModified) is { } text && HttpDate.TryParse(text, times.ResponseTime, out var modified))
        {
            (LastModified, LastModifiedValue) = (text, modified);
        }

        CorrectedInitialAge = AgeRules.CorrectedInitialAge(raw.AgeValue, times, DateValue, settings.IgnoreDateInAge);

        var expires = IsTargeted ? default : ExpiresLines.Read(fields, times.ResponseTime);
        ExplicitLifetime = FreshnessRules.ExplicitLifetime(Directives, expires, DateValue, settings.IsShared);
        var heuristic = HeuristicRules.LifetimeOf(this, raw, ExplicitLifetime, settings, out var isForOneRequest);
        IsForOneRequest = isForOneRequest;

        // A function that has not looked at the request would answer the same for all.
        _settings = isForOneRequest ? settings : settings.Lasting;
        IsHeuristic = heuristic is not null;
        HasFailedRule = heuristic == HeuristicRules.Failed;
        Source = heuristic > TimeSpan.Zero ? FreshnessSource.Heuristic : SourceOf(Directives, ExplicitLifetime, settings);
        var lifetime = HasFailedRule ? TimeSpan.Zero : heuristic ?? ExplicitLifetime ?? TimeSpan.Zero;
        if (settings.Rule?.LifetimeOf(this, status, lifetime) is { } given)
        {
            (lifetime, Source) = (given, FreshnessSource.Rule);
        }

        FreshnessLifetime = FreshnessRules.Jittered(Clamp(lifetime, status, settings), settings.LifetimeJitter, jitterSeed);
    }

    public ExchangeTimes Times { get; }

    /// <summary>The directives that apply to this cache: those of a targeted field, or of Cache-Control.</summary>
    public ResponseDirectives Directives { get; }

    public bool IsTargeted { get; }

    public DateTimeOffset DateValue { get; }

    public EntityTag? ETag { get; }

    /// <summary>Last-Modified as it was received, if it is a date: it goes back in If-Modified-Since.</summary>
    public string? LastModified { get; }

    public DateTimeOffset? LastModifiedValue { get; }

    /// <summary>Whether Last-Modified is a strong validator: at least a second before Date, so that no later change has the same (RFC 9110 §8.8.2.2).</summary>
    public bool HasStrongDate => LastModifiedValue is { } modified && DateValue - modified >= TimeSpan.FromSeconds(1);

    public TimeSpan CorrectedInitialAge { get; }

    /// <summary>Whether the response states its lifetime, validly or not (RFC 9111 §4.2.1).</summary>
    public TimeSpan? ExplicitLifetime { get; }

    public bool HasExplicitFreshness => ExplicitLifetime is not null;

    public TimeSpan FreshnessLifetime { get; }

    public bool IsHeuristic { get; }

    /// <summary>Where the lifetime comes from.</summary>
    public FreshnessSource Source { get; }

    /// <summary>Whether the application's own rule has failed on it: it is not stored then, and validated if it was before.</summary>
    public bool HasFailedRule { get; }

    /// <summary>Whether the application's own rule has looked at the request: the conclusions are for this one alone.</summary>
    public bool IsForOneRequest { get; }

    /// <summary>Whether no use may be made of it without validation, fresh or not (RFC 9111 §5.2.2.4).</summary>
    public bool AlwaysValidate => Directives.NoCache || IsForOthers;

    /// <summary>
    /// Whether only a rule that does not apply here has let it be stored: a request without the rule uses it after a validation, which removes it if the origin still
    /// forbids storing.
    /// </summary>
    private bool IsForOthers => Directives is { NoStore: true, MustUnderstand: false };

    /// <summary>Whether it must never be served stale (RFC 9111 §4.2.4), whatever else permits that.</summary>
    public bool ForbidsStale =>
        AlwaysValidate || Directives.MustRevalidate
        || (_settings.IsShared && (Directives.ProxyRevalidate || (Directives.SMaxAge is not null && !_settings.StaleWithSharedMaxAge)));

    public bool HasValidator => ETag is { IsSendable: true } || LastModified is not null;

    public TimeSpan CurrentAge(DateTimeOffset now) =>
        AgeRules.CurrentAge(CorrectedInitialAge, AgeRules.ResidentTime(Times.ResponseTime, now));

    /// <summary>The values that the Vary of the stored response demands of a request.</summary>
    /// <param name="stored">The response that this was concluded from.</param>
    public SelectingMatch[] SelectingOf(StoredResponse stored) =>
        _selecting ??= MatchesOf(stored.SelectingFields, stored.Fields);

    /// <summary>The same for the further selections of the stored response.</summary>
    /// <param name="stored">The response that this was concluded from.</param>
    public SelectingMatch[][] FurtherSelectionsOf(StoredResponse stored) =>
        _furtherSelections ??= [.. stored.FurtherSelections.Select(selection => MatchesOf(selection, stored.Fields))];

    /// <summary>
    /// The fields by which requests are compared. A rule may leave some out. Of a field that it adds, the value of the original request has to be known: a response that was stored without
    /// the rule fits none.
    /// </summary>
    private SelectingMatch[] MatchesOf(SelectingFields selection, HttpFields fields) => _settings.Rule is not { } rule
        ? [.. selection.Fields.Select(field => new SelectingMatch(field, _settings))]
        :
        [
            .. selection.Fields.Where(field => !rule.IgnoresVary(field.Name, fields, _settings.IsShared)).Select(field => new SelectingMatch(field, _settings)),
            .. rule.AddedVary.Where(name => !selection.Fields.Any(field => HttpFields.SameName(field.Name, name))).Select(name => SelectingMatch.Unknown(name, _settings)),
        ];

    /// <summary>When the stored response answers requests that ask for nothing special. Empty if the conclusions are not those of a stored response.</summary>
    public PlainUse PlainUse { get; private set; }

    private static ResponseConclusions? Known(StoredResponse stored, PolicySettings settings) =>
        stored.PolicyMemo is ResponseConclusions memo && ReferenceEquals(memo._settings, settings) ? memo : null;

    /// <summary>The conclusions that are remembered beside a stored response, or are drawn now at its first use; null if others were drawn under other settings.</summary>
    public static ResponseConclusions? KnownOrFirst(StoredResponse stored, PolicySettings settings) =>
        Known(stored, settings) ?? (stored.PolicyMemo is null ? Draw(stored, settings) : null);

    /// <summary>The conclusions for a stored response; remembered beside it for as long as the settings are the same.</summary>
    public static ResponseConclusions Of(StoredResponse stored, PolicySettings settings)
    {
        if (Known(stored, settings) is { } memo)
        {
            return memo;
        }

        return Draw(stored, settings);
    }

    private static ResponseConclusions Draw(StoredResponse stored, PolicySettings settings)
    {
        if (stored.PolicyMemo is ResponseConclusions { IsForOneRequest: false } memo && ReferenceEquals(memo._settings, settings.Lasting))
        {
            return memo;
        }

        var evaluated = Of(RawResponse.Of(stored), settings, stored.Generation);
        if (!evaluated.HasFailedRule && (!evaluated.IsForOneRequest || settings.RequestOptions is null))
        {
            evaluated.Keep(stored);
        }

        return evaluated;
    }

    /// <summary>The conclusions for a response that was received.</summary>
    public static ResponseConclusions Of(RequestHead presented, ResponseHead response, ExchangeTimes times, PolicySettings settings) =>
        Of(RawResponse.Of(presented, response, times), settings);

    /// <summary>
    /// Remembers these conclusions, of a received response, beside the stored response with the same fields. Those that depend on more than the fields are drawn again: on the
    /// jitter of each stored response, or on a function of the application.
    /// </summary>
    public void Remember(StoredResponse stored)
    {
        if (_settings is { LifetimeJitter: <= 0, Heuristic: null, RequestOptions: null })
        {
            Keep(stored);
        }
    }

    private void Keep(StoredResponse stored)
    {
        PlainUse = ReuseRules.PlainUseOf(stored, this, _settings);
        stored.PolicyMemo = this;
    }

    /// <summary>The Date of a response, or its receipt time if it has no valid one.</summary>
    public static DateTimeOffset DateValueOf(HttpFields fields, ExchangeTimes times) =>
        fields.First(FieldNames.Date) is { } date && HttpDate.TryParse(date, times.ResponseTime, out var parsed) ? parsed : times.ResponseTime;

    public static ResponseConclusions Of(in RawResponse raw, PolicySettings settings, long jitterSeed = 0) => new(raw, settings, jitterSeed);

    private static FreshnessSource SourceOf(ResponseDirectives directives, TimeSpan? lifetime, PolicySettings settings) =>
        lifetime is null ? FreshnessSource.None
        : directives.IsMalformed ? FreshnessSource.Malformed
        : settings.IsShared && directives.SMaxAge is not null ? FreshnessSource.SharedMaxAge
        : directives.MaxAge is not null ? FreshnessSource.MaxAge
        : FreshnessSource.Expires;

    private static TimeSpan Clamp(TimeSpan lifetime, int status, PolicySettings settings)
    {
        var limit = settings.MaximumLifetime;
        if (status >= 400 && settings.MaximumErrorLifetime is { } errors && errors < limit)
        {
            limit = errors;
        }

        return lifetime > limit ? limit : lifetime;
    }
}
