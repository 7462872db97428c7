using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace HttpCaching.Benchmarks.Quick;

/// <summary>
/// An HTTP/1.1 origin of large bodies, in a process of its own, so that what it costs is not counted with those who read. It ends when its
/// standard input does.
/// </summary>
internal static class BodyServer
{
    /// <summary>What the program is started with to be the server.</summary>
    public const string Argument = "--body-server";

    /// <summary>The length of every body.</summary>
    public const int Bytes = 64 * 1024 * 1024;

    /// <summary>Says its port in a line, and serves until nobody writes to its standard input any more.</summary>
    public static void Run()
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        Console.WriteLine(((IPEndPoint)listener.LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture));
        _ = AcceptAsync(listener);
        while (Console.In.Read() >= 0)
        {
        }
    }

    private static async Task AcceptAsync(TcpListener listener)
    {
        while (true)
        {
            _ = ServeAsync(await listener.AcceptSocketAsync());
        }
    }

    private static async Task ServeAsync(Socket socket)
    {
        using var client = socket;
        var head = Encoding.ASCII.GetBytes(
            $"HTTP/1.1 200 OK\r\nCache-Control: max-age=3600\r\nContent-Type: application/octet-stream\r\nContent-Length: {Bytes}\r\n\r\n");
        var (chunk, received, used) = (new byte[256 * 1024], new byte[8192], 0);
        while (await client.ReceiveAsync(received.AsMemory(used)) is > 0 and var count)
        {
            used += count;
            if (received.AsSpan(0, used).IndexOf("\r\n\r\n"u8) < 0)
            {
                continue;
            }

            used = 0;
            await client.SendAsync(head);
            for (var sent = 0; sent < Bytes; sent += chunk.Length)
            {
                await client.SendAsync(chunk);
            }
        }
    }
}
