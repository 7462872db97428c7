using System.Collections.Immutable;
using System.Globalization;
using CsCheck;
using HttpCaching.Fields;
using HttpCaching.Model;
using HttpCaching.Policy;

namespace HttpCaching.Tests.Fuzz;

/// <summary>The product's rules and the plain model side by side, both ways: neither lets more happen than the other, nor less.</summary>
public sealed class PlainAgreementTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    private static readonly Gen<Exchange> Exchanges = Gen.Select(
        Gen.Select(HeaderGen.ResponseControl, HeaderGen.TargetedControl, HeaderGen.Age, HeaderGen.Pragma, (c, t, a, p) => (Control: c, Targeted: t, Age: a, Pragma: p)),
        Gen.Select(HeaderGen.Vary, Dates(-30, 10), Dates(-20, 90), Dates(-2000, 5), (v, d, e, m) => (Vary: v, Date: d, Expires: e, Modified: m)),
        Gen.Select(HeaderGen.RequestControl, Selecting(), Selecting(), HeaderGen.Pragma, (c, o, p, g) => (Control: c, Original: o, Presented: p, Pragma: g)),
        Gen.Select(Gen.OneOf(200, 200, 200, 203, 301, 302, 404, 500), Gen.Bool, Gen.OneOf(HttpCacheMode.Default, HttpCacheMode.Default, HttpCacheMode.ForceCache, HttpCacheMode.NoCache), Gen.OneOf(Gen.Int[0, 20], Gen.Int[0, 200]), Gen.Int[0, 3], (s, h, m, e, d) => (Status: s, IsShared: h, Mode: m, Elapsed: e, Delay: d)),
        (r, s, q, x) => new Exchange(r.Control, r.Targeted, r.Age, r.Pragma, s.Vary, s.Date, s.Expires, s.Modified, q.Control, q.Original, q.Presented, q.Pragma, x.Status, x.IsShared, x.Mode, x.Elapsed, x.Delay));

    [Fact]
    public void Decide_AnyStoredResponse_AgreesWithThePlainModel() =>
        Exchanges.Sample(CheckReuse, iter: FuzzSize.Histories, print: e => e.ToString());

    [Fact]
    public void MayStore_AnyResponse_AgreesWithThePlainModel() =>
        Exchanges.Sample(CheckStoring, iter: FuzzSize.Histories, print: e => e.ToString());

    private static Gen<string?> Dates(int from, int to) => Gen.Frequency(
        (2, Gen.Const((string?)null)), (3, Gen.Select(Gen.Int[from, to], HeaderGen.DateForm, (s, f) => (string?)f(Start.AddSeconds(s)))));

    private static Gen<(string? Language, string? Selector, bool HasCredentials)> Selecting() => Gen.Select(
        Gen.OneOf<string?>(null, "en", "EN", "de", ""), Gen.OneOf<string?>(null, "1", "2"), Gen.Frequency((5, Gen.Const(false)), (1, Gen.Const(true))));

    private static void CheckReuse(Exchange exchange)
    {
        var settings = exchange.Settings;
        var stored = exchange.Stored();
        var presented = exchange.Presented();
        var directives = RequestDirectives.Parse(presented.Fields);
        var now = Start.AddSeconds(exchange.Elapsed);
        var decision = ReuseRules.Decide(new RequestFacts(presented, directives, exchange.Mode, StaleLimits.None, settings), ImmutableArray.Create(stored), now);

        var against = exchange.Rules.AgainstReuse(exchange.Plain(), exchange.PlainPresented(), Seconds(now));

        // What is stored passed the storage rules first, so the reuse rules need not ask again whether it may be shared.
        against.RemoveAll(a => a.StartsWith("Authorization", StringComparison.Ordinal));
        (decision.Kind == DecisionKind.Serve).Should().Be(against.Count == 0, $"{decision.Kind} {decision.Reason}; against reuse: {string.Join("; ", against)}");
        if (decision.Stored is not null)
        {
            decision.Age.TotalSeconds.Should().BeApproximately(exchange.Rules.Read(exchange.Plain()).CurrentAge(Seconds(now)), 0.001);
        }
    }

    private static void CheckStoring(Exchange exchange)
    {
        var settings = exchange.Settings;
        var response = exchange.Response();
        var original = exchange.Original();
        var facts = ResponseConclusions.Of(new RawResponse("GET", original.TargetUri, response.StatusCode, response.Fields, exchange.Times, AgeField.Parse(response.Fields)), settings);
        var verdict = StorageRules.AgainstStoring(new RequestFacts(original, RequestDirectives.Parse(original.Fields), HttpCacheMode.Default, StaleLimits.None, settings), response, facts);

        var against = exchange.Rules.AgainstStoring(exchange.Plain());
        if (verdict is null)
        {
            against.Should().BeEmpty();
        }
        else if (verdict is NotStoredReason.NoStore or NotStoredReason.RequestNoStore or NotStoredReason.Private or NotStoredReason.Authorization)
        {
            against.Should().NotBeEmpty();
        }
    }

    private static double Seconds(DateTimeOffset time) => (time - DateTimeOffset.UnixEpoch).TotalSeconds;

    private sealed record Exchange(
        string[] Control, string[] Targeted, string[] Age, string[] Pragma, string[] Vary, string? Date, string? Expires, string? Modified,
        string[] RequestControl, (string? Language, string? Selector, bool HasCredentials) OriginalFields,
        (string? Language, string? Selector, bool HasCredentials) PresentedFields, string[] RequestPragma,
        int Status, bool IsShared, HttpCacheMode Mode, int Elapsed, int Delay)
    {
        public PolicySettings Settings => new()
        {
            Kind = IsShared ? CacheKind.Shared : CacheKind.Private,
            TargetedFields = IsShared ? ["CDN-Cache-Control"] : [],
        };

        public PlainRules Rules => new(IsShared, IsShared ? "CDN-Cache-Control" : null);

        public ExchangeTimes Times => new(Start.AddSeconds(-Delay), Start);

        public PlainExchange Plain() => new(
            "GET", "http://h/", List(Request(OriginalFields, [], [])), Status, List(Lines()), Seconds(Times.RequestTime), Seconds(Times.ResponseTime));

        public PlainRequest PlainPresented() => new("GET", "http://h/", List(Request(PresentedFields, RequestControl, RequestPragma)), Mode);

        public RequestHead Original() => Head(Request(OriginalFields, [], []));

        public RequestHead Presented() => Head(Request(PresentedFields, RequestControl, RequestPragma));

        public ResponseHead Response() => new()
        {
            StatusCode = Status,
            HttpVersion = new Version(1, 1),
            Fields = new HttpFields(Lines()),
            FinalMethod = "GET",
            FinalUri = "http://h/",
        };

        public StoredResponse Stored()
        {
            var selecting = SelectionRules.SelectingFieldsOf(Original(), Response().Fields, [], Settings);
            return new StoredResponse
            {
                Method = "GET",
                TargetUri = "http://h/",
                StatusCode = Status,
                HttpVersion = new Version(1, 1),
                Fields = new HttpFields(Lines()),
                Times = Times,
                AgeValue = AgeField.Parse(Response().Fields),
                SelectingFields = selecting,
                Variant = "v",
                Rank = 1,
                Generation = 1,
                BodyId = 1,
                BodyLength = 0,
            };
        }

        public override string ToString() => string.Create(CultureInfo.InvariantCulture,
            $"{(IsShared ? "shared" : "private")} {Mode}, {Elapsed} s after a response that took {Delay} s\n  original: {Text(Request(OriginalFields, [], []))}\n  response: {Status} {Text(Lines())}\n  presented: {Text(Request(PresentedFields, RequestControl, RequestPragma))}");

        private FieldLine[] Lines()
        {
            var lines = new List<FieldLine>();
            void Add(string name, IEnumerable<string> values) => lines.AddRange(values.Select(v => new FieldLine(name, v)));
            Add("Cache-Control", Control);
            Add("CDN-Cache-Control", Targeted);
            Add("Age", Age);
            Add("Pragma", Pragma);
            Add("Vary", Vary);
            Add("Date", Date is null ? [] : [Date]);
            Add("Expires", Expires is null ? [] : [Expires]);
            Add("Last-Modified", Modified is null ? [] : [Modified]);
            return [.. lines];
        }

        private static FieldLine[] Request((string? Language, string? Selector, bool HasCredentials) fields, string[] control, string[] pragma)
        {
            var lines = new List<FieldLine>();
            lines.AddRange(control.Select(c => new FieldLine("Cache-Control", c)));
            lines.AddRange(pragma.Select(c => new FieldLine("Pragma", c)));
            if (fields.Language is not null)
            {
                lines.Add(new FieldLine("Accept-Language", fields.Language));
            }

            if (fields.Selector is not null)
            {
                lines.Add(new FieldLine("X-Sel", fields.Selector));
            }

            if (fields.HasCredentials)
            {
                lines.Add(new FieldLine("Authorization", "Bearer a"));
            }

            return [.. lines];
        }

        private static RequestHead Head(FieldLine[] lines) => new() { Method = "GET", TargetUri = "http://h/", Fields = new HttpFields(lines) };

        private static List<KeyValuePair<string, string>> List(FieldLine[] lines) => [.. lines.Select(l => KeyValuePair.Create(l.Name, l.Value))];

        private static string Text(FieldLine[] lines) => string.Join(" | ", lines.Select(l => $"{l.Name}: {l.Value}"));
    }
}
