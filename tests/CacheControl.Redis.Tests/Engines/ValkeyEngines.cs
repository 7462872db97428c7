namespace HttpCaching.Redis.Tests.Engines;

/// <summary>One valkey-server.</summary>
public sealed class ValkeyEngine : IEngine
{
    private RedisServerProcess? _server;

    public string Configuration => _server!.Address + ",connectTimeout=20000,asyncTimeout=20000";

    public async Task InitializeAsync()
    {
        if (Tooling.ValkeyServer is { } program)
        {
            _server = await RedisServerProcess.StartProgramAsync(program);
        }
    }

    public async Task DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }
    }
}

/// <summary>A Cluster of three of them.</summary>
public sealed class ValkeyClusterEngine : ClusterEngine
{
    private protected override string? Program => Tooling.ValkeyServer;
}
