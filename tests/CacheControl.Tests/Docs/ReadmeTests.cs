using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Reflection;
using System.Text.RegularExpressions;
using HttpCaching.Diagnostics;
using HttpCaching.Tests.Settings;
using Microsoft.Extensions.Logging.Abstractions;

namespace HttpCaching.Tests.Docs;

/// <summary>The tables of the README are made from the code, and what it names exists.</summary>
[Collection(Repository.Writers)]
public sealed partial class ReadmeTests
{
    private const string Page = "README.md";

    [Fact]
    public void Readme_TableOfOptions_IsMadeFromTheCode() =>
        CheckTable("options", OptionsOf(typeof(HttpCacheOptions), "") + string.Concat(
            typeof(HttpCacheOptions).GetProperties().Where(OptionPath.IsGroup).Select(group =>
                $"\n**`{group.Name}`**: {SummaryOf($"P:HttpCaching.HttpCacheOptions.{group.Name}")}\n\n{OptionsOf(group.PropertyType, group.Name + ".")}")));

    [Fact]
    public void Readme_TableOfModes_IsMadeFromTheCode() =>
        CheckTable("modes", "| Mode | What it does |\n|---|---|\n" + string.Concat(
            Enum.GetNames<HttpCacheMode>().Select(mode => $"| `{mode}` | {SummaryOf($"F:HttpCaching.HttpCacheMode.{mode}")} |\n")));

    [Fact]
    public void Readme_TableOfForwardReasons_IsMadeFromTheCode() =>
        CheckTable("forward", "| Forward | Meaning |\n|---|---|\n" + string.Concat(
            Enum.GetNames<ForwardReason>().Select(reason => $"| `{reason}` | {SummaryOf($"F:HttpCaching.ForwardReason.{reason}")} |\n")));

    [Fact]
    public void Readme_NamesEveryInstrument()
    {
        var readme = Repository.Read(Page);
        using var metrics = new CacheMetrics(null, new UserRuleFaults(NullLogger.Instance));

        // A listener hears of every meter of the process, of those too that other tests make meanwhile.
        var heard = new ConcurrentDictionary<string, bool>();
        using (var listener = new MeterListener())
        {
            listener.InstrumentPublished = (instrument, _) =>
            {
                if (instrument.Meter.Name == CacheMetrics.MeterName)
                {
                    heard[instrument.Name] = true;
                }
            };
            listener.Start();
        }

        var names = heard.Keys;
        names.Should().NotBeEmpty();
        names.Where(name => !readme.Contains($"`{name}`", StringComparison.Ordinal)).Should().BeEmpty();
    }

    [Fact]
    public void Readme_NamesEveryEvent()
    {
        var readme = Repository.Read(Page);
        var events = typeof(Log).GetFields(BindingFlags.Public | BindingFlags.Static)
            .Where(field => field.Name.EndsWith("Id", StringComparison.Ordinal))
            .Select(field => $"{field.GetRawConstantValue()} {field.Name[..^2]}");

        events.Where(name => !readme.Contains(name, StringComparison.Ordinal)).Should().BeEmpty();
    }

    [Fact]
    public void Readme_Links_LeadToFiles() =>
        Link().Matches(Repository.Read(Page)).Select(match => match.Groups["target"].Value)
            .Where(target => !File.Exists(Repository.PathOf(target)) && !Directory.Exists(Repository.PathOf(target)))
            .Should().BeEmpty();

    private static void CheckTable(string name, string table) => Repository.ShouldHaveTable(Page, name, table);

    private static string OptionsOf(Type type, string path) => "| Option | What it does |\n|---|---|\n" + string.Concat(
        type.GetProperties().Where(option => !OptionPath.IsGroup(option)).Select(option => $"| `{path}{option.Name}` | {SummaryOf($"P:HttpCaching.{type.Name}.{option.Name}")} |\n"));

    private static string SummaryOf(string id) => XmlDocs.TextOf(id, "summary");

    [GeneratedRegex(@"\]\((?!http|#)(?<target>[^)#]+)")]
    private static partial Regex Link();
}
