using System.IO.Enumeration;
using CacheControl.Origins.Dialogue;

namespace CacheControl.Origins.Report;

/// <summary>
/// Differences that are faults of the cache, known and not mended yet, or of the comparison: <c>known-faults.tsv</c>, whose columns are patterns with <c>*</c>
/// for the server, the set-up, the scene, the request and the difference, and the reason.
/// </summary>
internal static class KnownFaults
{
    public static IReadOnlyList<string[]> Rows { get; } = Tables.Read("known-faults.tsv");

    public static bool Contain(string server, string setUp, Divergence divergence) =>
        Rows.Any(row => Matches(row[0], server) && Matches(row[1], setUp) && Matches(row[2], divergence.Scene) && Matches(row[3], divergence.Step) && Matches(row[4], divergence.What));

    private static bool Matches(string pattern, string text) => FileSystemName.MatchesSimpleExpression(pattern, text);
}
