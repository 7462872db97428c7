using System.Collections.Frozen;
using HttpCaching.Fields;
using HttpCaching.Fields.Text;
using HttpCaching.Model;

namespace HttpCaching.Policy;

/// <summary>Whether a response may be stored, and what of it (RFC 9111 §3).</summary>
internal static class StorageRules
{
    /// <summary>The first rule that forbids storing a response, in the order of RFC 9111 §3; <see langword="null"/> if it may be stored.</summary>
    /// <param name="asked">The request.</param>
    /// <param name="response">The response.</param>
    /// <param name="facts">What follows from it.</param>
    public static NotStoredReason? AgainstStoring(RequestFacts asked, ResponseHead response, ResponseConclusions facts)
    {
        var (presented, settings) = (asked.Presented, asked.Settings);
        var own = facts.Directives;
        if (asked.IsReadOnly)
        {
            return NotStoredReason.ReadOnly;
        }

        if (!IsStorableMethod(presented, response, facts, settings))
        {
            return presented.Method == MethodRules.Post && settings.StorePost ? NotStoredReason.PostWithoutLocation : NotStoredReason.Method;
        }

        if (response.FinalUri != presented.TargetUri || response.FinalMethod != presented.Method)
        {
            return NotStoredReason.Redirected;
        }

        if (asked.Directives.NoStore)
        {
            return NotStoredReason.RequestNoStore;
        }

        if (response.HasContradictoryFraming)
        {
            return NotStoredReason.ContradictoryFraming;
        }

        if (StatusRules.IsNeverStored(response.StatusCode, facts.HasExplicitFreshness || facts.Source == FreshnessSource.Rule))
        {
            return NotStoredReason.Status;
        }

        if (settings.StatusFilter is { } filter && !filter(response.StatusCode))
        {
            return NotStoredReason.StatusFilter;
        }

        if (facts.HasFailedRule)
        {
            return NotStoredReason.RuleFailed;
        }

        if (own.MustUnderstand && !StatusRules.IsUnderstood(response.StatusCode))
        {
            return NotStoredReason.NotUnderstood;
        }

        if (own.NoStore && !own.MustUnderstand)
        {
            return NotStoredReason.NoStore;
        }

        return AgainstStoringAs(presented, response, facts, settings);
    }

    /// <summary>The fields of a response that are stored: all lines in order, without those that concern one connection, this cache's own accounting, or other caches' callers.</summary>
    public static HttpFields FieldsToStore(HttpFields fields, ResponseDirectives directives, DateTimeOffset receipt, PolicySettings settings)
    {
        var kept = WithoutExcluded(EndToEndFields(fields), directives, settings);
        return kept.Contains(FieldNames.Date) ? kept : kept.Append(FieldNames.Date, HttpDate.Format(receipt));
    }

    /// <summary>The lines that are not about one connection (RFC 9110 §7.6.1) or this cache's own accounting.</summary>
    public static HttpFields EndToEndFields(HttpFields fields)
    {
        var nominated = FieldNames.ConnectionNominated(fields);
        return nominated.Count == 0 ? fields.Where(IsEndToEnd) : WithoutNominated(fields, nominated);
    }

    private static HttpFields WithoutNominated(HttpFields fields, IReadOnlySet<string> nominated) =>
        fields.Where(line => IsEndToEnd(line) && !nominated.Contains(line.Name));

    private static bool IsEndToEnd(FieldLine line) =>
        !FieldNames.IsConnectionSpecific(line.Name)
        && !HttpFields.SameName(line.Name, FieldNames.Age)
        && !HttpFields.SameName(line.Name, FieldNames.Trailer);

    /// <summary>The lines without those that the qualified directives among them keep out of this cache (RFC 9111 §5.2.2.4, §5.2.2.7).</summary>
    /// <param name="fields">The lines.</param>
    /// <param name="directives">The directives among them.</param>
    /// <param name="settings">The settings.</param>
    /// <param name="exempt">Names whose lines stay whatever is said of them; null for none.</param>
    public static HttpFields WithoutExcluded(HttpFields fields, ResponseDirectives directives, PolicySettings settings, FieldNameSet? exempt = null)
    {
        var excluded = ExcludedFields(directives, settings);
        return excluded.Count == 0 ? fields : Without(fields, excluded, exempt);
    }

    private static HttpFields Without(HttpFields fields, IReadOnlySet<string> excluded, FieldNameSet? exempt) =>
        fields.Where(line => !excluded.Contains(line.Name) || exempt?.Contains(line.Name) == true);

    /// <summary>The names of the fields that qualified directives keep out of this cache, without regard to case.</summary>
    private static IReadOnlySet<string> ExcludedFields(ResponseDirectives directives, PolicySettings settings) =>
        directives.NoCacheFields.Count == 0 && directives.PrivateFields.Count == 0 && settings.Rule is not { SetCookie: HttpCacheSetCookie.Remove }
            ? FrozenSet<string>.Empty
            : CollectExcluded(directives, settings);

    private static HashSet<string> CollectExcluded(ResponseDirectives directives, PolicySettings settings)
    {
        var excluded = new HashSet<string>(directives.NoCacheFields, StringComparer.OrdinalIgnoreCase);
        if (settings.IsShared)
        {
            excluded.UnionWith(directives.PrivateFields);
        }

        if (settings.Rule is { SetCookie: HttpCacheSetCookie.Remove })
        {
            excluded.Add(FieldNames.SetCookie);
        }

        return excluded;
    }

    /// <summary>The head to store for a response; its body length is not known yet.</summary>
    /// <param name="asked">The request.</param>
    /// <param name="response">The response.</param>
    /// <param name="received">What follows from it.</param>
    /// <param name="part">The part that it is; null for a whole one.</param>
    /// <param name="ownTags">The tags that its request gives it.</param>
    /// <param name="ids">The identities of the head and of the body.</param>
    public static StoredResponse HeadOf(
        RequestFacts asked, ResponseHead response, ResponseConclusions received, PartRange? part, IReadOnlyList<string> ownTags, (long Generation, long BodyId) ids)
    {
        var (presented, settings, times) = (asked.Presented, asked.Settings, received.Times);
        var fields = FieldsToStore(response.Fields, received.Directives, times.ResponseTime, settings);
        var selecting = SelectionRules.SelectingFieldsOf(presented, response.Fields, response.FieldsChangedBelow, settings);
        var method = presented.Method == MethodRules.Post && !presented.OnlyAsks ? MethodRules.Get : presented.Method;
        var head = new StoredResponse
        {
            Method = method,
            TargetUri = presented.TargetUri,
            SelectingFields = selecting,
            StatusCode = response.StatusCode,
            ReasonPhrase = response.ReasonPhrase,
            HttpVersion = response.HttpVersion,
            Fields = fields,
            Times = times,
            AgeValue = AgeField.Parse(response.Fields),
            Part = part,
            IsDecoded = response.IsDecoded,
            HadCredentials = HasCredentials(presented, response),
            Tags = TagsOf(presented.TargetUri, fields, ownTags, settings),
            Variant = VariantRules.IdOf(method, part, selecting),
            Rank = ResponseConclusions.DateValueOf(fields, times).UtcTicks,
            Generation = ids.Generation,
            BodyId = ids.BodyId,

            // What the message says is as a rule what comes: the head need not be made again then.
            BodyLength = part is null && !response.IsDecoded && method == MethodRules.Get ? response.WireContentLength ?? -1 : -1,
        };
        if (fields.Lines == response.Fields.Lines && method == presented.Method)
        {
            received.Remember(head);
        }

        return head;
    }

    public static IReadOnlyList<string> TagsOf(string targetUri, HttpFields fields, IReadOnlyList<string> own, PolicySettings settings) =>
        settings.Rule is null && !(settings.CacheGroups && fields.Contains(FieldNames.CacheGroups)) ? own :
        [
            .. settings.Rule is { } rule ? own.Union(rule.Tags) : own,
            .. settings.CacheGroups && fields.Contains(FieldNames.CacheGroups) ? GroupRules.TagsOf(targetUri, fields) : [],
        ];

    /// <summary>Whether the request went out with credentials, the caller's or some that a handler below added.</summary>
    public static bool HasCredentials(RequestHead presented, ResponseHead response) =>
        response.CredentialsAddedBelow || presented.Fields.Contains(FieldNames.Authorization);

    /// <summary>How long a stored response can be of use from now: while fresh, in its stale windows, and as long as it can be validated. At most 2^31 s.</summary>
    public static TimeSpan Retention(StoredResponse stored, DateTimeOffset now, PolicySettings settings)
    {
        var facts = ResponseConclusions.Of(stored, settings);
        var left = facts.FreshnessLifetime - facts.CurrentAge(now);
        return Bounded(Bounded(left) + Bounded(StaleWindow(facts, settings)));
    }

    /// <summary>Whether a stored response is still within the time for which it was to be kept: stores that don't expire by time may have it for longer.</summary>
    public static bool IsRetained(ResponseConclusions facts, TimeSpan age, PolicySettings settings) =>
        age - facts.FreshnessLifetime < Bounded(StaleWindow(facts, settings));

    /// <summary>
    /// Whether a later request could use the response at all. One without a lifetime and a validator is of use only to requests that take a stale response, so it is
    /// stored if the options or this request permit that.
    /// </summary>
    public static bool IsOfUse(RequestFacts asked, ResponseConclusions facts) =>
        facts.FreshnessLifetime > TimeSpan.Zero
        || (facts.HasValidator && !asked.Presented.OnlyAsks)
        || asked.Limits.WhenDisconnected
        || StaleWindow(facts, asked.Settings) > TimeSpan.Zero
        || asked.Limits.IfError > TimeSpan.Zero
        || asked.Limits.WhileRevalidate > TimeSpan.Zero
        || asked.Directives.MaxStale is not null
        || asked.Mode is HttpCacheMode.ForceCache or HttpCacheMode.OnlyIfCached;

    /// <summary>How long a response can be of use when it is stale.</summary>
    private static TimeSpan StaleWindow(ResponseConclusions facts, PolicySettings settings)
    {
        var window = facts.HasValidator || settings.StaleWhenDisconnected ? settings.StaleRetention : TimeSpan.Zero;
        window = Longer(window, facts.Directives.StaleIfError ?? TimeSpan.Zero);
        window = Longer(window, facts.Directives.StaleWhileRevalidate ?? TimeSpan.Zero);
        return Longer(window, Longer(settings.StaleIfError, settings.StaleWhileRevalidate));
    }

    private static TimeSpan Longer(TimeSpan one, TimeSpan other) => one > other ? one : other;

    private static TimeSpan Bounded(TimeSpan value) =>
        value < TimeSpan.Zero ? TimeSpan.Zero : value > DeltaSeconds.Max ? DeltaSeconds.Max : value;

    /// <summary>
    /// What a head that a 304 or a HEAD has updated would be refused for if it were new; <see langword="null"/> if it may stay. A permission to store
    /// that the update takes away counts from then on (RFC 9111 §3.2, §3.5).
    /// </summary>
    public static NotStoredReason? AgainstKeeping(StoredResponse updated, PolicySettings settings) =>
        AgainstKeeping(ResponseConclusions.Of(updated, settings), updated.StatusCode, updated.Fields, updated.HadCredentials, settings);

    /// <summary>The same for what was received to complete a stored part.</summary>
    public static NotStoredReason? AgainstKeeping(ResponseConclusions facts, int status, HttpFields fields, bool hadCredentials, PolicySettings settings) =>
        facts.Directives is { NoStore: true, MustUnderstand: false }
            ? NotStoredReason.NoStore
            : AgainstSharing(facts, fields, hadCredentials, hadCookie: false, settings) ?? AgainstReplaying(facts, status, fields, settings);

    /// <summary>
    /// Why a redirect must be asked for each time: its cookie is meant for the request that follows. Below a private cache a cookie container takes cookies from
    /// what the origin sends and not from what is stored, so a redirect out of the store would lead on without the cookie. A shared cache has the
    /// containers of its callers above it.
    /// </summary>
    private static NotStoredReason? AgainstReplaying(ResponseConclusions facts, int status, HttpFields fields, PolicySettings settings) =>
        !settings.IsShared && status is >= 300 and < 400 && fields.Contains(FieldNames.SetCookie) && settings.Rule is not { SetCookie: HttpCacheSetCookie.Keep }
        && !ExcludedFields(facts.Directives, settings).Contains(FieldNames.SetCookie)
            ? NotStoredReason.SetCookieInRedirect
            : null;

    /// <summary>Why a response must not be given to others than who asked for it; <see langword="null"/> if it may, or if there are no others.</summary>
    private static NotStoredReason? AgainstSharing(ResponseConclusions facts, HttpFields fields, bool hadCredentials, bool hadCookie, PolicySettings settings)
    {
        var own = facts.Directives;
        var (cookies, setsCookie) = (settings.Rule?.SetCookie ?? HttpCacheSetCookie.Default, fields.Contains(FieldNames.SetCookie));
        if (setsCookie && cookies == HttpCacheSetCookie.DoNotStore)
        {
            return NotStoredReason.SetCookieByRule;
        }

        if (!settings.IsShared)
        {
            return null;
        }

        if (own.Private && (hadCredentials || settings.Rule is not { IgnoresPrivate: true }))
        {
            return NotStoredReason.Private;
        }

        if (hadCredentials && !(own.Public || own.MustRevalidatePermits || own.SMaxAgePermits))
        {
            return NotStoredReason.Authorization;
        }

        // Without its cookie the response is everybody's, if the request did not tell whose it is.
        var isWithout = cookies == HttpCacheSetCookie.Remove && !hadCookie;
        return setsCookie && !isWithout && !settings.StoreSetCookie && !(own.Public || own.SMaxAgePermits) ? NotStoredReason.SetCookie : null;
    }

    private static NotStoredReason? AgainstStoringAs(RequestHead presented, ResponseHead response, ResponseConclusions facts, PolicySettings settings)
    {
        // A cookie tells users apart too. That alone does not make a response private, but one that says private is its user's.
        var hadCredentials = HasCredentials(presented, response) || (facts.Directives.Private && presented.Fields.Contains(FieldNames.Cookie));
        if (AgainstSharing(facts, response.Fields, hadCredentials, presented.Fields.Contains(FieldNames.Cookie), settings) is { } forbidden)
        {
            return forbidden;
        }

        if (AgainstReplaying(facts, response.StatusCode, response.Fields, settings) is { } replay)
        {
            return replay;
        }

        if (!HasPermission(response, facts, settings))
        {
            return NotStoredReason.NoPermission;
        }

        if (response.StatusCode == 206 && PartialRules.PieceOf(presented, response, facts) is null)
        {
            return NotStoredReason.Partial;
        }

        var selecting = SelectionRules.SelectingFieldsOf(presented, response.Fields, response.FieldsChangedBelow, settings);
        if (SelectionRules.NeverMatches(selecting) && facts.ETag is null)
        {
            return NotStoredReason.VaryAny;
        }

        return IsEndless(response.Fields) ? NotStoredReason.Endless : AgainstSize(presented, response, settings);
    }

    /// <summary>
    /// Whether anything in the response opens it to storing (RFC 9111 §3, the last point). Directives that can't be read to their end, or a lifetime that is
    /// no number, are stale for sure, but that is no statement of freshness.
    /// </summary>
    private static bool HasPermission(ResponseHead response, ResponseConclusions facts, PolicySettings settings) =>
        facts.Directives.Public
        || (facts.Directives.Private && !settings.IsShared)
        || (facts.HasExplicitFreshness && StatesFreshness(facts.Directives, settings))
        || facts.FreshnessLifetime > TimeSpan.Zero
        || StatusRules.IsHeuristicallyCacheable(response.StatusCode);

    private static bool StatesFreshness(ResponseDirectives own, PolicySettings settings) =>
        !own.IsMalformed
        && (own.MaxAge is null || own.MaxAgePermits)
        && (!settings.IsShared || own.SMaxAge is null || own.SMaxAgePermits);

    private static bool IsStorableMethod(RequestHead presented, ResponseHead response, ResponseConclusions facts, PolicySettings settings) =>
        MethodRules.IsReusable(presented, settings)
        || (presented.Method == MethodRules.Post
            && settings.StorePost
            && response.StatusCode is >= 200 and < 300
            && facts.ExplicitLifetime > TimeSpan.Zero
            && response.ContentLocation == response.FinalUri);

    /// <summary>Bodies that never end would be recorded for ever (server-sent events, camera pictures).</summary>
    private static bool IsEndless(HttpFields fields) =>
        fields.First(FieldNames.ContentType) is { } type
        && (type.StartsWith("text/event-stream", StringComparison.OrdinalIgnoreCase)
            || type.StartsWith("multipart/x-mixed-replace", StringComparison.OrdinalIgnoreCase));

    private static NotStoredReason? AgainstSize(RequestHead presented, ResponseHead response, PolicySettings settings)
    {
        long length = 0;
        foreach (var line in response.Fields.Lines)
        {
            length += line.Name.Length + line.Value.Length;
            if (!FieldText.IsValidName(line.Name) || !FieldText.IsValidValue(line.Value))
            {
                return NotStoredReason.InvalidFields;
            }
        }

        return length > settings.MaximumFieldLength || presented.TargetUri.Length > settings.MaximumUriLength
            ? NotStoredReason.FieldsTooLong
            : null;
    }
}
