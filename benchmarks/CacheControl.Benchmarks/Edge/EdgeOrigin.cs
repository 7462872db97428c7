using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace HttpCaching.Benchmarks.Edge;

/// <summary>The server behind the caches: a path such as /1024/7 gets that many bytes, fresh for a day.</summary>
internal sealed class EdgeOrigin : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

    public EdgeOrigin()
    {
        _listener.Start();
        _ = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public void Dispose() => _listener.Dispose();

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                _ = ServeAsync(await _listener.AcceptTcpClientAsync().ConfigureAwait(false));
            }
        }
        catch (Exception exception) when (exception is ObjectDisposedException or SocketException)
        {
            // It is over.
        }
    }

    private static async Task ServeAsync(TcpClient client)
    {
        using var ended = client;
        try
        {
            using var reader = new StreamReader(client.GetStream(), Encoding.Latin1);
            while (await reader.ReadLineAsync().ConfigureAwait(false) is { } first)
            {
                while (await reader.ReadLineAsync().ConfigureAwait(false) is { Length: > 0 })
                {
                    // The fields do not matter.
                }

                var length = int.Parse(first.Split(' ')[1].Split('/')[1], CultureInfo.InvariantCulture);
                await client.GetStream().WriteAsync(Encoding.Latin1.GetBytes(
                    $"HTTP/1.1 200 OK\r\nDate: {DateTimeOffset.UtcNow:r}\r\nContent-Type: application/octet-stream\r\nCache-Control: public, max-age=86400\r\nETag: \"a\"\r\n"
                    + $"Last-Modified: Mon, 01 Jan 2024 00:00:00 GMT\r\nX-Frame-Options: DENY\r\nContent-Length: {length}\r\n\r\n{new string('x', length)}")).ConfigureAwait(false);
            }
        }
        catch (IOException)
        {
            // The cache has gone.
        }
    }
}
