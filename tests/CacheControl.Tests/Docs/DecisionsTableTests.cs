using HttpCaching.Policy;

namespace HttpCaching.Tests.Docs;

/// <summary>The page about decisions has each kind, in the words of its documentation.</summary>
[Collection(Repository.Writers)]
public sealed class DecisionsTableTests
{
    [Fact]
    public void HowItDecides_TableOfDecisions_IsMadeFromTheCode() =>
        Repository.ShouldHaveTable("docs/how-it-decides.md", "decisions", "| Decision | Meaning |\n|---|---|\n" + string.Concat(
            Enum.GetNames<DecisionKind>().Select(kind => $"| `{kind}` | {XmlDocs.TextOf($"F:HttpCaching.Policy.DecisionKind.{kind}", "summary")} |\n")));
}
