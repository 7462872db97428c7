using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace HttpCaching.StressHost.Blocking;

/// <summary>
/// An origin in the same process that needs no thread of the pool: a thread for each connection. The path says the resource and how long its body is, "/name/bytes".
/// </summary>
internal sealed class ThreadOrigin : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

    public ThreadOrigin()
    {
        _listener.Start();
        Start(Accept);
    }

    public Uri Address => new($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}");

    /// <summary>The body of a path.</summary>
    public static string BodyOf(string path) => path.PadRight(int.Parse(path.Split('/')[2], CultureInfo.InvariantCulture), '.');

    public void Dispose() => _listener.Dispose();

    private static void Start(Action work) => new Thread(() =>
    {
        try
        {
            work();
        }
        catch (Exception exception) when (exception is IOException or SocketException or ObjectDisposedException)
        {
            // The other end has left, or the origin ends.
        }
    })
    { IsBackground = true }.Start();

    private static void Serve(TcpClient connection)
    {
        using var client = connection;
        using var reader = new StreamReader(client.GetStream(), Encoding.ASCII);
        while (reader.ReadLine() is { } line)
        {
            while (reader.ReadLine() is { Length: > 0 })
            {
                // Any field will do.
            }

            var body = BodyOf(line.Split(' ')[1]);
            client.GetStream().Write(Encoding.ASCII.GetBytes(
                $"HTTP/1.1 200 OK\r\nDate: {DateTimeOffset.UtcNow:R}\r\nCache-Control: max-age=600\r\nContent-Length: {body.Length}\r\n\r\n{body}"));
        }
    }

    private void Accept()
    {
        while (true)
        {
            var client = _listener.AcceptTcpClient();
            client.NoDelay = true;
            Start(() => Serve(client));
        }
    }
}
