using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace HttpCaching.Conformance;

/// <summary>An origin that answers one request on each connection, with the next of its answers, byte by byte as Latin-1.</summary>
internal sealed class ScriptedListener : IDisposable
{
    /// <summary>An answer that never comes.</summary>
    public const string Silence = "";

    private readonly TcpListener listener;
    private readonly ConcurrentQueue<string> answers;
    private readonly List<TcpClient> silent = [];

    public ScriptedListener(params string[] answers)
        : this(0, answers)
    {
    }

    public ScriptedListener(int port, params string[] answers)
    {
        this.answers = new ConcurrentQueue<string>(answers);
        listener = new TcpListener(IPAddress.Loopback, port);
        listener.Start();
        _ = AcceptAsync();
    }

    /// <summary>What answers when the others have been given.</summary>
    public string Otherwise { get; init; } = "HTTP/1.1 500 Unexpected\r\nContent-Length: 0\r\n\r\n";

    public Uri Address => new($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}");

    public ConcurrentQueue<string> Requests { get; } = new();

    public void Dispose()
    {
        listener.Stop();
        lock (silent)
        {
            silent.ForEach(connection => connection.Dispose());
        }
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                _ = AnswerAsync(await listener.AcceptTcpClientAsync());
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // The listener was stopped.
        }
    }

    private async Task AnswerAsync(TcpClient connection)
    {
        try
        {
            var stream = connection.GetStream();
            var (buffer, request, read) = (new byte[4096], "", 0);
            while (!request.Contains("\r\n\r\n", StringComparison.Ordinal) && (read = await stream.ReadAsync(buffer)) > 0)
            {
                request += Encoding.Latin1.GetString(buffer, 0, read);
            }

            if (read == 0)
            {
                // A connection that was opened ahead and not used.
                connection.Dispose();
                return;
            }

            Requests.Enqueue(request);
            if (answers.TryDequeue(out var answer) && answer == Silence)
            {
                lock (silent)
                {
                    silent.Add(connection);
                }

                return;
            }

            await stream.WriteAsync(Encoding.Latin1.GetBytes(answer ?? Otherwise));
            connection.Client.Shutdown(SocketShutdown.Send);

            // Closed only when the other side has read it all: a reset could overtake the answer.
            while (await stream.ReadAsync(buffer) > 0)
            {
            }

            connection.Dispose();
        }
        catch (Exception exception) when (exception is IOException or SocketException)
        {
            connection.Dispose();
        }
    }
}
