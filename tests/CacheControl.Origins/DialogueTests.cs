using HttpCaching.Origins.Runs;
using HttpCaching.Origins.Servers;
using HttpCaching.Origins.SetUps;

namespace HttpCaching.Origins;

/// <summary>A caller gets through the cache what it gets without, from every server in every set-up. The classes below name the server.</summary>
public abstract class DialogueTests
{
    protected static async Task PlaysAsync(string server, string setUp)
    {
        var plan = AllServers.Plans.Single(plan => plan.Name == server);
        var result = (await DialogueRun.OfAsync(plan)).Single(result => result.SetUp.Name == setUp);

        result.Divergences.Should().BeEmpty($"\n{string.Join('\n', result.Divergences.Take(40))}\n({result.Divergences.Count} in all)");
    }

    private protected static IEnumerable<object[]> CasesOf(IEnumerable<ServerPlan> plans) =>
        from plan in plans
        from setUp in SetUp.All
        where setUp.Allows(plan.Secure)
        select new object[] { plan.Name, setUp.Name };
}
