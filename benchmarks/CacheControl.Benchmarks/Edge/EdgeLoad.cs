using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace HttpCaching.Benchmarks.Edge;

/// <summary>Clients with one connection each, that ask again when they have the answer.</summary>
/// <param name="port">The port of the proxy.</param>
internal sealed class EdgeLoad(int port)
{
    private const int Clients = 8;

    /// <summary>Sends requests.</summary>
    /// <param name="count">How many.</param>
    /// <param name="target">The target of the n-th.</param>
    public Task RunAsync(int count, Func<int, string> target) =>
        Task.WhenAll(Enumerable.Range(0, Clients).Select(client => Task.Run(() => AskAsync(Enumerable.Range(0, count).Where(n => n % Clients == client), target))));

    private async Task AskAsync(IEnumerable<int> numbers, Func<int, string> target)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Loopback, port).ConfigureAwait(false);
        var (sent, received) = (new byte[512], new byte[128 * 1024]);
        foreach (var number in numbers)
        {
            var length = Encoding.Latin1.GetBytes($"GET {target(number)} HTTP/1.1\r\nHost: edge\r\nUser-Agent: benchmark\r\nAccept: */*\r\n\r\n", sent);
            await socket.SendAsync(sent.AsMemory(0, length)).ConfigureAwait(false);
            await ReceiveAsync(socket, received).ConfigureAwait(false);
        }
    }

    private static async Task ReceiveAsync(Socket socket, byte[] buffer)
    {
        var (held, whole) = (0, int.MaxValue);
        while (held < whole)
        {
            var count = await socket.ReceiveAsync(buffer.AsMemory(held)).ConfigureAwait(false);
            held += count > 0 ? count : throw new IOException("The proxy has closed the connection.");
            whole = whole == int.MaxValue ? LengthOf(buffer.AsSpan(0, held)) : whole;
        }
    }

    /// <summary>The length of the response; the greatest number while its head is not whole.</summary>
    private static int LengthOf(ReadOnlySpan<byte> start)
    {
        var end = start.IndexOf("\r\n\r\n"u8);
        if (end < 0)
        {
            return int.MaxValue;
        }

        var head = start[..end];
        if (!head.StartsWith("HTTP/1.1 200 "u8))
        {
            throw new IOException(Encoding.Latin1.GetString(head));
        }

        var length = head[(head.IndexOf("\r\nContent-Length: "u8) + "\r\nContent-Length: ".Length)..];
        var line = length.IndexOf((byte)'\r');
        return end + 4 + int.Parse(line < 0 ? length : length[..line], CultureInfo.InvariantCulture);
    }
}
