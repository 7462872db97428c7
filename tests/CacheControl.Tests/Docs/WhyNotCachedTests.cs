using HttpCaching.Model;
using HttpCaching.Tests.Outcomes;

namespace HttpCaching.Tests.Docs;

/// <summary>The page that explains every reason is made from the code: a reason without a text, a cause or a remedy fails here.</summary>
[Collection(Repository.Writers)]
public sealed class WhyNotCachedTests
{
    private const string Page = "docs/why-not-cached.md";

    [Fact]
    public void Page_HasEveryNotStoredReason() =>
        Repository.ShouldHaveTable(Page, "not-stored", "| `NotStored` | In words | Cause | What to do |\n|---|---|---|---|\n" + string.Concat(
            Enum.GetValues<NotStoredReason>().Select(reason => Row(reason, CacheStatusText.Of(reason)))));

    [Fact]
    public void Page_HasEveryReason() =>
        Repository.ShouldHaveTable(Page, "reasons", "| `Reason` | In words | Cause | What to do |\n|---|---|---|---|\n" + string.Concat(
            Enum.GetValues<CacheReason>().Select(reason => Row(reason, CacheStatusText.Of(reason)))));

    [Fact]
    public async Task Page_HasTheLinesOfEverydayCases()
    {
        var table = "| Case | Line |\n|---|---|\n";
        foreach (var everyday in EverydayCases.All)
        {
            using var scene = new OutcomeScene(everyday.Options, everyday.Store?.Invoke());
            using (var response = await everyday.Act(scene))
            {
                var status = response.GetCacheStatus()!;
                if (everyday.Body == BodyUse.Read)
                {
                    await response.Content.CopyToAsync(Stream.Null);
                }

                response.Dispose();
                table += $"| {everyday.Name} | `{status}` |\n";
            }
        }

        Directory.Delete(EverydayCases.Folder, recursive: true);
        Repository.ShouldHaveTable(Page, "cases", table);
    }

    [Fact]
    public void Words_OfReasons_AreDifferentAndNotTheirNames()
    {
        string[] words = [.. Enum.GetValues<NotStoredReason>().Select(CacheStatusText.Of), .. Enum.GetValues<CacheReason>().Select(CacheStatusText.Of)];

        words.Intersect([.. Enum.GetNames<NotStoredReason>(), .. Enum.GetNames<CacheReason>()]).Should().BeEmpty();
        words.GroupBy(w => w).Where(g => g.Count() > 1).Select(g => g.Key).Should().BeEquivalentTo(["the request says no-store"], "one request says it of both");
    }

    private static string Row<T>(T reason, string words)
        where T : struct, Enum
    {
        var id = $"F:HttpCaching.{typeof(T).Name}.{reason}";
        return $"| `{reason}` | {words} | {XmlDocs.TextOf(id, "summary")} | {XmlDocs.TextOf(id, "remarks")} |\n";
    }
}
