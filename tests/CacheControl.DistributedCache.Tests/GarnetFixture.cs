using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Garnet;
using Garnet.server;
using Microsoft.Extensions.Caching.StackExchangeRedis;

namespace HttpCaching.DistributedCache.Tests;

/// <summary>Garnet in this process, as an engine through the Redis adapter that the platform has for it.</summary>
public sealed class GarnetFixture : IDisposable
{
    private readonly GarnetServer _server;

    public GarnetFixture()
    {
        var port = FreePort();
        _server = new GarnetServer(new GarnetServerOptions
        {
            EndPoints = [new IPEndPoint(IPAddress.Loopback, port)],
            EnableLua = true,
            LuaTransactionMode = true,
            LuaOptions = new LuaOptions(),
            QuietMode = true,
            LogMemorySize = "128m",
            IndexMemorySize = "8m",
        });
        _server.Start();
        Configuration = $"127.0.0.1:{port.ToString(CultureInfo.InvariantCulture)},connectTimeout=20000,asyncTimeout=20000";
        Engine = new RedisCache(new RedisCacheOptions { Configuration = Configuration });
    }

    public string Configuration { get; }

    internal RedisCache Engine { get; }

    public void Dispose()
    {
        Engine.Dispose();
        _server.Dispose();
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
