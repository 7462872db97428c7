using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;
using HttpCaching.Fields;
using HttpCaching.Model;
using HttpCaching.Policy;

namespace HttpCaching.Tests.Policy;

/// <summary>
/// Facts for rule tests, written briefly: field lines are separated by " | ", and <c>@-1000</c> stands for the date 1000 seconds before
/// <see cref="Now"/>.
/// </summary>
internal static partial class Given
{
    public const string Uri = "https://h/";

    public static readonly DateTimeOffset Now = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    public static readonly PolicySettings Private = PolicySettings.Default;

    public static readonly PolicySettings Shared = PolicySettings.Default with { Kind = CacheKind.Shared };

    private static long _generation;

    public static PolicySettings Settings(string kind) => kind == "shared" ? Shared : Private;

    public static HttpFields Fields(string lines) => new(
    [
        .. lines.Split(" | ", StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split(": ", 2))
            .Select(pair => new FieldLine(pair[0].Trim(), Dated(pair.ElementAtOrDefault(1) ?? string.Empty))),
    ]);

    public static RequestHead Request(string fields = "", string method = "GET", string uri = Uri, bool hasContent = false) =>
        new() { Method = method, TargetUri = uri, Fields = Fields(fields), HasContent = hasContent };

    public static RequestDirectives Directives(string cacheControl) =>
        RequestDirectives.Parse(cacheControl.Length == 0 ? HttpFields.Empty : Fields("Cache-Control: " + cacheControl));

    public static ResponseHead Response(int status, string fields, string method = "GET", string uri = Uri) => new()
    {
        StatusCode = status,
        HttpVersion = new Version(1, 1),
        Fields = Fields(fields),
        FinalMethod = method,
        FinalUri = uri,
    };

    /// <summary>What follows from a response that was asked for and came at <see cref="Now"/>.</summary>
    public static ResponseConclusions Evaluated(int status, string fields, PolicySettings? settings = null, string uri = Uri)
    {
        var all = Fields(fields);
        return ResponseConclusions.Of(new RawResponse("GET", uri, status, all, new ExchangeTimes(Now, Now), AgeField.Parse(all)), settings ?? Private);
    }

    /// <summary>The verdict on a response that may be stored, in words.</summary>
    public const string Kept = "";

    public static NotStoredReason? Verdict(int status, string fields, PolicySettings? settings = null, RequestHead? request = null, ResponseHead? response = null)
    {
        var presented = request ?? Request();
        return StorageRules.AgainstStoring(
            Facts(presented, settings),
            response ?? Response(status, fields, presented.Method, presented.TargetUri),
            Evaluated(status, fields, settings, presented.TargetUri));
    }

    /// <summary>The stored response to a request, received at <see cref="Now"/>.</summary>
    public static StoredResponse Stored(string fields, RequestHead? request = null, int status = 200, PolicySettings? settings = null, int receivedAfter = 0)
    {
        var presented = request ?? Request();
        var at = Now.AddSeconds(receivedAfter);
        var id = Interlocked.Increment(ref _generation);
        var response = Response(status, fields, presented.Method, presented.TargetUri);
        var received = ResponseConclusions.Of(presented, response, new ExchangeTimes(at, at), settings ?? Private);
        return StorageRules.HeadOf(Facts(presented, settings), response, received, null, [], (id, id)).WithBody(5);
    }

    /// <summary>A request that the caller has told nothing about.</summary>
    public static RequestFacts Facts(RequestHead presented, PolicySettings? settings = null) =>
        new(presented, RequestDirectives.Parse(presented.Fields), HttpCacheMode.Default, StaleLimits.None, settings ?? Private);

    public static Decision Decide(
        StoredResponse stored, int secondsLater, string cacheControl = "", PolicySettings? settings = null, StaleLimits? limits = null, HttpCacheMode mode = HttpCacheMode.Default) =>
        ReuseRules.Decide(
            new RequestFacts(Request(uri: stored.TargetUri), Directives(cacheControl), mode, limits ?? StaleLimits.None, settings ?? Private), ImmutableArray.Create(stored), Now.AddSeconds(secondsLater));

    private static string Dated(string value) => RelativeDate().Replace(
        value, match => HttpDate.Format(Now.AddSeconds(int.Parse(match.Groups[1].ValueSpan, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture))));

    [GeneratedRegex("@(-?[0-9]+)")]
    private static partial Regex RelativeDate();
}
