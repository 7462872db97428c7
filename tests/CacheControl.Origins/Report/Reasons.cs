using System.IO.Enumeration;
using HttpCaching.Origins.Runs;
using HttpCaching.Origins.Servers;

namespace HttpCaching.Origins.Report;

/// <summary>
/// Why a set-up never gets a hit, or never a 304, for what is read again and again: <c>reasons.tsv</c>, whose columns are patterns with <c>*</c> for the
/// server and the set-up, the scene, <c>hits</c> or <c>304s</c>, and the reason.
/// </summary>
internal static class Reasons
{
    private const string Hits = "hits";
    private const string NotModified = "304s";

    // Each reads files in one form only, so that a form that never gets one is not hidden by the others.
    private static readonly string[] Scenes = ["reads", "compressed"];

    public static IReadOnlyList<string[]> Rows { get; } = Tables.Read("reasons.tsv");

    /// <summary>The scenes without a hit or a 304, with the reason; null for an unknown one.</summary>
    public static IEnumerable<(string Scene, string What, string? Reason)> Of(ServerPlan plan, SetUpResult result) =>
        from scene in Scenes
        let count = result.Counts[scene]
        from row in new[] { (What: Hits, Number: count.Hits), (What: NotModified, Number: count.NotModified) }
        where row.Number == 0
        select (scene, row.What, Find(plan.Name, result.SetUp.Name, scene, row.What));

    private static string? Find(string server, string setUp, string scene, string what) =>
        Rows.FirstOrDefault(row => Matches(row[0], server) && Matches(row[1], setUp) && row[2] == scene && row[3] == what)?[4];

    private static bool Matches(string pattern, string text) => FileSystemName.MatchesSimpleExpression(pattern, text);
}
