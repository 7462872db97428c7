using HttpCaching.Conformance.Scoring;

namespace HttpCaching.Conformance.Report;

/// <summary>The results that the suite itself publishes, scored as ours are.</summary>
internal static class PublishedResults
{
    /// <summary>The caches by kind: those the suite was run against as a proxy is, and browsers, which run other tests.</summary>
    public static async Task<(IReadOnlyList<Scorecard> Proxies, IReadOnlyList<Scorecard> Browsers)> ReadAsync(SuiteFixture suite)
    {
        var proxies = new List<Scorecard>();
        var browsers = new List<Scorecard>();
        foreach (var cache in suite.Catalogue.Caches)
        {
            var json = await File.ReadAllTextAsync(Path.Combine(suite.Folder.Root, "results", cache.File));
            var card = Scorecard.Create(cache.Name, cache.Version, suite.Catalogue, SuiteResults.Parse(json));
            (cache.Type == "browser" ? browsers : proxies).Add(card);
        }

        return (Ranked(proxies), Ranked(browsers));
    }

    private static List<Scorecard> Ranked(List<Scorecard> cards) =>
        [.. cards.OrderByDescending(card => card.Required.Percent).ThenByDescending(card => card.Optimal.Percent)];
}
