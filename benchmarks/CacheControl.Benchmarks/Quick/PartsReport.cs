using HttpCaching.Benchmarks.Cases;
using HttpCaching.Benchmarks.Floors;
using HttpCaching.Control;
using HttpCaching.Control.Guard;
using HttpCaching.Control.Keys;
using HttpCaching.Control.Rules;
using HttpCaching.Control.Time;
using HttpCaching.Diagnostics;
using HttpCaching.Fields;
using HttpCaching.Http;
using HttpCaching.Model;
using HttpCaching.Policy;
using Microsoft.Extensions.Logging.Abstractions;

namespace HttpCaching.Benchmarks.Quick;

/// <summary>What the parts of a hit cost alone: where to look when the whole has become dearer.</summary>
internal static class PartsReport
{
    private const string RuledUri = "https://api.example.org/products50/1234?v=1";

    private static readonly RuleTable OfHost = Rules(i => $"https://api.example.org/products{i}/*");
    private const string FolderUri = "https://api.example.org/v1/products50/1234?v=1";

    private static readonly RuleTable InFolder = Rules(i => $"https://api.example.org/v1/products{i}/*");
    private static readonly RuleTable OfHosts = Rules(i => $"https://h{i}.example.org/*");
    private static readonly RuleTable BelowHosts = Rules(i => $"https://*.h{i}.example.org/*");

    /// <summary>Measures and prints.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="rounds">How many rounds.</param>
    public static void Print(TextWriter output, int rounds)
    {
        foreach (var (title, request, varies) in new[]
        {
            ("request without fields", Subject.Get(Subject.ShortUrl), false),
            ("request with three fields, Vary on two", Subject.GetWithFields(Subject.ShortUrl), true),
        })
        {
            output.WriteLine(title);
            foreach (var result in InterleavedRunner.Run(Parts(request, varies), rounds))
            {
                output.WriteLine($"  {result.Name,-24} {result.Median,8:F1} ns {result.Bytes,6:F0} B");
            }
        }
    }

    private static QuickCase[] Parts(HttpRequestMessage request, bool varies)
    {
        var store = new MemoryHttpCacheStore();
        var options = new HttpCacheOptions();
        var faults = new UserRuleFaults(NullLogger.Instance);
        var keys = new KeyMaker(OptionsReader.Keys(options, null), faults);
        var policy = OptionsReader.Policy(options, keys.Hash, new GuardedRules(faults));
        var cache = new HttpCache(store, options);
        var origin = new FloorOrigin(varies);
        var handler = new CachingHandler(cache) { InnerHandler = origin };
        var invoker = new HttpMessageInvoker(handler);
        Subject.SendAndRead(invoker, request, new byte[2048]);

        var clock = CacheClock.OfSystem();
        var guarded = new GuardedStore(
            store, new CacheMetrics(null, faults), NullLogger.Instance, TimeProvider.System, OptionsReader.Limits(new HttpCacheOptions()));
        var head = new RequestHead { Method = string.Empty, TargetUri = string.Empty, Fields = HttpFields.Empty };
        RequestReader.Read(request, keys.TargetUriOf(request)!, head);
        keys.TryFor(request, head, RequestSettings.Default, KeyRule.None, out var key);
        var snapshot = store.ReadAsync(key, CancellationToken.None).Result;
        var stored = snapshot.Responses[0];
        var body = snapshot.OpenBodyAsync(stored, CancellationToken.None).Result;
        var scratch = new RequestHead { Method = string.Empty, TargetUri = string.Empty, Fields = HttpFields.Empty };
        var age = TimeSpan.FromSeconds(5);
        var facts = new RequestFacts(head, default, HttpCacheMode.Default, StaleLimits.None, policy);
        return
        [
            QuickCase.Of("whole hit", () => Subject.Send(invoker, request)),
            QuickCase.Of("controller alone", () =>
            {
                using var response = cache.Controller.SendAsync(request, handler, true, CancellationToken.None).Result;
                return (int)response.StatusCode;
            }),
            QuickCase.Of("target URI", () => keys.TargetUriOf(request)!.Length),
            QuickCase.Of("read request", () =>
            {
                RequestReader.Read(request, head.TargetUri, scratch);
                return scratch.Fields.Count;
            }),
            QuickCase.Of("rule, of 100 of a host", () => OfHost.For(head.Method, RuledUri) is null ? 0 : 1),
            QuickCase.Of("rule, of 100 in a folder", () => InFolder.For(head.Method, FolderUri) is null ? 0 : 1),
            QuickCase.Of("no rule, of 100 hosts", () => OfHosts.For(head.Method, head.TargetUri) is null ? 0 : 1),
            QuickCase.Of("no rule, of 100 \"*.\"", () => BelowHosts.For(head.Method, head.TargetUri) is null ? 0 : 1),
            QuickCase.Of("settings", () => (int)RequestSettings.Of(request).Mode),
            QuickCase.Of("directives", () => RequestDirectives.Parse(head.Fields).NoCache ? 1 : 0),
            QuickCase.Of("admission", () => AdmissionRules.Decide(facts) is null ? 0 : 1),
            QuickCase.Of("key", () => keys.TryFor(request, head, RequestSettings.Default, KeyRule.None, out var made) ? made.Uri.Length : 0),
            QuickCase.Of("store read", () => guarded.ReadAsync(key, CancellationToken.None).Result!.Responses.Length),
            QuickCase.Of("clock", () => (int)clock.Now.Ticks),
            QuickCase.Of("selection", () => SelectionRules.Select(head, snapshot.Responses, policy)!.StatusCode),
            QuickCase.Of("decision", () => (int)ReuseRules.Decide(facts, snapshot.Responses, stored.Times.ResponseTime).Kind),
            QuickCase.Of("open body", () => (int)guarded.OpenBodyAsync(key, snapshot, stored, CancellationToken.None).Result!.Length),
            QuickCase.Of("make response", () =>
            {
                using var response = StoredAnswer.Make(request, facts, stored, age, snapshot, body);
                return (int)response.StatusCode;
            }),
            QuickCase.Of("floor's response", () =>
            {
                using var response = SampleResponse.Make(request, FloorOrigin.Body);
                return (int)response.StatusCode;
            }),
        ];
    }

    private static RuleTable Rules(Func<int, string> pattern)
    {
        var options = new HttpCacheOptions();
        for (var i = 0; i < 100; i++)
        {
            options.For(pattern(i), rule => rule.FreshFor(TimeSpan.FromMinutes(5)));
        }

        return OptionsReader.Rules(options, PolicySettings.Default)!;
    }

    private sealed class FloorOrigin(bool varies) : HttpMessageHandler
    {
        public static readonly byte[] Body = new byte[1024];

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            Task.FromResult(SampleResponse.MakeStorable(request, Body, varies));
    }
}
