using System.Globalization;
using System.Net;
using Garnet;
using Garnet.server;

namespace HttpCaching.Redis.Tests.Engines;

/// <summary>Garnet in this process.</summary>
public sealed class GarnetEngine : IEngine
{
    private readonly int _port = Ports.Free();
    private GarnetServer? _server;

    public string Configuration => "127.0.0.1:" + _port.ToString(CultureInfo.InvariantCulture) + ",connectTimeout=20000,asyncTimeout=20000";

    public Task InitializeAsync()
    {
        _server = new GarnetServer(new GarnetServerOptions
        {
            EndPoints = [new IPEndPoint(IPAddress.Loopback, _port)],
            EnableLua = true,
            LuaTransactionMode = true,
            LuaOptions = new LuaOptions(),
            QuietMode = true,
            LogMemorySize = "128m",
            IndexMemorySize = "8m",
        });
        _server.Start();
        return Task.CompletedTask;
    }

    public Task DisposeAsync()
    {
        _server?.Dispose();
        return Task.CompletedTask;
    }
}
