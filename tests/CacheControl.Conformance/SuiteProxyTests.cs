using HttpCaching.Conformance.Proxy;
using HttpCaching.Conformance.Scoring;
using Xunit.Abstractions;

namespace HttpCaching.Conformance;

/// <summary>The suite with no cache at all: what the runs measure must not be the proxy.</summary>
[Collection(SuiteCollection.Name)]
public sealed class SuiteProxyTests(SuiteFixture suite, ITestOutputHelper output)
{
    [SuiteFact]
    public async Task Without_a_cache_the_proxy_changes_no_result()
    {
        if (Tooling.OnlyId is not null)
        {
            return;
        }

        await using var proxy = await TransparentProxy.StartAsync(suite.Origin.Address, network => network);
        var runs = await Task.WhenAll(
            suite.Client.RunAllAsync(suite.Origin.Address),
            suite.Client.RunAllAsync(proxy.Address));
        var (direct, proxied) = (SuiteResults.Parse(runs[0]), SuiteResults.Parse(runs[1]));

        await File.WriteAllTextAsync(Path.Combine(Tooling.Artifacts, "results-direct.json"), runs[0]);
        await File.WriteAllTextAsync(Path.Combine(Tooling.Artifacts, "results-no-cache.json"), runs[1]);
        output.WriteLine($"no proxy: {Scorecard.Create("", "", suite.Catalogue, direct)}");
        output.WriteLine($"no cache: {Scorecard.Create("", "", suite.Catalogue, proxied)}");
        proxy.Faults.Should().BeEmpty();
        proxied.Ids.Where(id => direct.Passed(id) != proxied.Passed(id)).Should().BeEmpty();
    }
}
