using System.Text;
using HttpCaching.Model;

namespace HttpCaching.Tests.Docs;

/// <summary>What explanations say of a reason is what its documentation says: the texts are made from it.</summary>
[Collection(Repository.Writers)]
public sealed class ReasonTextsTests
{
    [Fact]
    public void Texts_OfReasons_AreThoseOfTheDocumentation() =>
        ShouldBe("ReasonTexts", [Methods<CacheReason>(), Methods<NotStoredReason>()]);

    [Fact]
    public void Texts_OfFindings_AreThoseOfTheDocumentation() =>
        ShouldBe("FindingTexts", [Methods<HeaderFinding>()]);

    [Fact]
    public void Page_HasEveryFinding() =>
        Repository.ShouldHaveTable("docs/explain.md", "findings", "| Finding | Cause | What to do |\n|---|---|---|\n" + string.Concat(
            Enum.GetValues<HeaderFinding>().Select(id => $"| `{id}` | {new CacheFinding(id).Text} | {new CacheFinding(id).Remedy} |\n")));

    [Theory]
    [InlineData(CacheReason.Expired, "RFC 9111 §4.2")]
    [InlineData(CacheReason.Miss, "RFC 9111 §4, §4.1")]
    [InlineData(CacheReason.Reload, null)]
    public void SectionOf_Cause_IsTheOneInBrackets(CacheReason reason, string? section) =>
        ExplanationText.SectionOf(ReasonTexts.CauseOf(reason)).Should().Be(section);

    private static void ShouldBe(string name, string[] methods)
    {
        var code = new StringBuilder("namespace HttpCaching.Model;\n\n")
            .Append("/// <summary>Causes and remedies, as the documentation has them. Generated: change the documentation of the members and update the docs.</summary>\n")
            .Append($"internal static class {name}\n{{\n").AppendJoin("\n", methods).Append("}\n");
        Repository.ShouldBe($"src/CacheControl/Model/{name}.cs", code.ToString());
    }

    private static string Methods<T>()
        where T : struct, Enum => Method<T>("CauseOf", "summary") + "\n" + Method<T>("RemedyOf", "remarks");

    private static string Method<T>(string name, string part)
        where T : struct, Enum
    {
        var type = typeof(T).Name;
        var code = new StringBuilder($"    /// <summary>The {part} of a member.</summary>\n    public static string {name}({type} id) => id switch\n    {{\n");
        foreach (var id in Enum.GetValues<T>())
        {
            var text = XmlDocs.TextOf($"F:HttpCaching.{type}.{id}", part).Replace("\\|", "|", StringComparison.Ordinal);
            code.Append($"        {type}.{id} => \"{text.Replace("\"", "\\\"", StringComparison.Ordinal)}\",\n");
        }

        return code.Append("        _ => id.ToString(),\n    };\n").ToString();
    }
}
