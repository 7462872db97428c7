using HttpCaching.Origins.Dialogue;
using HttpCaching.Origins.SetUps;

namespace HttpCaching.Origins.Runs;

/// <summary>What came of the dialogue with one server in one set-up.</summary>
internal sealed record SetUpResult(SetUp SetUp)
{
    /// <summary>By the scene's name.</summary>
    public Dictionary<string, SceneCount> Counts { get; } = [];

    public List<Divergence> Divergences { get; } = [];

    public HashSet<string> Allowances { get; } = [];

    public int Hits => Counts.Values.Sum(count => count.Hits);

    public int NotModified => Counts.Values.Sum(count => count.NotModified);

    public void Add(string scene, Stage stage)
    {
        Counts.Add(scene, stage.Count);
        Divergences.AddRange(stage.Divergences);
        Allowances.UnionWith(stage.Allowances.Used);
    }
}
