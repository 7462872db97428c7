using System.Diagnostics.Metrics;
using System.Reflection;
using System.Text.RegularExpressions;
using HttpCaching.Diagnostics;
using HttpCaching.Tests.Watching;
using Microsoft.Extensions.Logging;

namespace HttpCaching.Tests.Docs;

/// <summary>The page about watching names all that can be watched, and nothing else.</summary>
[Collection(Repository.Writers)]
[Trait("Spec", "OBS-2")]
public sealed partial class ObservabilityPageTests
{
    private const string Page = "docs/observability.md";

    [Fact]
    public void Table_OfInstruments_IsMadeFromTheCode()
    {
        var rows = InstrumentTags.Instruments().OrderBy(instrument => instrument.Name, StringComparer.Ordinal).Select(instrument =>
            $"| `{instrument.Name}` | {KindOf(instrument)} | {instrument.Unit?.Trim('{', '}')} | {instrument.Description} | {InstrumentTags.TextOf(instrument.Name)} |\n");

        Repository.ShouldHaveTable(Page, "instruments", "| Instrument | Kind | Unit | What it tells | Tags |\n|---|---|---|---|---|\n" + string.Concat(rows));
    }

    [Fact]
    public void Table_OfEvents_IsMadeFromTheCode()
    {
        var rows = Enum.GetValues<HttpCacheEventKinds>().Where(kind => kind is not (HttpCacheEventKinds.None or HttpCacheEventKinds.All)).Select(kind =>
            $"| `HttpCache{kind}` | `{kind}` | {XmlDocs.TextOf($"T:HttpCaching.HttpCache{kind}", "summary")} | {string.Join(", ", PropertiesOf(kind))} |\n");

        Repository.ShouldHaveTable(Page, "events", "| Event | Kind | When | Besides client and time |\n|---|---|---|---|\n" + string.Concat(rows));
    }

    [Fact]
    public void Table_OfLogLines_IsMadeFromTheCode()
    {
        var rows = typeof(Log).GetMethods(BindingFlags.Public | BindingFlags.Static)
            .Select(method => method.GetCustomAttribute<LoggerMessageAttribute>()).OfType<LoggerMessageAttribute>().OrderBy(message => message.EventId)
            .Select(message => $"| {message.EventId} | {message.EventName} | {message.Level} | {message.Message} |\n");

        Repository.ShouldHaveTable(Page, "log", "| Id | Name | Level | Message |\n|---|---|---|---|\n" + string.Concat(rows));
    }

    [Fact]
    public void Names_OnThePage_AreThoseOfTheCode()
    {
        var spans = typeof(SpanNames).GetFields().Select(field => (string)field.GetRawConstantValue()!).Where(name => name != SpanNames.Source);

        Name().Matches(Repository.Read(Page)).Select(match => match.Groups[1].Value).Distinct()
            .Should().BeEquivalentTo(spans.Concat(InstrumentTags.Instruments().Select(instrument => instrument.Name)).Distinct());
    }

    private static string KindOf(Instrument instrument) => instrument.GetType().Name.Split('`')[0] switch
    {
        "Counter" or "ObservableCounter" => "counter",
        "Histogram" => "histogram",
        _ => "gauge",
    };

    private static IEnumerable<string> PropertiesOf(HttpCacheEventKinds kind) =>
        typeof(HttpCacheEvent).Assembly.GetType($"HttpCaching.HttpCache{kind}")!.GetProperties(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly).Select(property => $"`{property.Name}`");

    [GeneratedRegex(@"`((?:cachecontrol|http|url|server|error)\.[a-z_.]+)`")]
    private static partial Regex Name();
}
