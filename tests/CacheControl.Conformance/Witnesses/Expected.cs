
using HttpCaching.Tests.Fuzz;
using FieldList = System.Collections.Generic.List<System.Collections.Generic.KeyValuePair<string, string>>;

namespace HttpCaching.Conformance.Witnesses;

/// <summary>What the RFCs want of this cache in an exchange, read from the plain model, which shares no code with the library.</summary>
internal sealed class Expected
{
    private const string CookieForOne = "Set-Cookie that is not opened to all";

    private static readonly int[] CacheableByDefault = [200, 203, 204, 206, 300, 301, 308, 404, 405, 410, 414, 451, 501];

    private readonly Scripted _exchange;
    private readonly PlainRules _rules;
    private readonly PlainExchange _first;
    private readonly PlainRequest _presented;
    private readonly double _now;
    private readonly ExpectedHeads _heads;

    public Expected(Scripted exchange)
    {
        _exchange = exchange;
        _rules = new PlainRules(exchange.Shared);
        _first = Exchange(exchange.Request, exchange.First.Status, exchange.First.Lines, exchange.Start, exchange.Start + exchange.Delay);
        _presented = new PlainRequest(exchange.Method, exchange.Url, List(exchange.Presented));
        _now = (exchange.Start + exchange.Delay + exchange.Elapsed) / 1000.0;
        _heads = new ExpectedHeads(exchange, Tag?.StartsWith('W') == true);
    }

    public PlainResponse First => _rules.Read(_first);

    public double Age => First.CurrentAge(_now);

    public bool IsFresh => Math.Round(Age, 6) < Math.Round(First.Lifetime(), 6);

    /// <summary>Whether the first answer was not fresh for a moment.</summary>
    public bool BornStale => First.Lifetime() <= AgeAtReceipt;

    public double AgeAtReceipt => First.CurrentAge(Receipt);

    public double Receipt => _first.ResponseTime;

    /// <summary>The tag of the first answer; null if it is not one that can be sent. One without quotes is sent as it came: origins that send it know it by that.</summary>
    public string? Tag => TagOf(_exchange.First.Lines);

    /// <summary>The date of its last change; null if it is none.</summary>
    public string? Modified => ModifiedOf(_exchange.First.Lines, _first.ResponseTime);

    public List<PlainDirective> PresentedControl => PlainText.Directives(Values(_exchange.Presented, "Cache-Control"), out _);

    public bool Asks(string directive) => PresentedControl.Exists(d => d.Name == directive);

    public bool IsConditional => Values(_exchange.Presented, "If-None-Match").Any() || Values(_exchange.Presented, "If-Modified-Since").Any();

    /// <summary>What is against the reuse of the first answer for the second request.</summary>
    public List<string> AgainstReuse => _rules.AgainstReuse(_first, _presented, _now);

    /// <summary>Whether the first answer is of another user, variant or method than the second request asks for.</summary>
    public bool IsOther => AgainstReuse.Exists(a => a.StartsWith("Vary", StringComparison.Ordinal) || a.StartsWith("Authorization", StringComparison.Ordinal));

    /// <summary>What this cache got wrong first; null if nothing. Looked for in every exchange, also where both engines do the same.</summary>
    public string? Fault(Done ours)
    {
        string? Named(string kind, string? fault) => fault is null ? null : $"{kind}: {fault}";
        return Named(Comparison.Stored, StoringFault(ours))
            ?? Named(Comparison.Served, ServingFault(ours))
            ?? Named(Comparison.Lifetime, LifetimeFault(ours))
            ?? Named(Comparison.Validation, ours.Asked is null ? null : ConditionsFault(ours))
            ?? Named(Comparison.Answer, AnswerFault(ours))
            ?? Named(Comparison.AnswerFields, FieldsFault(ours.Got, AnsweredFields(ours)))
            ?? Named(Comparison.Later, IsThirdTold(ours) ? LaterFault(ours) : null)
            ?? Named(Comparison.LaterFields, ours.Third is { } third && IsThirdTold(ours) ? FieldsFault(third, KeptFields(ours, third.Body)) : null);
    }

    private string? StoringFault(Done ours)
    {
        var against = AgainstStoring(_first);
        if (Values(_exchange.First.Lines, "Vary").Any(v => v.Contains('*')) || (_exchange.First.Status is 301 or 302 && Values(_exchange.First.Lines, "Set-Cookie").Any()))
        {
            // What can only be validated, and a redirect that sets a cookie: to keep it or not is the cache's choice (RFC 9111 §4.1, §7.3).
            return null;
        }

        return ours.Stored == (against.Count == 0) ? null : ours.Stored ? string.Join("; ", against) : "nothing is against storing it";
    }

    private List<string> AgainstStoring(PlainExchange exchange)
    {
        var response = _rules.Read(exchange);
        var against = _rules.AgainstStoring(exchange);
        if (PlainText.Lines(exchange.ResponseFields, "Set-Cookie").Count > 0 && _exchange.Shared && !response.Public && !response.IsOpenedBySharedMaxAge)
        {
            against.Add(CookieForOne);
        }

        if (!response.StatesLifetime && response.Lifetime() <= 0 && !CacheableByDefault.Contains(exchange.Status) && !response.Public && !(response.Private && !_exchange.Shared))
        {
            against.Add("no permission (RFC 9111 §3)");
        }

        return against;
    }

    private string? ServingFault(Done ours)
    {
        var served = ours.Got.Status == 504 && ours.Asked is null ? "gateway timeout" : ours.Asked is not null ? "asked" : ours.Background ? "background" : "stored";
        var against = ours.Stored ? AgainstReuse : ["not stored"];
        if (Asks("no-store") && !Asks("only-if-cached"))
        {
            against.Add("the request says no-store");
        }

        var right = against.Count > 0 ? Asks("only-if-cached") ? "gateway timeout" : "asked"
            : IsFresh || IsTolerated ? "stored" : "background";
        return served == right ? null : $"{right}: {string.Join("; ", against)}";
    }

    private bool IsTolerated => PresentedControl.Where(d => d.Name == "max-stale").Any(d => d.Argument is null || PlainText.Seconds(d.Argument) >= Age - First.Lifetime());

    private string? ConditionsFault(Done done)
    {
        var (inm, ims) = (Combined(_exchange.Presented, "If-None-Match"), Combined(_exchange.Presented, "If-Modified-Since"));
        if (inm == "*")
        {
            // Nothing can be joined with it.
            return null;
        }

        if (done.Stored && !Asks("no-store"))
        {
            // Of another variant only its tag can be used: a date answers for one response.
            // One that misses the grammar goes alone: beside the caller's it could make the origin refuse them all.
            var isVariant = IsOther;
            var ours = Tag?.EndsWith('"') == true || inm is null ? Tag : null;
            if (ours is { } tag)
            {
                var callers = inm is null ? [] : inm.Split(',').Select(t => t.Trim()).Where(t => t != tag && t != "*");
                inm = string.Join(", ", [tag, .. callers]);
            }

            if (Modified is { } modified && (ours is not null || inm is null) && !(isVariant && ours is null))
            {
                ims = modified;
            }
        }

        return (done.Asked!.Inm, done.Asked.Ims) == (inm, ims) ? null : $"{inm ?? "-"} {ims ?? "-"}";
    }

    /// <summary>What is stored after the second request in place of the first answer; null if nothing is.</summary>
    private PlainExchange? AfterSecond(Done ours)
    {
        if (ours.Asked is null)
        {
            return ours.Stored ? _first : null;
        }

        var scripted = _exchange.Second;
        var answered = new PlainExchange(_exchange.Method, _exchange.Url, List(_exchange.Presented), scripted.Status, List(scripted.Lines), _now, _now);
        if (scripted.Status != 304)
        {
            return AgainstStoring(answered).Count == 0 && _exchange.Method == "GET" ? answered : null;
        }

        if (IsConfirmed(ours))
        {
            return Confirmed();
        }

        answered = answered with { Status = 200, ResponseFields = List(_exchange.Fallback) };
        return !IsConditional && AgainstStoring(answered).Count == 0 ? answered : null;
    }

    /// <summary>The first answer after the 304; as it was if that was only not to be shared because of who asked, and null if it must not be kept.</summary>
    private PlainExchange? Confirmed()
    {
        var confirmed = _first with { ResponseFields = _heads.Confirmed, RequestTime = _now, ResponseTime = _now };
        var isRedirectWithCookie = !_exchange.Shared && _exchange.First.Status is 301 or 302 && PlainText.Lines(confirmed.ResponseFields, "Set-Cookie").Count > 0;
        var against = AgainstStoring(confirmed);
        if (isRedirectWithCookie || against.Exists(a => a != CookieForOne))
        {
            return null;
        }

        if (AgainstStoring(confirmed with { RequestFields = List(_exchange.Presented) }).Exists(a => a.StartsWith("Authorization", StringComparison.Ordinal)))
        {
            return _first;
        }

        if (against.Count > 0)
        {
            return null;
        }

        // A Vary that comes with the 304 speaks of the request that was validated.
        return Values(_exchange.Second.Lines, "Vary").Any() ? confirmed with { RequestFields = List(_exchange.Presented) } : confirmed;
    }

    /// <summary>Whether the 304 is about the first answer (RFC 9111 §4.3.4).</summary>
    public bool Confirms
    {
        get
        {
            var (tag, modified) = (TagOf(_exchange.Second.Lines), Values(_exchange.Second.Lines, "Last-Modified").FirstOrDefault());
            var isSameDate = modified == Values(_exchange.First.Lines, "Last-Modified").FirstOrDefault();

            // A tag that only its coding has changed comes with the date as it was, which says something only if no later change can have it too (RFC 9110 §8.8.2.2).
            var isStrongDate = PlainText.Date(modified, Receipt) <= First.DateValue - 1;
            return tag is not null ? Bare(tag) == Bare(Tag) || (isStrongDate && isSameDate) : modified is null || isSameDate;
        }
    }

    private static string? Bare(string? tag) => tag?.StartsWith("W/", StringComparison.Ordinal) == true ? tag[2..] : tag;

    private string? LifetimeFault(Done ours) =>
        ours is { Asked: null, Background: false, Got.Status: not 504, Ttl: { } ttl } && Math.Abs(ttl - (First.Lifetime() - Age)) > 0.001
            ? $"{ttl}, but fresh for {First.Lifetime() - Age}"
            : null;

    /// <summary>Whether the 304 that came confirmed what is stored.</summary>
    private bool IsConfirmed(Done ours) => _exchange.Second.Status == 304 && ours.Asked is not null && Confirms && AsksAboutFirst(ours);

    /// <summary>Whether the origin was asked about the first answer, and can have meant no other (RFC 9111 §4.3.2, §4.3.4).</summary>
    private bool AsksAboutFirst(Done ours)
    {
        if (!ours.Stored || Asks("no-store"))
        {
            return false;
        }

        var callers = Combined(_exchange.Presented, "If-None-Match");
        if (callers == "*")
        {
            // It goes out as it is and asks about none of ours: only a 304 that names the validator of ours speaks of it.
            return Tag?.EndsWith('"') == true && _exchange.First.Status is >= 200 and < 300
                && (TagOf(_exchange.Second.Lines) is not { } named ? ModifiedOf(_exchange.Second.Lines, _now) is not null
                    : named.StartsWith('W') ? Bare(named) == Bare(Tag)
                    : named == Tag);
        }

        var isTagSent = Tag is not null && (callers is null || Tag.EndsWith('"'));
        var isNamed = TagOf(_exchange.Second.Lines) is not null || ModifiedOf(_exchange.Second.Lines, _now) is not null;
        return (isTagSent || (Modified is not null && callers is null && !IsOther)) && (isNamed || callers is null || callers == Tag);
    }

    /// <summary>Whether what is stored stood in for an error, which is the cache's choice (RFC 5861 §4).</summary>
    private bool StandsIn(Done ours) =>
        ours is { Stored: true, Asked: not null } && _exchange.Second.Status >= 500 && ours.Got.Body != "second" && (ours.Got.Status == _exchange.First.Status || (ours.Got.Status == 304 && IsConditional))
        && _rules.AgainstStandIn(_first, _presented, _now, 0, wasReached: true).Count == 0;

    private string? AnswerFault(Done ours)
    {
        if (StandsIn(ours) || ours.Got.Status == 504)
        {
            return null;
        }

        var right = ours.Asked is null || IsConfirmed(ours) ? "first" : _exchange.Second.Status != 304 ? "second" : "next";
        var status = ours.Got.Status == 304 ? IsConditional : ours.Got.Status == (right switch { "first" => _exchange.First.Status, "second" => _exchange.Second.Status, _ => 200 });
        return status && (ours.Got.Status == 304 || _exchange.Method == "HEAD" || ours.Got.Body == right) ? null : $"{ours.Got.Status} {ours.Got.Body}, but {right}";
    }

    /// <summary>The fields of the answer to the second request; null if any will do.</summary>
    private FieldList? AnsweredFields(Done ours)
    {
        // Without a body one of two errors is as good as the other.
        if (ours.Got.Status == 504 || (_exchange.Method == "HEAD" && (_exchange.First.Status, _exchange.Second.Status) is (500, 500)))
        {
            return null;
        }

        if (ours.Got.Status == 304)
        {
            return ours.Asked is null || StandsIn(ours) ? ExpectedHeads.NotModified(_heads.First, null)
                : IsConfirmed(ours) ? ExpectedHeads.NotModified(_heads.Confirming, _heads.Second)
                : _heads.Second;
        }

        return ours.Asked is null || StandsIn(ours) ? _heads.First
            : _exchange.Second.Status != 304 ? _heads.Second
            : IsConfirmed(ours) ? _heads.Confirming
            : _heads.Next;
    }

    /// <summary>The fields of an answer that was kept.</summary>
    private FieldList KeptFields(Done ours, string body) =>
        body == "second" ? _heads.Kept(_heads.Second) : body == "next" ? _heads.Kept(_heads.Next) : IsConfirmed(ours) && !ReferenceEquals(Confirmed(), _first) ? _heads.Confirmed : _heads.First;

    private static string? FieldsFault(Got got, FieldList? right) =>
        right is not null && Comparison.FieldsOf(got) is var ours && Comparison.FieldsOf(right) is var theirs && ours != theirs ? $"{ours}, but {theirs}" : null;

    /// <summary>A HEAD may update, and a 304 may confirm another variant than the one that was asked for: what is kept then the model does not say.</summary>
    private bool IsThirdTold(Done ours) => !ours.Background && (ours.Asked is null || !(_exchange.Method == "HEAD" || (_exchange.Second.Status == 304 && IsOther)));

    private string? LaterFault(Done ours)
    {
        var now = _now + (_exchange.Pause / 1000.0);
        var request = new PlainRequest("GET", _exchange.Url, List(_exchange.Request));
        var isBypassed = Scripted.Values(_exchange.Request, "Cache-Control").Contains("no-store");
        bool IsUsable(PlainExchange? kept) => kept is not null && !isBypassed && _rules.AgainstReuse(kept, request, now).Count == 0;

        var after = AfterSecond(ours);

        // A 304 for the caller says nothing of what is stored.
        var isForCaller = _exchange.Second.Status == 304 && IsConditional && !IsConfirmed(ours);
        var isKept = ours.Stored && (ours.Asked is null || IsOther || isForCaller || Asks("no-store") || _exchange.Second.Status >= 500);
        var isFirstUsable = isKept && IsUsable(_first);
        if (ours.Third is null)
        {
            // Two that fit: which of them is taken, and so whether it is one that may be used, is the cache's choice.
            return IsUsable(after) && !(isKept && ours.Asked is not null) || (isFirstUsable && after is null) ? "to be served" : null;
        }

        var right = IsUsable(after) ? ours.Asked is null || IsConfirmed(ours) ? "first" : _exchange.Second.Status == 304 ? "next" : "second" : null;
        return ours.Third.Body == right || (isFirstUsable && ours.Third.Body == "first") ? null : $"{ours.Third.Body} served, but {right ?? "to be asked for"}";
    }

    private static string? Combined(IReadOnlyList<string[]> lines, string name) => Values(lines, name).ToArray() is { Length: > 0 } values ? string.Join(", ", values) : null;

    private static string? TagOf(IReadOnlyList<string[]> lines) =>
        Values(lines, "ETag").FirstOrDefault() is { } tag && System.Text.RegularExpressions.Regex.IsMatch(tag, "^(W/)?\"[^\" ]*\"$|^[A-Za-z0-9]+$") ? tag : null;

    private static string? ModifiedOf(IReadOnlyList<string[]> lines, double receipt) =>
        Values(lines, "Last-Modified").FirstOrDefault() is { } date && PlainText.Date(date, receipt) is not null ? date : null;

    private static IEnumerable<string> Values(IReadOnlyList<string[]> lines, string name) => Scripted.Values(lines, name);

    private static FieldList List(IReadOnlyList<string[]> lines) => [.. lines.Select(l => KeyValuePair.Create(l[0], l[1]))];

    private PlainExchange Exchange(IReadOnlyList<string[]> request, int status, IReadOnlyList<string[]> lines, long sent, long received) =>
        new("GET", _exchange.Url, List(request), status, List(lines), sent / 1000.0, received / 1000.0);
}
