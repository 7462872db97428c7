using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace HttpCaching.Redis.Tests.Faults;

/// <summary>Stands between a client and an engine; delays what the engine says, and cuts connections, when told to.</summary>
internal sealed class TcpProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private readonly ConcurrentDictionary<Socket, byte> _sockets = new();
    private readonly int _enginePort;
    private readonly Task _accepting;
    private long _untilCut = long.MaxValue;
    private long _said;

    public TcpProxy(int enginePort)
    {
        _enginePort = enginePort;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public string Address => "127.0.0.1:" + ((IPEndPoint)_listener.LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture);

    /// <summary>How long each piece of what the engine says is held back.</summary>
    public TimeSpan Delay { get; set; }

    /// <summary>How many bytes the engine has said.</summary>
    public long Said => Volatile.Read(ref _said);

    /// <summary>How often a connection was cut.</summary>
    public int Cuts { get; private set; }

    /// <summary>Cuts all connections when the engine has said so many more bytes.</summary>
    public void CutAfter(long bytes) => Interlocked.Exchange(ref _untilCut, bytes);

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _listener.Stop();
        CloseAll();
        await _accepting;
        _end.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var client = await _listener.AcceptSocketAsync(_end.Token);
                var engine = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                _sockets[client] = 0;
                _sockets[engine] = 0;
                _ = RelayAsync(client, engine);
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
        {
        }
    }

    private async Task RelayAsync(Socket client, Socket engine)
    {
        try
        {
            await engine.ConnectAsync(IPAddress.Loopback, _enginePort);
            await Task.WhenAny(CopyAsync(client, engine, isEngine: false), CopyAsync(engine, client, isEngine: true));
        }
        catch (SocketException)
        {
        }
        finally
        {
            client.Dispose();
            engine.Dispose();
            _sockets.TryRemove(client, out _);
            _sockets.TryRemove(engine, out _);
        }
    }

    private async Task CopyAsync(Socket from, Socket to, bool isEngine)
    {
        var buffer = new byte[16 * 1024];
        try
        {
            while (await from.ReceiveAsync(buffer) is var count and > 0)
            {
                if (isEngine)
                {
                    Interlocked.Add(ref _said, count);
                }

                if (isEngine && Delay > TimeSpan.Zero)
                {
                    await Task.Delay(Delay, _end.Token);
                }

                if (isEngine && Interlocked.Add(ref _untilCut, -count) <= 0)
                {
                    Interlocked.Exchange(ref _untilCut, long.MaxValue);
                    await to.SendAsync(buffer.AsMemory(0, count / 2));
                    Cuts++;
                    CloseAll();
                    return;
                }

                await to.SendAsync(buffer.AsMemory(0, count));
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException or OperationCanceledException)
        {
        }
    }

    private void CloseAll()
    {
        foreach (var (socket, _) in _sockets)
        {
            socket.Dispose();
        }
    }
}
