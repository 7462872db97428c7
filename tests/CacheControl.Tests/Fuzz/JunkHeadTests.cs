using System.Collections.Immutable;
using CsCheck;
using HttpCaching.Fields;
using HttpCaching.Model;
using HttpCaching.Policy;

namespace HttpCaching.Tests.Fuzz;

/// <summary>The rules have an answer for every head, whatever stands in it.</summary>
public sealed class JunkHeadTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    private static readonly Gen<string> Name = Gen.OneOf(
        "Cache-Control", "CDN-Cache-Control", "Expires", "Date", "Age", "Vary", "ETag", "Last-Modified", "Pragma", "Content-Length", "Content-Range",
        "Content-Type", "Connection", "Set-Cookie", "Cache-Groups", "No-Vary-Search", "Location", "Content-Location", "Warning", "Content-Digest", "X-É", "");

    private static readonly Gen<string> RequestName = Gen.OneOf(
        "Cache-Control", "Pragma", "Range", "If-Range", "If-None-Match", "If-Modified-Since", "If-Match", "Authorization", "Accept", "Accept-Language",
        "Accept-Encoding", "Cookie", "X-Sel", "Upgrade");

    private static readonly Gen<string> Value = Gen.OneOf(
        HeaderGen.Junk, HeaderGen.Junk, HeaderGen.ResponseControl.Select(l => string.Join(", ", l)), HeaderGen.RequestControl.Select(l => string.Join(", ", l)),
        Gen.Select(HeaderGen.DateForm, Gen.Int[-100000, 100000], (f, s) => f(Now.AddSeconds(s))), Gen.OneOf("bytes 0-4/10", "bytes=0-4", "W/\"a\"", "\"a\", \"b\"", "*", "Accept, X-Sel"));

    private static readonly Gen<HttpFields> Response = Lines(Name);

    private static readonly Gen<HttpFields> Request = Lines(RequestName);

    private static readonly Gen<int> Status = Gen.OneOf(Gen.OneOf(200, 206, 304, 404, 416, 500, 503), Gen.Int[-1, 1000]);

    private static readonly Gen<string> Method = Gen.OneOf("GET", "GET", "HEAD", "QUERY", "POST", "", "get", "É");

    private static readonly Gen<DateTimeOffset> Time = Gen.Frequency((8, Gen.Int[-100, 100].Select(s => Now.AddSeconds(s))), (1, Gen.OneOf(DateTimeOffset.MinValue, DateTimeOffset.MaxValue)));

    private static readonly Gen<PolicySettings> Settings = Gen.Select(Gen.Bool, Gen.Bool, Gen.Bool, (shared, all, groups) => new PolicySettings
    {
        Kind = shared ? CacheKind.Shared : CacheKind.Private,
        TargetedFields = shared ? ["CDN-Cache-Control"] : [],
        StorePost = all,
        CacheQuery = all,
        CacheGroups = groups,
        StaleIfError = all ? TimeSpan.MaxValue : TimeSpan.Zero,
        DefaultFreshnessLifetime = all ? TimeSpan.MaxValue : null,
    });

    [Fact]
    public void Decide_JunkHeads_HasAnAnswer() =>
        Gen.Select(Gen.Select(Request, Response, Response), Gen.Select(Method, Status, Status), Gen.Select(Time, Time, Time), Settings, Gen.Enum<HttpCacheMode>())
            .Sample(
                c => Walk(c.Item1, c.Item2, c.Item3, c.Item4, c.Item5),
                iter: FuzzSize.Histories,
                print: c => $"{c.Item2.Item1} {c.Item5} {Text(c.Item1.Item1)}\n  stored {c.Item2.Item2} {Text(c.Item1.Item2)}\n  received {c.Item2.Item3} {Text(c.Item1.Item3)}\n  {c.Item3}");

    private static void Walk(
        (HttpFields Request, HttpFields Stored, HttpFields Received) fields, (string Method, int Stored, int Received) what,
        (DateTimeOffset Sent, DateTimeOffset Got, DateTimeOffset Now) times, PolicySettings settings, HttpCacheMode mode)
    {
        var presented = new RequestHead { Method = what.Method, TargetUri = "http://h/", Fields = fields.Request };
        var directives = RequestDirectives.Parse(fields.Request);
        var exchangeTimes = new ExchangeTimes(times.Sent, times.Got);
        var first = Head(what.Stored, fields.Stored, what.Method);
        var facts = ResponseConclusions.Of(new RawResponse(what.Method, "http://h/", what.Stored, fields.Stored, exchangeTimes, AgeField.Parse(fields.Stored)), settings);
        facts.FreshnessLifetime.Should().BeGreaterThanOrEqualTo(TimeSpan.Zero);
        facts.CurrentAge(times.Now).Should().BeGreaterThanOrEqualTo(TimeSpan.Zero);

        var asked = new RequestFacts(presented, directives, mode, StaleLimits.None, settings);
        _ = StorageRules.AgainstStoring(asked, first, facts);
        var part = PartialRules.PieceOf(presented, first, facts)?.Range;
        var stored = StorageRules.HeadOf(asked, first, facts, part, [], (1, 1)).WithBody(10, part);
        _ = StorageRules.Retention(stored, times.Now, settings);
        var candidates = ImmutableArray.Create(stored);
        var decision = AdmissionRules.Decide(asked)?.ToDecision() ?? ReuseRules.Decide(asked, candidates, times.Now);
        if (decision.Stored is not null)
        {
            _ = PreconditionRules.Evaluate(presented, stored, settings);
        }

        var conditions = decision.Kind == DecisionKind.Validate ? ValidationRules.Conditions(presented, decision.Nominated, settings) : HttpFields.Empty;
        var outcome = ResponseRules.Decide(
            new ResponseFacts
            {
                Asked = asked,
                Decision = decision,
                Candidates = candidates,
                Response = Head(what.Received, fields.Received, what.Method),
                Times = exchangeTimes,
                IsOurs = conditions.Count > 0 || decision.Kind == DecisionKind.Complete,
                NewId = () => 2,
            });
        outcome.Should().NotBeNull();
        _ = InvalidationRules.After(presented, Head(what.Received, fields.Received, what.Method));
    }

    private static ResponseHead Head(int status, HttpFields fields, string method) => new()
    {
        StatusCode = status,
        HttpVersion = new Version(1, 1),
        Fields = fields,
        FinalMethod = method,
        FinalUri = "http://h/",
        WireContentLength = 10,
    };

    private static Gen<HttpFields> Lines(Gen<string> name) =>
        Gen.Select(name, Value, (n, v) => new FieldLine(n, v)).Array[0, 6].Select(lines => new HttpFields(lines));

    private static string Text(HttpFields fields)
    {
        var text = "";
        foreach (var line in fields.Lines)
        {
            text += $"[{line.Name}: {line.Value}]";
        }

        return text;
    }
}
