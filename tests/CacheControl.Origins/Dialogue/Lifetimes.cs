using System.Globalization;
using System.Text.RegularExpressions;

namespace HttpCaching.Origins.Dialogue;

/// <summary>For how long an answer of an origin permits itself to be reused (RFC 9111 §4.2.1), told without the cache's own code.</summary>
internal static partial class Lifetimes
{
    private static readonly TimeSpan LongestHeuristic = TimeSpan.FromDays(1);

    public static TimeSpan Of(Answer answer)
    {
        var control = answer["Cache-Control"] ?? "";
        if (control.Contains("no-", StringComparison.Ordinal))
        {
            return TimeSpan.Zero;
        }

        if (MaxAge().Match(control) is { Success: true } match)
        {
            return TimeSpan.FromSeconds(long.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture));
        }

        if (Date(answer, "Date") is not { } date)
        {
            return TimeSpan.Zero;
        }

        if (Date(answer, "Expires") is { } expires)
        {
            return expires - date;
        }

        var heuristic = Date(answer, "Last-Modified") is { } modified ? (date - modified) / 10 : TimeSpan.Zero;
        return heuristic < LongestHeuristic ? heuristic : LongestHeuristic;
    }

    private static DateTimeOffset? Date(Answer answer, string name) =>
        DateTimeOffset.TryParseExact(answer[name], "r", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var date) ? date : null;

    [GeneratedRegex("max-age=([0-9]+)")]
    private static partial Regex MaxAge();
}
