using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace HttpCaching.Redis.Tests.Nodes;

/// <summary>A TCP proxy that cuts its connections, lets them stand still, or swallows what the engine sends with a certain text in it.</summary>
internal sealed class CuttableLine : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<Socket, bool> _open = new();
    private readonly int _target;
    private readonly Task _accepting;
    private volatile bool _isCut;
    private volatile bool _isFrozen;
    private volatile byte[]? _swallowed;
    private int _swallows;

    public CuttableLine(int target)
    {
        _target = target;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public string Configuration => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}");

    /// <summary>How many pieces were swallowed.</summary>
    public int Swallows => Volatile.Read(ref _swallows);

    public void Cut()
    {
        _isCut = true;
        foreach (var socket in _open.Keys)
        {
            socket.Dispose();
        }
    }

    public void Mend() => (_isCut, _isFrozen) = (false, false);

    /// <summary>Nothing arrives any more, in either direction, and no connection ends.</summary>
    public void Freeze() => _isFrozen = true;

    /// <summary>Takes out what the engine sends with this text in it; null for nothing.</summary>
    public void Swallow(string? text) => _swallowed = text is null ? null : Encoding.UTF8.GetBytes(text);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        Cut();
        _listener.Stop();
        await _accepting;
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var client = await _listener.AcceptSocketAsync(_stop.Token);
                if (_isCut)
                {
                    client.Dispose();
                    continue;
                }

                var server = new Socket(SocketType.Stream, ProtocolType.Tcp);
                _open[client] = _open[server] = true;
                if (await ReachesAsync(server))
                {
                    _ = PumpAsync(client, server, isFromEngine: false);
                    _ = PumpAsync(server, client, isFromEngine: true);
                }
                else
                {
                    client.Dispose();
                }
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The end of the test.
        }
    }

    /// <summary>Connects to the engine; false if it is not there, or the line was cut in between.</summary>
    private async Task<bool> ReachesAsync(Socket server)
    {
        try
        {
            await server.ConnectAsync(IPAddress.Loopback, _target, _stop.Token);
            return true;
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            return false;
        }
    }

    private async Task PumpAsync(Socket from, Socket to, bool isFromEngine)
    {
        var buffer = new byte[64 * 1024];
        try
        {
            while (await from.ReceiveAsync(buffer.AsMemory(), _stop.Token) is var count and > 0)
            {
                if (_isFrozen)
                {
                    continue;
                }

                if (isFromEngine && _swallowed is { } text && buffer.AsSpan(0, count).IndexOf(text) >= 0)
                {
                    Interlocked.Increment(ref _swallows);
                    continue;
                }

                for (var sent = 0; sent < count;)
                {
                    sent += await to.SendAsync(buffer.AsMemory(sent, count - sent), _stop.Token);
                }
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // Cut.
        }
        finally
        {
            from.Dispose();
            to.Dispose();
            _open.TryRemove(from, out _);
            _open.TryRemove(to, out _);
        }
    }
}
