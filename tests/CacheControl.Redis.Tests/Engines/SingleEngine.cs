namespace HttpCaching.Redis.Tests.Engines;

/// <summary>One redis-server.</summary>
public sealed class SingleEngine : IEngine
{
    private RedisServerProcess? _server;

    public string Configuration => _server!.Address + ",connectTimeout=20000,asyncTimeout=20000";

    public async Task InitializeAsync()
    {
        if (Tooling.SkipReason is null)
        {
            _server = await RedisServerProcess.StartAsync();
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
