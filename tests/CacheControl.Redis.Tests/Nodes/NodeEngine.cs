using HttpCaching.Redis.Tests.Engines;

namespace HttpCaching.Redis.Tests.Nodes;

/// <summary>An engine that one test has for itself: several nodes talk over it, and what they say is for nobody else.</summary>
public sealed class NodeEngine : IAsyncDisposable
{
    private readonly IEngine _engine;

    private NodeEngine(IEngine engine) => _engine = engine;

    /// <summary>The engines with one server that there are here: Garnet always, redis-server where it is installed or required.</summary>
    public static TheoryData<string> Kinds => Tooling.SkipReason is null ? ["garnet", "redis"] : ["garnet"];

    /// <summary>The same, and a Cluster.</summary>
    public static TheoryData<string> KindsWithCluster => Tooling.SkipReason is null ? ["garnet", "redis", "cluster"] : ["garnet"];

    /// <summary>A process of its own where there is one.</summary>
    public static string Preferred => Tooling.SkipReason is null ? "redis" : "garnet";

    public string Configuration => _engine.Configuration;

    /// <summary>The port of the only server.</summary>
    public int Port => int.Parse(Configuration.Split(',')[0].Split(':')[1], System.Globalization.CultureInfo.InvariantCulture);

    public static async Task<NodeEngine> StartAsync(string kind)
    {
        IEngine engine = kind switch
        {
            "garnet" => new GarnetEngine(),
            "redis" => new SingleEngine(),
            _ => new ClusterEngine(),
        };
        await engine.InitializeAsync();
        return new NodeEngine(engine);
    }

    public async ValueTask DisposeAsync() => await _engine.DisposeAsync();
}
