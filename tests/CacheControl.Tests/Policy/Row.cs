using System.Collections.Immutable;
using System.Globalization;
using HttpCaching.Fields;
using HttpCaching.Model;
using HttpCaching.Policy;

namespace HttpCaching.Tests.Policy;

/// <summary>
/// The cells of decision tables. A head is one line: its fields as <see cref="Given"/> reads them, and before them, in braces, what is no field.
/// <list type="bullet">
/// <item>A stored response: <c>{status 404} {method HEAD} {for A: 1} {part 0/10} {length 5} ETag: "a"</c>. It was received at <see cref="Given.Now"/>.</item>
/// <item>A request: <c>{method HEAD} {mode NoCache} {sie 60} Range: bytes=0-4</c>.</item>
/// <item>A received response: <c>{status 304} {final https://h/other} ETag: "a"</c>.</item>
/// <item>Settings: <c>shared retention=60</c>.</item>
/// </list>
/// </summary>
internal static class Row
{
    private static readonly string[] OfReceived =
    [
        "status", "final", "final-method", "decoded", "framing", "wire", "credentials", "below", "location", "content-location", "ours", "theirs", "unmatched",
    ];

    public static PolicySettings Settings(string text) =>
        text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Aggregate(PolicySettings.Default, (settings, word) => word.Split('=') switch
        {
            ["private"] => settings,
            ["shared"] => settings with { Kind = CacheKind.Shared },
            ["query"] => settings with { CacheQuery = true },
            ["post"] => settings with { StorePost = true },
            ["no-parts"] => settings with { StorePartialResponses = false },
            ["no-groups"] => settings with { CacheGroups = false },
            ["set-cookie"] => settings with { StoreSetCookie = true },
            ["disconnected"] => settings with { StaleWhenDisconnected = true },
            ["stale-s-maxage"] => settings with { StaleWithSharedMaxAge = true },
            ["ignore-date"] => settings with { IgnoreDateInAge = true },
            ["any-language-order"] => settings with { LanguageOrderIsSignificant = false },
            ["rule", var seconds] => settings with { Heuristic = new Rule(seconds == "fails" ? HeuristicRules.Failed : seconds == "none" ? null : Seconds(seconds)) },
            ["default", var seconds] => settings with { DefaultFreshnessLifetime = Seconds(seconds) },
            ["maximum", var seconds] => settings with { MaximumLifetime = Seconds(seconds) },
            ["maximum-error", var seconds] => settings with { MaximumErrorLifetime = Seconds(seconds) },
            ["retention", var seconds] => settings with { StaleRetention = Seconds(seconds) },
            ["sie", var seconds] => settings with { StaleIfError = Seconds(seconds) },
            ["swr", var seconds] => settings with { StaleWhileRevalidate = Seconds(seconds) },
            ["eager", var share] => settings with { EagerRefreshAfter = double.Parse(share, CultureInfo.InvariantCulture) },
            ["jitter", var share] => settings with { LifetimeJitter = double.Parse(share, CultureInfo.InvariantCulture) },
            ["keep", var bytes] => settings with { KeepIncompleteAbove = Number(bytes) },
            ["only", var status] => settings with { StatusFilter = candidate => candidate == Number(status) },
            ["targeted", var names] => settings with { TargetedFields = names.Split(',') },
            ["added-below", var names] => settings with { FieldsAddedBelow = names.Split(',') },
            ["validators", var count] => settings with { MaximumValidators = (int)Number(count) },
            ["validator-length", var count] => settings with { MaximumValidatorLength = (int)Number(count) },
            ["field-length", var count] => settings with { MaximumFieldLength = (int)Number(count) },
            ["uri-length", var count] => settings with { MaximumUriLength = (int)Number(count) },
            _ => throw new ArgumentException("Unknown setting: " + word, nameof(text)),
        });

    public static Asked Request(string text)
    {
        var words = Words.Of(text, "method", "uri", "content", "mode", "undone", "sie", "swr", "disconnected");
        var head = new RequestHead
        {
            Method = words["method"] ?? "GET",
            TargetUri = words["uri"] ?? Given.Uri,
            Fields = Given.Fields(words.Fields),
            HasContent = words["content"] is not null,
            UndoneAbove = words["undone"]?.Split(','),
        };
        return new Asked(
            head,
            RequestDirectives.Parse(head.Fields),
            words["mode"] is { } mode ? Enum.Parse<HttpCacheMode>(mode) : HttpCacheMode.Default,
            new StaleLimits(Seconds(words["sie"]), Seconds(words["swr"]), words["disconnected"] is not null));
    }

    public static ResponseHead Received(string text, string method = "GET")
    {
        var words = Words.Of(text, OfReceived);
        return new ResponseHead
        {
            StatusCode = (int)Number(words["status"] ?? "200"),
            HttpVersion = new Version(1, 1),
            Fields = Given.Fields(words.Fields),
            FinalUri = words["final"] ?? Given.Uri,
            FinalMethod = words["final-method"] ?? method,
            Location = words["location"],
            ContentLocation = words["content-location"],
            IsDecoded = words["decoded"] is not null,
            HasContradictoryFraming = words["framing"] is not null,
            WireContentLength = words["wire"] is { } length ? Number(length) : null,
            CredentialsAddedBelow = words["credentials"] is not null,
            FieldsChangedBelow = words["below"]?.Split(',') ?? [],
        };
    }

    /// <summary>The tag of a 304 that fitted nothing before this response came; empty if it had none, null if there was no such 304.</summary>
    public static string? Unmatched(string text) => Words.Of(text, OfReceived)["unmatched"];

    /// <summary>What follows from a response that was asked for and came at <see cref="Given.Now"/>.</summary>
    public static ResponseConclusions Conclusions(ResponseHead response, Asked asked, PolicySettings settings) => ResponseConclusions.Of(
        asked.Head, response, new ExchangeTimes(Given.Now, Given.Now), settings);

    /// <summary>Several stored responses, separated by " || "; none if the cell is empty.</summary>
    public static ImmutableArray<StoredResponse> StoredAll(string text, PolicySettings settings) =>
        [.. text.Split(" || ", StringSplitOptions.RemoveEmptyEntries).Select(one => Stored(one, settings))];

    public static StoredResponse Stored(string text, PolicySettings settings)
    {
        var words = Words.Of(text, "status", "method", "uri", "for", "also", "part", "length", "decoded", "marked", "unreliable", "credentials", "tags");
        var part = words["part"]?.Split('/') is [var first, var total] ? new PartRange(Number(first), Number(total)) : (PartRange?)null;
        var asked = new RequestHead
        {
            Method = words["method"] ?? "GET",
            TargetUri = words["uri"] ?? Given.Uri,
            Fields = Given.Fields(words["for"] ?? string.Empty),
        };
        var status = (int)Number(words["status"] ?? (part is null ? "200" : "206"));
        var head = Given.Stored(words.Fields, asked, status, settings);
        return new StoredResponse
        {
            Method = head.Method,
            TargetUri = head.TargetUri,
            SelectingFields = head.SelectingFields,
            FurtherSelections = words["also"] is { } also ? [SelectionRules.SelectingFieldsOf(Request(also).Head, head.Fields, [], settings)] : [],
            StatusCode = head.StatusCode,
            HttpVersion = head.HttpVersion,
            Fields = head.Fields,
            Times = head.Times,
            AgeValue = head.AgeValue,
            BodyLength = Number(words["length"] ?? "5"),
            Part = part,
            IsDecoded = words["decoded"] is not null,
            MustValidate = words["marked"] is not null,
            TagIsUnreliable = words["unreliable"] is not null,
            HadCredentials = words["credentials"] is not null,
            Tags = [.. words["tags"]?.Split(',') ?? [], .. head.Tags],
            Variant = VariantRules.IdOf(head.Method, part, head.SelectingFields),
            Rank = head.Rank,
            Generation = head.Generation,
            BodyId = head.BodyId,
        };
    }

    public static TimeSpan Seconds(string? text) => text is null ? TimeSpan.Zero : TimeSpan.FromSeconds(double.Parse(text, CultureInfo.InvariantCulture));

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);

    /// <summary>A request and all that decides with it.</summary>
    internal sealed record Asked(RequestHead Head, RequestDirectives Directives, HttpCacheMode Mode, StaleLimits Limits)
    {
        public RequestFacts Facts(PolicySettings settings) => new(Head, Directives, Mode, Limits, settings);
    }

    private sealed record Rule(TimeSpan? Lifetime) : IFreshnessHeuristic
    {
        public TimeSpan? LifetimeOf(FreshnessFacts facts) => Lifetime;
    }

    /// <summary>The words in braces at the beginning of a cell, and the rest of it.</summary>
    private sealed class Words
    {
        private readonly Dictionary<string, string> _values = [];

        public required string Fields { get; init; }

        public string? this[string name] => _values.GetValueOrDefault(name);

        public static Words Of(string text, params string[] known)
        {
            var rest = text.TrimStart();
            var values = new Dictionary<string, string>();
            while (rest.StartsWith('{'))
            {
                var end = rest.IndexOf('}', StringComparison.Ordinal);
                var word = rest[1..end].Split(' ', 2);
                if (!known.Contains(word[0]))
                {
                    throw new ArgumentException("Unknown word: " + word[0], nameof(text));
                }

                values.Add(word[0], word.ElementAtOrDefault(1) ?? string.Empty);
                rest = rest[(end + 1)..].TrimStart();
            }

            if (rest.Contains("| {", StringComparison.Ordinal))
            {
                throw new ArgumentException("Words stand before the fields: " + rest, nameof(text));
            }

            var words = new Words { Fields = rest };
            foreach (var (name, value) in values)
            {
                words._values.Add(name, value);
            }

            return words;
        }
    }
}
