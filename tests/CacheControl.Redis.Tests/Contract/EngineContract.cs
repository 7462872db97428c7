using System.Reflection;
using HttpCaching.Redis.Tests.Engines;
using HttpCaching.StoreContract;

namespace HttpCaching.Redis.Tests.Contract;

/// <summary>
/// The contract as the rows of a theory, so that all of it can be left out with a reason where the engine is missing.
/// </summary>
public abstract class EngineContract(IEngine engine)
{
    /// <summary>All tests of the contract, by name and number of their row.</summary>
    public static TheoryData<string, int> All()
    {
        var data = new TheoryData<string, int>();
        foreach (var method in Methods())
        {
            for (var row = 0; row < RowsOf(method).Length; row++)
            {
                data.Add(method.Name, row);
            }
        }

        return data;
    }

    /// <summary>Runs one row.</summary>
    protected async Task RunAsync(string test, int row)
    {
        var method = Methods().Single(m => m.Name == test);
        var contract = new Run(engine.Configuration);
        await contract.InitializeAsync();
        try
        {
            if (method.Invoke(contract, RowsOf(method)[row]) is Task running)
            {
                await running;
            }
        }
        finally
        {
            await contract.DisposeAsync();
        }
    }

    private static IEnumerable<MethodInfo> Methods() => typeof(HttpCacheStoreContract).GetMethods()
        .Where(m => m.GetCustomAttribute<FactAttribute>() is not null).OrderBy(m => m.Name, StringComparer.Ordinal);

    private static object?[][] RowsOf(MethodInfo method)
    {
        var rows = method.GetCustomAttributes<InlineDataAttribute>().Select(d => d.GetData(method).Single()).ToArray();
        return rows.Length > 0 ? rows : [[]];
    }

    private sealed class Run(string configuration) : HttpCacheStoreContract
    {
        protected override bool RemovesExactly => false;

        protected override bool MayTellLastUse => false;

        protected override int StressOperations => 60;

        protected override IHttpCacheStore CreateStore() => new RedisHttpCacheStore(configuration, Prefixes.Fresh());
    }
}

/// <summary>The contract on redis-server, left out where that is missing.</summary>
public abstract class RedisContract(IEngine engine) : EngineContract(engine)
{
    [EngineTheory]
    [MemberData(nameof(All))]
    public Task Contract(string test, int row) => RunAsync(test, row);
}

/// <summary>The contract on valkey-server, left out where that is missing.</summary>
public abstract class ValkeyContract(IEngine engine) : EngineContract(engine)
{
    [ValkeyTheory]
    [MemberData(nameof(All))]
    public Task Contract(string test, int row) => RunAsync(test, row);
}

/// <summary>The contract on one redis-server.</summary>
public sealed class SingleContractTests(SingleEngine engine) : RedisContract(engine), IClassFixture<SingleEngine>;

/// <summary>The contract on a primary with a replica.</summary>
public sealed class ReplicatedContractTests(ReplicatedEngine engine) : RedisContract(engine), IClassFixture<ReplicatedEngine>;

/// <summary>The contract on a Cluster of three.</summary>
public sealed class ClusterContractTests(ClusterEngine engine) : RedisContract(engine), IClassFixture<ClusterEngine>;

/// <summary>The contract on one valkey-server.</summary>
public sealed class ValkeyContractTests(ValkeyEngine engine) : ValkeyContract(engine), IClassFixture<ValkeyEngine>;

/// <summary>The contract on a Cluster of three of them.</summary>
public sealed class ValkeyClusterContractTests(ValkeyClusterEngine engine) : ValkeyContract(engine), IClassFixture<ValkeyClusterEngine>;
