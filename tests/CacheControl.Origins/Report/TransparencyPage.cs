using System.Text;
using HttpCaching.Origins.Runs;
using HttpCaching.Origins.Scenes;
using HttpCaching.Origins.Servers;
using HttpCaching.Origins.SetUps;

namespace HttpCaching.Origins.Report;

/// <summary>The page <c>docs/transparency.md</c>: servers, scenes and set-ups with hits and 304s.</summary>
internal static class TransparencyPage
{
    private const string Letters = "ABCDEFGHIJKLMNO";

    public static string Path { get; } = System.IO.Path.Combine(Tooling.Root, "docs", "transparency.md");

    /// <summary>The set-ups with the letters that are the columns' names.</summary>
    public static IReadOnlyList<(char Letter, SetUp SetUp)> Columns { get; } = [.. SetUp.All.Select((setUp, number) => (Letters[number], setUp))];

    public static IReadOnlyList<Scene> Scenes { get; } = [.. Scene.All, .. Scene.OfTheServer];

    public static string Write(IReadOnlyDictionary<string, IReadOnlyList<SetUpResult>> results)
    {
        var page = new StringBuilder("""
            # Next to real servers

            `tests/CacheControl.Origins` starts servers as their administrators commonly configure them, and plays one dialogue with each, twice at the
            same time: with a plain `HttpClient`, and with the cache in the same pipeline. Status, fields and bytes of every answer have to be those of the plain
            client, or those that a plain client got for the same request within the permitted age. The table at the end lists what may differ.

            This page is generated: `CACHECONTROL_UPDATE_DOCS=1 dotnet test tests/CacheControl.Origins`. It counts how often the cache answered alone (hits) and how
            often the origin confirmed what was stored (304s).

            ## Set-ups


            """);
        page.AppendLine("| | Pipeline and store |").AppendLine("|---|---|");
        foreach (var (letter, setUp) in Columns)
        {
            page.AppendLine($"| {letter} | `{setUp.Name}` |");
        }

        page.AppendLine().AppendLine("A client with pipeline A can't be told to trust the test's certificate; it does not speak with the servers over TLS.");
        page.AppendLine().AppendLine("## Servers").AppendLine().AppendLine("Each cell: hits / 304s.");
        foreach (var plan in AllServers.Plans)
        {
            WriteServer(page, plan, results[plan.Name]);
        }

        page.AppendLine().AppendLine("## What may differ").AppendLine().AppendLine("| Kind | What | Why |").AppendLine("|---|---|---|");
        foreach (var row in Tables.Read("differences.tsv"))
        {
            page.AppendLine($"| {row[0]} | {row[1]} | {row[2]} |");
        }

        return page.ToString();
    }

    /// <summary>What a row of a server starts with.</summary>
    public static string Heading(ServerPlan plan) => $"### {plan.Name}";

    private static void WriteServer(StringBuilder page, ServerPlan plan, IReadOnlyList<SetUpResult> results)
    {
        var columns = Columns.Select(column => (column.Letter, Result: results.SingleOrDefault(result => result.SetUp == column.SetUp))).ToList();
        page.AppendLine().AppendLine(Heading(plan)).AppendLine();
        page.AppendLine($"| Scene | {string.Join(" | ", columns.Select(column => column.Letter))} |");
        page.AppendLine($"|---|{string.Concat(columns.Select(_ => "---|"))}");
        foreach (var scene in Scenes)
        {
            page.AppendLine($"| {scene.Name} | {string.Join(" | ", columns.Select(column => Cell(column.Result, scene)))} |");
        }

        page.AppendLine($"| **all** | {string.Join(" | ", columns.Select(column => column.Result is { } result ? $"**{result.Hits} / {result.NotModified}**" : "–"))} |");
        var reasons = results
            .SelectMany(result => Reasons.Of(plan, result))
            .Select(found => $"No {found.What} in \"{found.Scene}\": {found.Reason ?? "the reason is not known."}")
            .Distinct();
        foreach (var reason in reasons.Concat(plan.Without.Select(scene => $"Without the scene \"{scene.Key}\": {scene.Value}")))
        {
            page.AppendLine().AppendLine(reason);
        }
    }

    private static string Cell(SetUpResult? result, Scene scene) =>
        result is not null && result.Counts.TryGetValue(scene.Name, out var count) ? $"{count.Hits} / {count.NotModified}" : "–";
}
