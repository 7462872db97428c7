
using CacheControl.Tests.Fuzz;
using FieldList = System.Collections.Generic.List<System.Collections.Generic.KeyValuePair<string, string>>;

namespace CacheControl.Conformance.Witnesses;

/// <summary>
/// What the RFCs want of this cache in an exchange, read from the plain model, which shares no code with the library. Where an engine differs, this decides:
/// no row of the table explains a difference in which the cache is not as it says here.
/// </summary>
internal sealed class Expected
{
    private static readonly int[] CacheableByDefault = [200, 203, 204, 206, 300, 301, 308, 404, 405, 410, 414, 451, 501];

    private readonly Scripted _exchange;
    private readonly PlainRules _rules;
    private readonly PlainExchange _first;
    private readonly PlainRequest _presented;
    private readonly double _now;

    public Expected(Scripted exchange)
    {
        _exchange = exchange;
        _rules = new PlainRules(exchange.Shared);
        _first = Exchange(exchange.Request, exchange.First.Status, exchange.First.Lines, exchange.Start, exchange.Start + exchange.Delay);
        _presented = new PlainRequest(exchange.Method, exchange.Url, List(exchange.Presented));
        _now = (exchange.Start + exchange.Delay + exchange.Elapsed) / 1000.0;
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

    /// <summary>What this cache got wrong; null if nothing.</summary>
    public string? Fault(Done ours, Difference difference) => difference.Kind switch
    {
        Comparison.Stored => StoringFault(ours),
        Comparison.Served => ServingFault(ours),
        Comparison.Lifetime => Math.Abs(ours.Ttl!.Value - (First.Lifetime() - Age)) > 0.001 ? $"fresh for {First.Lifetime() - Age}" : null,
        Comparison.Validation => ConditionsFault(ours),
        _ => Later(ours, difference),
    };

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
            against.Add("Set-Cookie that is not opened to all");
        }

        if (!response.StatesLifetime && !CacheableByDefault.Contains(exchange.Status) && !response.Public && !(response.Private && !_exchange.Shared))
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

    /// <summary>What is stored after the second request; null if nothing is.</summary>
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

        if (Confirms && ours.Asked is not { Inm: null, Ims: null })
        {
            return _first with { ResponseFields = Updated(), RequestTime = _now, ResponseTime = _now };
        }

        answered = answered with { Status = 200, ResponseFields = List(_exchange.Fallback) };
        return AgainstStoring(answered).Count == 0 ? answered : null;
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

    /// <summary>The fields of the first answer, those of the 304 in place of their namesakes (RFC 9111 §3.2).</summary>
    private FieldList Updated()
    {
        var changed = List(_exchange.Second.Lines);
        var isWeak = Tag?.StartsWith('W') == true;
        bool Updates(string name) => changed.Exists(f => f.Key.Equals(name, StringComparison.OrdinalIgnoreCase)) && !(isWeak && name == "ETag");
        return [.. _first.ResponseFields.Where(f => f.Key != "Age" && !Updates(f.Key)), .. changed.Where(f => Updates(f.Key))];
    }

    private static string? Bare(string? tag) => tag?.StartsWith("W/", StringComparison.Ordinal) == true ? tag[2..] : tag;

    private string? Later(Done ours, Difference difference)
    {
        var after = AfterSecond(ours);
        if (difference.Kind == Comparison.Answer)
        {
            if (ours.Stored && _exchange.Second.Status >= 500 && _rules.AgainstStandIn(_first, _presented, _now, 0, wasReached: true).Count == 0)
            {
                // To let what is stored stand in is the cache's choice (RFC 5861 §4).
                return null;
            }

            var right = ours.Asked is null ? "first" : _exchange.Second.Status != 304 ? "second"
                : Confirms && ours.Asked is not { Inm: null, Ims: null } ? "first" : "next";
            var status = ours.Got.Status == 304 ? IsConditional : ours.Got.Status == (right switch { "first" => _exchange.First.Status, "second" => _exchange.Second.Status, _ => 200 });
            return status && (ours.Got.Status == 304 || _exchange.Method == "HEAD" || ours.Got.Body == right) ? null : $"{right}";
        }

        if (difference.Kind == Comparison.AnswerFields)
        {
            return null;
        }

        var now = _now + (_exchange.Pause / 1000.0);
        var request = new PlainRequest("GET", _exchange.Url, List(_exchange.Request));

        // After a 304 that fits nothing and an answer without Vary, one with a Vary that fits may go before that answer (RFC 9111 §4.1).
        var isPreferred = _exchange.Second.Status == 304 && !Confirms && Values(_exchange.First.Lines, "Vary").Any();
        var isKept = ours.Stored && (ours.Asked is null || isPreferred || IsOther || Asks("no-store") || _exchange.Second.Status >= 500);
        var usable = new[] { after, isKept ? _first : null }.Any(e => e is not null && _rules.AgainstReuse(e, request, now).Count == 0)
            && !Values(_exchange.Request, "Cache-Control").Contains("no-store");
        if (isKept && after is not null && ours.Asked is not null)
        {
            // Two that fit: which of them is taken is the cache's choice, as long as it may be used.
            return ours.Third is null || usable ? null : "to be asked for";
        }

        return (ours.Third is not null) == usable ? null : usable ? "to be served" : "to be asked for";
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
