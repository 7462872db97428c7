using HttpCaching.Fields;

namespace HttpCaching.Policy;

/// <summary>Findings about the headers of a response. Only an explanation looks for them, never the walk of a request.</summary>
internal static class FindingRules
{
    private const int ManyFields = 4;

    private static readonly TimeSpan ClockTolerance = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LongForError = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Year = TimeSpan.FromDays(365);

    /// <summary>All findings, in the order of their names in <see cref="HeaderFinding"/>.</summary>
    /// <param name="status">The status of the response.</param>
    /// <param name="fields">Its fields.</param>
    /// <param name="facts">The conclusions drawn from them.</param>
    /// <param name="ageValue">The Age that came with it.</param>
    /// <param name="hadCredentials">Whether its request carried credentials.</param>
    public static IReadOnlyList<HeaderFinding> Of(int status, HttpFields fields, ResponseConclusions facts, TimeSpan? ageValue, bool hadCredentials) =>
    [
        .. OfDirectives(fields, facts, hadCredentials)
            .Concat(OfLifetime(status, fields, facts))
            .Concat(OfDates(fields, facts, ageValue))
            .Concat(OfValidators(facts))
            .Concat(OfVary(fields))
            .Order(),
    ];

    /// <summary>Whether a finding tells what the response lacks for its reuse: a response whose method is not stored lacks nothing.</summary>
    public static bool IsOfReuse(HeaderFinding finding) =>
        finding is HeaderFinding.NoLifetime or HeaderFinding.GuessedLifetime or HeaderFinding.NoValidator or HeaderFinding.NoCacheWithoutValidator;

    private static IEnumerable<HeaderFinding> OfDirectives(HttpFields fields, ResponseConclusions facts, bool hadCredentials)
    {
        var own = facts.Directives;
        var setsCookie = fields.Contains(FieldNames.SetCookie);
        return Those(
            (HeaderFinding.MalformedDirectives, own.IsMalformed),
            (HeaderFinding.InvalidMaxAge, (own.MaxAge is not null && !own.MaxAgePermits) || (own.SMaxAge is not null && !own.SMaxAgePermits)),
            (HeaderFinding.PrivateWithoutCredentials, own.Private && !own.NoStore && !hadCredentials && !setsCookie),
            (HeaderFinding.PrivateBesidePublic, own.Private && own.Public),
            (HeaderFinding.PragmaInResponse, fields.Contains(FieldNames.Pragma)),
            (HeaderFinding.NoStoreBesideOthers, own.NoStore && !own.MustUnderstand && (own.MaxAge > TimeSpan.Zero || own.SMaxAge > TimeSpan.Zero || own.Public || own.NoCache)),
            (HeaderFinding.NoCacheWithoutValidator, own.NoCache && !own.NoStore && !facts.HasValidator),
            (HeaderFinding.NoCacheBesideLifetime, own.NoCache && (own.MaxAge > TimeSpan.Zero || own.SMaxAge > TimeSpan.Zero)),
            (HeaderFinding.StaleWindowForbidden, (own.MustRevalidate || own.NoCache) && (own.StaleIfError > TimeSpan.Zero || own.StaleWhileRevalidate > TimeSpan.Zero)),
            (HeaderFinding.ImmutableWithoutLifetime, own.Immutable && facts.FreshnessLifetime <= TimeSpan.Zero),
            (HeaderFinding.MustUnderstandAlone, own.MustUnderstand && !own.NoStore),
            (HeaderFinding.CookieForAll, setsCookie && !own.Private && !own.NoStore && (own.Public || own.SMaxAge > TimeSpan.Zero)),
            (HeaderFinding.QualifiedDirective, own.NoCacheFields.Count > 0 || own.PrivateFields.Count > 0));
    }

    private static IEnumerable<HeaderFinding> OfLifetime(int status, HttpFields fields, ResponseConclusions facts)
    {
        var own = facts.Directives;
        var expires = ExpiresLines.Read(fields, facts.Times.ResponseTime);
        var stated = FreshnessRules.ExplicitLifetime(ResponseDirectives.None, expires, facts.DateValue, isShared: false);
        return Those(
            (HeaderFinding.NoLifetime, !facts.HasExplicitFreshness && !own.NoStore && !own.NoCache),
            (HeaderFinding.GuessedLifetime, facts.Source == FreshnessSource.Heuristic),
            (HeaderFinding.ExpiresBesideMaxAge, own.MaxAge is { } maxAge && stated is { } byDate && byDate != maxAge),
            (HeaderFinding.InvalidExpires, expires is { IsPresent: true, Value: null }),
            (HeaderFinding.StaleOnArrival, facts.FreshnessLifetime > TimeSpan.Zero && !FreshnessRules.IsFresh(facts.FreshnessLifetime, facts.CorrectedInitialAge)),
            (HeaderFinding.LongLivedError, status >= 500 && facts.FreshnessLifetime > LongForError),
            (HeaderFinding.LongerThanAYear, facts.ExplicitLifetime > Year));
    }

    private static IEnumerable<HeaderFinding> OfDates(HttpFields fields, ResponseConclusions facts, TimeSpan? ageValue)
    {
        var date = fields.First(FieldNames.Date);
        var receipt = facts.Times.ResponseTime;
        return Those(
            (HeaderFinding.NoDate, date is null),
            (HeaderFinding.InvalidDate, date is not null && !HttpDate.TryParse(date, receipt, out _)),
            (HeaderFinding.DateAhead, facts.DateValue - receipt > ClockTolerance),
            (HeaderFinding.DateBehind, ageValue is null && AgeRules.ApparentAge(receipt, facts.DateValue) > ClockTolerance),
            (HeaderFinding.InvalidLastModified, fields.Contains(FieldNames.LastModified) && facts.LastModified is null),
            (HeaderFinding.LastModifiedAhead, facts.LastModifiedValue > facts.DateValue));
    }

    private static IEnumerable<HeaderFinding> OfValidators(ResponseConclusions facts) => Those(
        (HeaderFinding.NoValidator, !facts.HasValidator && !facts.Directives.NoStore),
        (HeaderFinding.InvalidETag, facts.ETag is { IsWellFormed: false }),
        (HeaderFinding.CodingInETag, facts.ETag is { WithoutCoding: not null }));

    private static IEnumerable<HeaderFinding> OfVary(HttpFields fields)
    {
        var vary = VaryNames.Parse(fields);
        return Those(
            (HeaderFinding.VaryAny, vary.IsAny),
            (HeaderFinding.VaryUserAgent, Names(vary, "User-Agent")),
            (HeaderFinding.VaryCookie, Names(vary, FieldNames.Cookie)),
            (HeaderFinding.VaryMany, vary.Names.Count > ManyFields),
            (HeaderFinding.CodedWithoutVary, fields.Contains(FieldNames.ContentEncoding) && !vary.IsAny && !Names(vary, FieldNames.AcceptEncoding)));
    }

    private static bool Names(VaryNames vary, string name) => vary.Names.Any(known => HttpFields.SameName(known, name));

    private static IEnumerable<HeaderFinding> Those(params (HeaderFinding Finding, bool Applies)[] findings) =>
        findings.Where(finding => finding.Applies).Select(finding => finding.Finding);
}
