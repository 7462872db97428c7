using System.Collections.Immutable;
using System.Globalization;
using HttpCaching.Fields;
using HttpCaching.Model;
using HttpCaching.Policy;

namespace HttpCaching.Control;

/// <summary>Puts the decisions and conclusions of the rules into words: nothing is decided here.</summary>
internal static class Explanations
{
    /// <summary>The explanation of a request.</summary>
    /// <param name="exchange">The request, with its key, snapshot and decision.</param>
    /// <param name="paused">The answer while its origin is not to be asked; null if it may be asked.</param>
    /// <param name="partition">The label of its partition.</param>
    /// <param name="now">The time.</param>
    public static CacheExplanation Of(Exchange exchange, PausedAnswer? paused, string? partition, DateTimeOffset now)
    {
        var (decision, settings) = (exchange.Decision, exchange.Facts.Settings);
        var stored = paused?.Stale?.Stored ?? decision.Stored;
        var facts = stored is null ? null : ResponseConclusions.Of(stored, settings);
        var action = paused is null ? ActionOf(decision.Kind) : paused.Stale is null ? CacheAction.Refuse : CacheAction.Serve;
        var age = facts?.CurrentAge(now);
        var lifetime = facts is null ? null : LifetimeOf(facts, settings);
        return new CacheExplanation
        {
            Method = exchange.Presented.Method,
            Uri = exchange.Key.Uri ?? exchange.Presented.TargetUri,
            Partition = partition,
            Action = action,
            Expected = Expected(exchange, action, paused, facts, age),
            Remedy = action == CacheAction.Serve ? null : RemedyOf(exchange, paused?.Pause.Reason ?? decision.Reason, facts, age),
            ValidatesInBackground = decision.ValidateInBackground,
            Candidates = [.. exchange.Candidates.Select(candidate => Of(candidate, stored, exchange))],
            Lifetime = lifetime,
            Age = facts is null ? null : AgeOf(facts, stored!.AgeValue, now),
            Findings = facts is null ? [] : FindingsOf(stored!.StatusCode, stored.Fields, facts, stored.AgeValue, stored.HadCredentials),
        };
    }

    /// <summary>The explanation of a received response.</summary>
    /// <param name="asked">The request.</param>
    /// <param name="response">The response.</param>
    /// <param name="outcome">The decision of the rules.</param>
    /// <param name="now">The time, at which it came.</param>
    public static StorageExplanation Of(RequestFacts asked, ResponseHead response, ResponseOutcome outcome, DateTimeOffset now)
    {
        var (presented, settings, ageValue) = (asked.Presented, asked.Settings, AgeField.Parse(response.Fields));
        var facts = ResponseConclusions.Of(presented, response, new ExchangeTimes(now, now), settings);
        var notStored = (outcome as ResponseOutcome.PassThrough)?.Reason;
        var findings = FindingsOf(response.StatusCode, response.Fields, facts, ageValue, StorageRules.HasCredentials(presented, response) || presented.Fields.Contains(FieldNames.Cookie));
        return new StorageExplanation
        {
            NotStored = notStored,
            Lifetime = LifetimeOf(facts, settings),
            Age = AgeOf(facts, ageValue, now),
            Findings = notStored == NotStoredReason.Method ? [.. findings.Where(finding => !FindingRules.IsOfReuse(finding.Id))] : findings,
        };
    }

    private static CacheFinding[] FindingsOf(int status, HttpFields fields, ResponseConclusions facts, TimeSpan? ageValue, bool hadCredentials) =>
        [.. FindingRules.Of(status, fields, facts, ageValue, hadCredentials).Select(finding => new CacheFinding(finding))];

    /// <summary>The lifetime and how it comes about.</summary>
    /// <param name="facts">The response.</param>
    /// <param name="settings">The settings.</param>
    public static LifetimeExplanation LifetimeOf(ResponseConclusions facts, PolicySettings settings)
    {
        var (arithmetic, whole) = Arithmetic(facts, settings);
        if (whole is { } stated && facts.FreshnessLifetime < stated)
        {
            arithmetic += ", shortened to " + ExplanationText.Seconds(facts.FreshnessLifetime)
                + (settings.LifetimeJitter > 0 ? " by the options for the longest lifetime and for jitter" : " by the options for the longest lifetime");
        }

        return new LifetimeExplanation(facts.FreshnessLifetime, facts.Source, arithmetic);
    }

    /// <summary>The age and its parts.</summary>
    /// <param name="facts">The response.</param>
    /// <param name="ageValue">The Age that came with it.</param>
    /// <param name="now">The time.</param>
    public static AgeExplanation AgeOf(ResponseConclusions facts, TimeSpan? ageValue, DateTimeOffset now) => new()
    {
        AgeValue = ageValue,
        ApparentAge = AgeRules.ApparentAge(facts.Times.ResponseTime, facts.DateValue),
        ResponseDelay = AgeRules.ResponseDelay(facts.Times),
        CorrectedInitialAge = facts.CorrectedInitialAge,
        ResidentTime = AgeRules.ResidentTime(facts.Times.ResponseTime, now),
        CurrentAge = facts.CurrentAge(now),
    };

    private static CacheAction ActionOf(DecisionKind kind) => kind switch
    {
        DecisionKind.Serve => CacheAction.Serve,
        DecisionKind.Validate => CacheAction.Validate,
        DecisionKind.Complete => CacheAction.Complete,
        DecisionKind.Bypass => CacheAction.Bypass,
        DecisionKind.Unsatisfiable => CacheAction.Refuse,
        _ => CacheAction.Forward,
    };

    private static CacheStatus Expected(Exchange exchange, CacheAction action, PausedAnswer? paused, ResponseConclusions? facts, TimeSpan? age) => new()
    {
        Key = action == CacheAction.Serve ? exchange.Key.Uri : exchange.Presented.TargetUri,
        Hit = action == CacheAction.Serve,
        Generated = action == CacheAction.Refuse,
        Reason = paused?.Pause.Reason ?? exchange.Decision.Reason,
        Forward = action == CacheAction.Serve ? ForwardReason.None : exchange.Decision.Forward,
        Age = action == CacheAction.Serve ? age : null,
        TimeToLive = action == CacheAction.Serve ? facts!.FreshnessLifetime - age : null,
        Source = action == CacheAction.Serve ? facts!.Source : FreshnessSource.None,
        VariedField = exchange.Decision.VariedField,
        IsInOtherPartition = exchange.IsInOtherPartition,
    };

    private static CandidateExplanation Of(StoredResponse candidate, StoredResponse? selected, Exchange exchange)
    {
        var (presented, settings) = (exchange.Presented, exchange.Facts.Settings);
        var mismatch = !MethodRules.CanAnswer(candidate.Method, presented.Method) ? CandidateMismatch.Method
            : !SelectionRules.IsForThisKind(candidate, settings) ? CandidateMismatch.Private
            : !SelectionRules.Matches(presented, candidate, settings) ? CandidateMismatch.Vary
            : CandidateMismatch.None;
        return new CandidateExplanation
        {
            Method = candidate.Method,
            StatusCode = candidate.StatusCode,
            ReceivedAt = candidate.Times.ResponseTime,
            BodyLength = candidate.BodyLength,
            IsComplete = candidate.IsComplete,
            IsSelected = ReferenceEquals(candidate, selected),
            Mismatch = mismatch,
            MismatchedField = mismatch == CandidateMismatch.Vary ? SelectionRules.FieldThatDiffers(presented, [candidate], settings) : null,
        };
    }

    private static string RemedyOf(Exchange exchange, CacheReason reason, ResponseConclusions? facts, TimeSpan? age)
    {
        var remedy = ReasonTexts.RemedyOf(reason);
        if (reason == CacheReason.Miss && exchange.Decision.VariedField == "*")
        {
            return "No request matches what is stored: its Vary is *, or names a field that is changed below the cache. Have the origin name the fields in Vary.";
        }

        if (reason == CacheReason.Miss && exchange.Decision.VariedField is { } field)
        {
            return $"Send the same {field} as the stored response was asked for with, or have the origin leave {field} out of Vary. The response to this request is stored beside the others.";
        }

        return (reason, facts, age) switch
        {
            (CacheReason.Miss, _, _) when exchange.IsInOtherPartition => "The URI is stored for other credentials or another tenant, whose response is never used for this request.",
            (CacheReason.Miss, _, _) => "The first response has to be stored: its status tells whether it is.",
            (CacheReason.Expired or CacheReason.NoLifetime, { }, { } now) =>
                $"{remedy} Its age is {ExplanationText.Seconds(now)}, so the lifetime would have to be longer than that.",
            (CacheReason.RequestMaxAge, { }, { } now) => $"{remedy} Its age is {ExplanationText.Seconds(now)}.",
            (CacheReason.RequestMinFresh, { } stored, { } now) => $"{remedy} It is fresh for {ExplanationText.Seconds(stored.FreshnessLifetime - now)} more.",
            _ => remedy,
        };
    }

    /// <summary>The calculation in words, and its result before the options shorten it.</summary>
    private static (string Text, TimeSpan? Whole) Arithmetic(ResponseConclusions facts, PolicySettings settings) => facts.Source switch
    {
        FreshnessSource.MaxAge => ($"max-age={DeltaSeconds.Format(facts.ExplicitLifetime!.Value)}{Targeted(facts)}", facts.ExplicitLifetime),
        FreshnessSource.SharedMaxAge => ($"s-maxage={DeltaSeconds.Format(facts.ExplicitLifetime!.Value)}{Targeted(facts)}", facts.ExplicitLifetime),
        FreshnessSource.Expires => ($"Expires - Date = {ExplanationText.Seconds(facts.ExplicitLifetime!.Value)}; a date that can't be read is past", facts.ExplicitLifetime),
        FreshnessSource.Heuristic => OfHeuristic(facts, settings),
        FreshnessSource.Malformed => ("a directive can't be read, so it is stale from the beginning", null),
        FreshnessSource.Rule => ("a rule of the application for the request", null),
        FreshnessSource.None => ("it states none, and no rule gives it one", null),
        _ => ("a rule of the application", null),
    };

    private static (string Text, TimeSpan? Whole) OfHeuristic(ResponseConclusions facts, PolicySettings settings)
    {
        var since = FreshnessRules.SinceLastModified(facts.DateValue, facts.LastModifiedValue, settings.HeuristicFraction, settings.MaximumHeuristicLifetime);
        return settings.Heuristic is not null ? ("a rule of the application", null)
            : settings.DefaultFreshnessLifetime is { } fallback && !facts.Directives.Private ? ("the option DefaultFreshnessLifetime", fallback)
            : (string.Create(
                CultureInfo.InvariantCulture,
                $"{settings.HeuristicFraction:P0} of Date - Last-Modified ({ExplanationText.Seconds(facts.DateValue - facts.LastModifiedValue!.Value)}), {ExplanationText.Seconds(settings.MaximumHeuristicLifetime)} at most"),
                since);
    }

    private static string Targeted(ResponseConclusions facts) => facts.IsTargeted ? " of the targeted field, which replaces Cache-Control and Expires" : string.Empty;
}
