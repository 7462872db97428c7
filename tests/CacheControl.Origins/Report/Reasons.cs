using System.IO.Enumeration;

namespace CacheControl.Origins.Report;

/// <summary>
/// Why a set-up never gets a hit, or never a 304: <c>reasons.tsv</c>, whose columns are patterns with <c>*</c> for the server and the set-up,
/// <c>hits</c> or <c>304s</c>, and the reason.
/// </summary>
internal static class Reasons
{
    public const string Hits = "hits";
    public const string NotModified = "304s";

    public static IReadOnlyList<string[]> Rows { get; } = Tables.Read("reasons.tsv");

    public static string? Find(string server, string setUp, string what) =>
        Rows.FirstOrDefault(row => Matches(row[0], server) && Matches(row[1], setUp) && row[2] == what)?[3];

    private static bool Matches(string pattern, string text) => FileSystemName.MatchesSimpleExpression(pattern, text);
}
