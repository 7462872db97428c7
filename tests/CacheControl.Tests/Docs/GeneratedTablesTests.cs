using HttpCaching.Tests.Settings;

namespace HttpCaching.Tests.Docs;

/// <summary>The tables of options, modes and outcomes are made from the code.</summary>
[Collection(Repository.Writers)]
public sealed class GeneratedTablesTests
{
    [Fact]
    public void Options_Table_IsMadeFromTheCode() =>
        Repository.ShouldHaveTable("docs/options.md", "options", OptionsOf(typeof(HttpCacheOptions), "") + string.Concat(
            typeof(HttpCacheOptions).GetProperties().Where(OptionPath.IsGroup).Select(group =>
                $"\n**`{group.Name}`**: {SummaryOf($"P:HttpCaching.HttpCacheOptions.{group.Name}")}\n\n{OptionsOf(group.PropertyType, group.Name + ".")}")));

    [Fact]
    public void Requests_TableOfModes_IsMadeFromTheCode() =>
        Repository.ShouldHaveTable("docs/requests.md", "modes", "| Mode | What it does |\n|---|---|\n" + string.Concat(
            Enum.GetNames<HttpCacheMode>().Select(mode => $"| `{mode}` | {SummaryOf($"F:HttpCaching.HttpCacheMode.{mode}")} |\n")));

    [Fact]
    public void Requests_TableOfForwardReasons_IsMadeFromTheCode() =>
        Repository.ShouldHaveTable("docs/requests.md", "forward", "| Forward | Meaning |\n|---|---|\n" + string.Concat(
            Enum.GetNames<ForwardReason>().Select(reason => $"| `{reason}` | {SummaryOf($"F:HttpCaching.ForwardReason.{reason}")} |\n")));

    private static string OptionsOf(Type type, string path) => "| Option | What it does |\n|---|---|\n" + string.Concat(
        type.GetProperties().Where(option => !OptionPath.IsGroup(option)).Select(option => $"| `{path}{option.Name}` | {SummaryOf($"P:HttpCaching.{type.Name}.{option.Name}")} |\n"));

    private static string SummaryOf(string id) => XmlDocs.TextOf(id, "summary");
}
