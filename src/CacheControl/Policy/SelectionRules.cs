using System.Collections.Immutable;
using HttpCaching.Fields;
using HttpCaching.Model;

namespace HttpCaching.Policy;

/// <summary>Which stored response fits a request (RFC 9111 §4, §4.1).</summary>
internal static class SelectionRules
{
    /// <summary>
    /// The most recent stored response whose method and selecting fields fit, complete ones before parts;
    /// <see langword="null"/> if none fits.
    /// </summary>
    public static StoredResponse? Select(RequestHead presented, ImmutableArray<StoredResponse> candidates, PolicySettings settings)
    {
        StoredResponse? best = null;
        foreach (var candidate in candidates)
        {
            if (MayAnswer(presented, candidate, settings) && (best is null || IsBetter(candidate, best, settings)))
            {
                best = candidate;
            }
        }

        return best;
    }

    /// <summary>Whether the method, the kind of cache and the selecting fields fit.</summary>
    public static bool MayAnswer(RequestHead presented, StoredResponse stored, PolicySettings settings) =>
        MethodRules.CanAnswer(stored.Method, presented.Method) && IsForThisKind(stored, settings) && Matches(presented, stored, settings);

    /// <summary>
    /// Whether this kind of cache may use a stored response at all: a shared one never uses a private response, whichever cache stored it (RFC 9111 §5.2.2.7), unless a rule says that
    /// the origin does not mean it. The rule says nothing of responses to requests with credentials.
    /// </summary>
    public static bool IsForThisKind(StoredResponse stored, PolicySettings settings) =>
        !settings.IsShared
        || !ResponseConclusions.Of(stored, settings).Directives.Private
        || (!stored.HadCredentials && settings.Rule is { IgnoresPrivate: true });

    /// <summary>Whether the presented request has the selecting fields of the original one (RFC 9111 §4.1).</summary>
    public static bool Matches(RequestHead presented, StoredResponse stored, PolicySettings settings)
    {
        if (ReferenceEquals(stored.SelectingFields, SelectingFields.None) && settings.Rule is not { AddedVary.Count: > 0 })
        {
            return true;
        }

        var facts = ResponseConclusions.Of(stored, settings);
        foreach (var field in facts.SelectingOf(stored))
        {
            if (!field.Matches(presented.Fields))
            {
                return stored.FurtherSelections.Count > 0 && MatchesFurther(presented, facts.FurtherSelectionsOf(stored));
            }
        }

        return true;
    }

    /// <summary>
    /// The name of the first selecting field by which the request differs from a stored variant that could answer it otherwise; null if there is no such variant.
    /// </summary>
    public static string? FieldThatDiffers(RequestHead presented, ImmutableArray<StoredResponse> candidates, PolicySettings settings)
    {
        foreach (var candidate in candidates)
        {
            if (!MethodRules.CanAnswer(candidate.Method, presented.Method) || !IsForThisKind(candidate, settings))
            {
                continue;
            }

            foreach (var field in ResponseConclusions.Of(candidate, settings).SelectingOf(candidate))
            {
                if (!field.Matches(presented.Fields))
                {
                    return field.Name;
                }
            }
        }

        return null;
    }

    private static bool MatchesFurther(RequestHead presented, SelectingMatch[][] selections) =>
        Array.Exists(selections, selection => Array.TrueForAll(selection, field => field.Matches(presented.Fields)));

    /// <summary>
    /// What a response's Vary makes of the request that led to it; a single "*" if no request can match again:
    /// Vary says so, is malformed, or names a field that is added below the cache.
    /// </summary>
    public static SelectingFields SelectingFieldsOf(
        RequestHead presented, HttpFields response, IReadOnlyList<string> changedBelow, PolicySettings settings)
    {
        var vary = VaryNames.Parse(response);
        if (vary.IsAny)
        {
            return new SelectingFields([new SelectingField("*", null)]);
        }

        var names = IsCodedUnsaid(presented.Fields, response, vary) ? [.. vary.Names, FieldNames.AcceptEncoding] : vary.Names;
        return SelectingFieldsOf(presented, WithAdded(names, settings), changedBelow, settings);
    }

    /// <summary>These names, and those that a rule adds.</summary>
    public static IReadOnlyList<string> WithAdded(IReadOnlyList<string> names, PolicySettings settings) =>
        settings.Rule is { AddedVary.Count: > 0 } rule ? rule.WithAdded(names) : names;

    /// <summary>
    /// Whether the response has a coding that the request asked for, and its Vary does not say so: nginx and others leave it out until they are told to.
    /// To a request that asks for none it would be unreadable, though RFC 9111 §4.1 lets it be used.
    /// </summary>
    private static bool IsCodedUnsaid(HttpFields presented, HttpFields response, VaryNames vary) =>
        response.Combined(FieldNames.ContentEncoding) is { } codings
        && presented.Combined(FieldNames.AcceptEncoding) is { } accepted
        && !Contains(vary.Names, FieldNames.AcceptEncoding)
        && AcceptanceRules.AcceptsCoding(accepted, codings);

    /// <summary>The same for these names.</summary>
    public static SelectingFields SelectingFieldsOf(
        RequestHead presented, IReadOnlyList<string> names, IReadOnlyList<string> changedBelow, PolicySettings settings)
    {
        if (names.Count == 0)
        {
            return SelectingFields.None;
        }

        var selecting = new List<SelectingField>(names.Count);
        foreach (var name in names)
        {
            // Accept-Encoding may grow below: the platform adds the codings that it decodes, to every request alike.
            if (Contains(settings.FieldsAddedBelow, name) && !presented.Fields.Contains(name)
                || (Contains(changedBelow, name) && !HttpFields.SameName(name, FieldNames.AcceptEncoding)))
            {
                return new SelectingFields([new SelectingField("*", null)]);
            }

            selecting.Add(new SelectingField(name, ValueOf(name, presented.Fields, settings)));
        }

        return new SelectingFields(selecting);
    }

    /// <summary>Whether no request matches a response stored with these selecting fields.</summary>
    public static bool NeverMatches(SelectingFields selecting) => selecting.Fields.Count == 1 && selecting.Fields[0].Name == "*";

    /// <summary>The value of a nominated field in the form in which two requests are compared; null if it is absent.</summary>
    public static string? ValueOf(string name, HttpFields fields, PolicySettings settings)
    {
        var value = SelectingValue.Normalize(name, fields, settings.LanguageOrderIsSignificant, settings.NormalizedValues);
        return value is not null && IsSensitive(name) ? settings.HashSensitive(value) : value;
    }

    /// <summary>Whether values of the field are kept as keyed hashes only.</summary>
    public static bool IsSensitive(string name) =>
        HttpFields.SameName(name, FieldNames.Authorization) || HttpFields.SameName(name, FieldNames.Cookie)
        || HttpFields.SameName(name, FieldNames.ProxyAuthorization);

    private static bool IsBetter(StoredResponse candidate, StoredResponse best, PolicySettings settings)
    {
        if (candidate.IsComplete != best.IsComplete)
        {
            return candidate.IsComplete;
        }

        // One with a Vary that matches says more about this request than one without (RFC 9111 §4.1).
        var candidateVaries = candidate.SelectingFields.Fields.Count > 0;
        if (candidateVaries != best.SelectingFields.Fields.Count > 0)
        {
            return candidateVaries;
        }

        var candidateDate = ResponseConclusions.Of(candidate, settings).DateValue;
        var bestDate = ResponseConclusions.Of(best, settings).DateValue;
        return candidateDate != bestDate ? candidateDate > bestDate : candidate.Times.ResponseTime > best.Times.ResponseTime;
    }

    private static bool Contains(IReadOnlyList<string> names, string name)
    {
        for (var i = 0; i < names.Count; i++)
        {
            if (HttpFields.SameName(names[i], name))
            {
                return true;
            }
        }

        return false;
    }
}
