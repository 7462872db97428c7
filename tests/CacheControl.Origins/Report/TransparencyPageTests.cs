using HttpCaching.Origins.Runs;
using HttpCaching.Origins.Servers;

namespace HttpCaching.Origins.Report;

/// <summary>The page <c>docs/transparency.md</c> has every server, scene and set-up, and every set-up gets hits and 304s or has its reason.</summary>
public sealed class TransparencyPageTests
{
    private static readonly string[] Tools = ["nginx", "apache2", "caddy", "varnishd", "cc", "node", "npm", "python3"];

    [Fact]
    public void The_page_has_every_server_scene_and_set_up()
    {
        if (Tooling.UpdateDocs || Tooling.Full)
        {
            return;
        }

        var page = File.ReadAllText(TransparencyPage.Path);
        foreach (var plan in AllServers.Plans)
        {
            var section = page.Split(TransparencyPage.Heading(plan) + "\n").Should().HaveCount(2, plan.Name).And.Subject.Last().Split("\n#")[0];
            foreach (var scene in TransparencyPage.Scenes)
            {
                section.Should().Contain($"| {scene.Name} | ", plan.Name);
            }
        }

        foreach (var (letter, setUp) in TransparencyPage.Columns)
        {
            page.Should().Contain($"| {letter} | `{setUp.Name}` |");
        }

        foreach (var row in Tables.Read("differences.tsv"))
        {
            page.Should().Contain($"| {row[0]} | {row[1]} | {row[2]} |");
        }
    }

    [AllServersFact]
    [Trait("Spec", "HTC-23")]
    public async Task A_set_up_that_never_gets_a_hit_or_a_304_has_its_reason()
    {
        var results = new Dictionary<string, IReadOnlyList<SetUpResult>>();
        foreach (var plan in AllServers.Plans)
        {
            results.Add(plan.Name, await DialogueRun.OfAsync(plan));
        }

        if (Tooling.UpdateDocs)
        {
            await File.WriteAllTextAsync(TransparencyPage.Path, TransparencyPage.Write(results));
        }

        var unknown =
            from plan in AllServers.Plans
            from result in results[plan.Name]
            from found in Reasons.Of(plan, result)
            where found.Reason is null
            select $"{plan.Name} | {result.SetUp.Name} | {found.Scene}: no {found.What}";
        unknown.Should().BeEmpty("reasons.tsv says why a set-up never gets one");
    }

    private sealed class AllServersFactAttribute : FactAttribute
    {
        public AllServersFactAttribute() => Skip = Tooling.SkipReason(Tools);
    }
}
