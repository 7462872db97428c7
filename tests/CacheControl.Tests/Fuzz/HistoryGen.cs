using System.Globalization;
using CsCheck;

namespace HttpCaching.Tests.Fuzz;

/// <summary>Histories: few URIs, users and values, so that steps meet.</summary>
internal static class HistoryGen
{
    public static readonly string[] Uris =
    [
        "http://h/a", "http://h/b", "https://h/a",
        "http://h/a?x=1", "http://h/a?x=1&y=1", "http://h/a?y=1&x=1", "http://h/a?x=2&y=1", "http://h/a?y=2&x=1", "http://h/a?x=1+2", "http://h/a?y=3&x=1%202", "http://h/a?y", "http://h/a?x=1&x=2", "http://h/a?x=2&x=1",
    ];

    private static readonly Gen<string> Uri = Gen.Frequency((6, Gen.Const(Uris[0])), (1, Gen.Const(Uris[1])), (1, Gen.Const(Uris[2])));

    private static readonly Gen<string> SearchUri = Gen.Frequency((5, Uri), (6, Gen.OneOf(Uris[3..7])), (1, Gen.OneOf(Uris[7..])));

    private static readonly Gen<string> NoVarySearch = Gen.OneOf(
        "params=(\"y\")", "params=(\"y\")", "except=(\"x\")", "except=()", "params=()", "params=(\"y\"), key-order", "key-order, except=(\"x\" \"y\")", "params=(\"%79\")",
        "key-order", "key-order=?0, params=(\"x\" \"y\")", "params=(y)", "params", "params=(\"y\"), except=(\"x\")", "params=(\"y\"),", "key-order=1, params=(\"y\")", "params=\"y\"", "x=1, params=(\"y\");z");

    private static readonly Gen<double> Seconds = Gen.OneOf(Gen.Int[0, 12].Select(s => (double)s), Gen.Int[0, 130].Select(s => s * 0.5), Gen.OneOf(0.3, 60, 100, 1000, 90000));

    private static readonly Gen<string?> Language = Gen.Frequency((4, Gen.Const((string?)null)), (3, Gen.Const<string?>("en")), (2, Gen.Const<string?>("de")), (1, Gen.OneOf<string?>("EN", "en, de", "")));

    private static readonly Gen<string?> Selector = Gen.Frequency((4, Gen.Const((string?)null)), (3, Gen.Const<string?>("1")), (2, Gen.Const<string?>("2")), (1, Gen.Const<string?>("")));

    private static readonly Gen<string?> User = Gen.Frequency((5, Gen.Const((string?)null)), (2, Gen.Const<string?>("Bearer a")), (2, Gen.Const<string?>("Bearer b")));

    private static readonly Gen<(string Name, string Value)?> Condition = Gen.Frequency(
        (16, Gen.Const(((string, string)?)null)),
        (3, Gen.Int[1, 5].Select(i => ((string, string)?)("If-None-Match", $"\"e{i}\""))),
        (1, Gen.OneOf("*", "W/\"e1\", \"e2\"", "\"x\"", "e1", "\"", "").Select(v => ((string, string)?)("If-None-Match", v))),
        (2, Gen.Int[-6000, 100].Select(s => ((string, string)?)("If-Modified-Since", Date(s)))),
        (1, Gen.OneOf<(string, string)>(("If-Modified-Since", "0"), ("If-Match", "\"e1\""), ("If-Unmodified-Since", Date(0)), ("Upgrade", "x"), ("X-HTTP-Method-Override", "PUT")).Select(v => ((string, string)?)v)));

    private static readonly Gen<string?> Range = Gen.Frequency(
        (14, Gen.Const((string?)null)),
        (4, Gen.Select(Gen.Int[0, 30], Gen.Int[0, 40], (a, b) => (string?)$"bytes={a}-{a + b}")),
        (2, Gen.Select(Gen.OneOf("bytes=0-9", "bytes=10-", "bytes=20-", "bytes=-5", "bytes=500-", "bytes=0-0,2-3", "bytes=0-4,5-9", "items=0-5", "bytes=x", "bytes=-0"), r => (string?)r)));

    private static readonly Gen<string?> IfRange = Gen.Frequency(
        (6, Gen.Const((string?)null)), (2, Gen.Int[1, 5].Select(i => (string?)$"\"e{i}\"")), (1, Gen.OneOf<string?>("W/\"e1\"", "\"x\"", Date(-5000))));

    private static readonly Gen<HttpCacheMode> Mode = Gen.Frequency(
        (14, Gen.Const(HttpCacheMode.Default)),
        (4, Gen.OneOf(HttpCacheMode.NoCache, HttpCacheMode.Reload, HttpCacheMode.ForceCache, HttpCacheMode.OnlyIfCached, HttpCacheMode.NoStore, HttpCacheMode.ReadOnly)));

    private static readonly Gen<KeyValuePair<string, string>[]> RequestFields = Gen.Select(
        Gen.Select(Language, Selector, User, HeaderGen.RequestControl, (l, s, u, c) => (Language: l, Selector: s, User: u, Control: c)),
        Gen.Select(Condition, Range, IfRange, HeaderGen.Pragma, (c, r, i, p) => (Condition: c, Range: r, IfRange: i, Pragma: p)),
        (a, b) => Fields(
            ("Accept-Language", One(a.Language)), ("X-Sel", One(a.Selector)), ("Authorization", One(a.User)), ("Cache-Control", a.Control),
            (b.Condition?.Name ?? "", One(b.Condition?.Value)), ("Range", One(b.Range)), ("If-Range", b.Range is null ? [] : One(b.IfRange)), ("Pragma", b.Pragma)));

    // Such as most requests have: none, or some that only select.
    private static readonly Gen<KeyValuePair<string, string>[]> PlainFields = Gen.Select(
        Language, Selector, Gen.Frequency((5, Gen.Const((string?)null)), (1, Gen.OneOf<string?>("1", ""))), (l, s, o) => Fields(("Accept-Language", One(l)), ("X-Sel", One(s)), ("X-Other", One(o))));

    private static readonly Gen<KeyValuePair<string, string>[]> ResponseFields = Gen.Select(
        Gen.Select(HeaderGen.ResponseControl, HeaderGen.TargetedControl, HeaderGen.Age, HeaderGen.Pragma, HeaderGen.Vary, (c, t, a, p, v) => (Control: c, Targeted: t, Age: a, Pragma: p, Vary: v)),
        Gen.Select(OptionalDate(0, 0, 8), OptionalDate(-20, 90, 1), Other, (d, e, o) => (Date: d, Expires: e, Other: o)),
        (a, b) => Fields(
            ("Cache-Control", a.Control), ("CDN-Cache-Control", a.Targeted), ("Age", a.Age), ("Pragma", a.Pragma), ("Vary", a.Vary),
            ("Date", One(b.Date)), ("Expires", One(b.Expires)), (b.Other.Name, One(b.Other.Value))));

    private static readonly Gen<string?> Modified = Gen.Frequency((3, Gen.Const((string?)null)), (3, Gen.Const<string?>("right")), (1, Gen.OneOf<string?>("0", "", Date(500))));

    private static readonly Gen<OriginScript> Script = Gen.Select(
        Gen.Frequency((14, Gen.Const(OriginKind.Honest)), (1, Gen.Const(OriginKind.Full)), (1, Gen.Const(OriginKind.LyingNotModified)), (1, Gen.Const(OriginKind.LyingPart)), (2, Gen.Const(OriginKind.Fails))),
        Gen.Frequency((14, Gen.Const(200)), (4, Gen.OneOf(404, 410, 301, 302, 204, 500, 503, 504, 429, 401, 599, 304, 206, 416))),
        Gen.Frequency((3, Gen.Const(false)), (1, Gen.Const(true))),
        Gen.Frequency((3, Gen.Const(TagKind.None)), (6, Gen.Const(TagKind.Strong)), (2, Gen.Const(TagKind.Weak)), (1, Gen.OneOf(TagKind.Unquoted, TagKind.NotAscii))),
        Gen.Frequency((8, Gen.Const(LengthKind.Right)), (3, Gen.Const(LengthKind.Absent)), (1, Gen.OneOf(LengthKind.Short, LengthKind.BodyBreaks))),
        Gen.Frequency((5, Gen.Const(0d)), (1, Gen.OneOf(0.7, 2, 15))),
        ResponseFields, Modified,
        (kind, status, changes, tag, length, delay, fields, modified) => new OriginScript(kind, status, changes, tag, length, delay, fields, modified));

    private static readonly Gen<OriginScript> SearchScript = Gen.Select(
        Script,
        Gen.Frequency((2, Gen.Const((string?)null)), (3, NoVarySearch.Select(v => (string?)v))),
        (script, rule) => rule is null ? script : script with { Fields = [.. script.Fields, KeyValuePair.Create("No-Vary-Search", rule)] });

    private static readonly Gen<string?> QueryContent = Gen.Frequency(
        (12, Gen.Const<string?>("a/b:1")), (1, Gen.Const<string?>("a/b:2")), (1, Gen.Const<string?>("c/d:1")), (1, Gen.OneOf<string?>(":1", "a/b:", null)));

    private static readonly Gen<Step> Sending = Sends(
        Gen.Frequency((16, Gen.Const("GET")), (3, Gen.Const("HEAD")), (2, Gen.OneOf("PUT", "POST", "DELETE", "PURGE", "OPTIONS"))), Uri, Script);

    // At few places, so that one is asked twice.
    private static readonly Gen<Step> Querying = Sends(Gen.Const("QUERY"), Gen.Frequency((6, Gen.Const(Uris[0])), (1, SearchUri)), SearchScript);

    private static readonly Gen<Step> OptInSending = Gen.Frequency((2, Querying), (3, Sends(
        Gen.Frequency((12, Gen.Const("GET")), (2, Gen.Const("HEAD")), (5, Gen.Const("POST")), (2, Gen.OneOf("PUT", "DELETE", "PURGE", "OPTIONS"))), SearchUri, SearchScript)));

    public static Gen<History> Histories { get; } = Gen.OneOf(Of(hasOptIns: false, Steps(Sending, Uri)), Of(hasOptIns: true, Steps(OptInSending, SearchUri)));

    /// <summary>The same with requests most of which have no field to steer the cache.</summary>
    public static Gen<History> PlainHistories { get; } = Of(hasOptIns: false, Steps(
        Gen.Frequency((5, Sends(Gen.Const("GET"), Uri, Script, PlainFields)), (1, Sending)), Uri));

    /// <summary>Histories with rules of the application. What the rules of HTTP forbid may happen in them.</summary>
    public static Gen<History> RuledHistories { get; } = Gen.Select(
        Gen.OneOf(PlainHistories, Histories), Rule.Array[1, 2], (history, rules) => history with { Rules = [.. rules.DistinctBy(rule => rule.Pattern)] });

    private static Gen<HistoryRule> Rule => Gen.Select(
        Gen.OneOf("http://h/*", "http://h/a", "http://h/a*", "https://h/*", "*://h/b"),
        Gen.Frequency(
            (6, Gen.OneOf(
                Ruled("fresh for 20 s", r => r.FreshFor(TimeSpan.FromSeconds(20))), Ruled("at least 10 s", r => r.AtLeast(TimeSpan.FromSeconds(10))),
                Ruled("at most 5 s", r => r.AtMost(TimeSpan.FromSeconds(5))), Ruled("10 s by default", r => r.FreshByDefault(TimeSpan.FromSeconds(10))))),
            (4, Gen.OneOf(
                Ruled("no-store ignored", r => r.IgnoreNoStore().FreshFor(TimeSpan.FromSeconds(30))), Ruled("no-cache ignored", r => r.IgnoreNoCache()),
                Ruled("private ignored", r => r.IgnorePrivate().AtLeast(TimeSpan.FromSeconds(5))), Ruled("max-age of requests ignored", r => r.IgnoreRequestDirectives("max-age", "no-cache")))),
            (3, Gen.OneOf(
                Ruled("stale on errors", r => r.StaleIfError(TimeSpan.FromSeconds(30))), Ruled("stale while validated", r => r.StaleWhileRevalidate(TimeSpan.FromSeconds(30))),
                Ruled("only 200 and 404", r => r.StoreOnly(200, 404).FreshByDefault(TimeSpan.FromSeconds(5))), Ruled("tagged", r => r.WithTags("t")))),
            (3, Gen.OneOf(
                Ruled("X-Sel ignored", r => r.IgnoreVary("X-Sel")), Ruled("X-Sel added", r => r.AddVary("X-Sel")), Ruled("y of the query ignored", r => r.IgnoreQuery("y")),
                Ruled("order of the query ignored", r => r.IgnoreQueryOrder()), Ruled("one key", r => r.KeyOf(_ => "http://h/one")))),
            (2, Gen.OneOf(Ruled("never cached", r => r.Bypass()), Ruled("always validated", r => r.WithMode(HttpCacheMode.NoCache)), Ruled("read only", r => r.WithMode(HttpCacheMode.ReadOnly))))),
        (pattern, what) => new HistoryRule(pattern, what.Text, what.Configure));

    private static Gen<(string Text, Action<CacheRule> Configure)> Ruled(string text, Action<CacheRule> configure) => Gen.Const((text, configure));

    private static Gen<(string Name, string? Value)> Other => Gen.Frequency(
        (12, Gen.Const(("", (string?)null))),
        (1, Gen.OneOf<(string, string?)>(
            ("Set-Cookie", "a=b"), ("Location", "/b"), ("Content-Location", "http://h/b"), ("Connection", "X-Hop"), ("X-Hop", "1"),
            ("Content-Type", "text/event-stream"), ("Content-Encoding", "gzip"), ("Cache-Groups", "\"g\""), ("Cache-Group-Invalidation", "\"g\""))));

    private static Gen<History> Of(bool hasOptIns, Gen<Step> steps) => Gen.Select(
        Gen.Bool,
        Gen.Frequency((3, Gen.Const(false)), (1, Gen.Const(true))),
        steps.Array[2, 12],
        (shared, lenient, taken) => new History(shared, lenient, hasOptIns, taken));

    private static Gen<Step> Steps(Gen<Step> sending, Gen<string> uri) => Gen.Frequency(
        (12, sending),
        (4, Seconds.Select(s => (Step)new Step.Advance(s))),
        (1, Gen.OneOf(Gen.Int[1, 40].Select(s => (Step)new Step.StepBack(s)), Gen.Const<Step>(new Step.StepBack(3600)), uri.Select(u => (Step)new Step.Invalidate(u)), Gen.Const<Step>(new Step.Clear()))));

    private static Gen<Step> Sends(Gen<string> method, Gen<string> uri, Gen<OriginScript> script, Gen<KeyValuePair<string, string>[]>? requestFields = null) => Gen.Select(
        Gen.Select(method, uri, QueryContent, (m, u, c) => (Method: m, Uri: u, Content: m == "QUERY" ? c : null)),
        Gen.Frequency((9, Gen.Const((string?)null)), (1, Gen.OneOf<string?>("p", "q"))),
        Mode, requestFields ?? RequestFields,
        Gen.Select(Gen.Frequency((10, Gen.Const(Reading.Whole)), (1, Gen.Const(Reading.Later)), (1, Gen.OneOf(Reading.Partly, Reading.Never))), Gen.Bool, (r, a) => (Reading: r, IsAsync: a)),
        script, script,
        (what, partition, mode, fields, how, first, second) =>
            (Step)new Step.Send(what.Method, what.Uri, what.Content, partition, mode, fields, how.Reading, how.IsAsync, first, second));

    private static string Date(int seconds) => FuzzClock.Start.AddSeconds(seconds).ToString("r", CultureInfo.InvariantCulture);

    /// <summary>A date relative to the moment of the answer: the origin puts it where {seconds} stands.</summary>
    private static Gen<string?> OptionalDate(int from, int to, int weight) => Gen.Frequency(
        (3, Gen.Const((string?)null)), (weight, Gen.Int[from, to].Select(s => (string?)$"{{{s}}}")), (1, Gen.Int[-30, 60].Select(s => (string?)$"{{{s}}}")), (1, Gen.OneOf<string?>("0", "", "junk", Date(7))));

    private static string[] One(string? value) => value is null ? [] : [value];

    private static KeyValuePair<string, string>[] Fields(params (string Name, string[] Values)[] fields) =>
        [.. fields.SelectMany(f => f.Values.Select(v => KeyValuePair.Create(f.Name, v)))];
}
