namespace HttpCaching.Origins.Dialogue;

/// <summary>A step in which the cache's answer was another one than it may be.</summary>
internal sealed record Divergence(string Scene, string Step, string What, string Detail)
{
    public override string ToString() => $"{Scene} | {Step} | {What}\n{Detail}";
}
