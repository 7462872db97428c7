using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace HttpCaching.Tests.Issues;

/// <summary>
/// A server over real sockets that sends exactly the bytes that the test says, one exchange on each connection: for messages that a proper server would not
/// send, and for those that one server sends and another doesn't.
/// </summary>
internal sealed class ByteServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentQueue<string> _requests = new();
    private readonly Func<string, byte[]> _answer;
    private readonly Task _work;

    /// <param name="answer">The bytes for the head of a request.</param>
    public ByteServer(Func<string, byte[]> answer)
    {
        _answer = answer;
        _listener.Start();
        Address = new Uri($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/");
        _work = AcceptAsync();
    }

    public Uri Address { get; }

    /// <summary>The heads of the requests so far.</summary>
    public IReadOnlyList<string> Requests => [.. _requests];

    /// <summary>The bytes of a response.</summary>
    public static byte[] Response(string head, byte[] body) =>
        [.. Encoding.Latin1.GetBytes(head.ReplaceLineEndings("\r\n") + "\r\nConnection: close\r\n\r\n"), .. body];

    /// <summary>The same with the body in chunks; with the last one missing the body has been cut.</summary>
    public static byte[] Chunked(string head, byte[] body, bool isCut = false)
    {
        var chunk = body.Length == 0 ? "" : $"{body.Length:x}\r\n";
        return Response(
            head + "\nTransfer-Encoding: chunked",
            [.. Encoding.Latin1.GetBytes(chunk), .. body, .. Encoding.Latin1.GetBytes((body.Length == 0 ? "" : "\r\n") + (isCut ? "" : "0\r\n\r\n"))]);
    }

    /// <summary>The value of a field of a request; null if it has none.</summary>
    public static string? Field(string request, string name) => request.Split("\r\n")
        .Where(line => line.StartsWith(name + ":", StringComparison.OrdinalIgnoreCase)).Select(line => line[(name.Length + 1)..].Trim()).FirstOrDefault();

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        await _work;
    }

    private async Task AcceptAsync()
    {
        var exchanges = new List<Task>();
        try
        {
            while (true)
            {
                exchanges.Add(AnswerAsync(await _listener.AcceptTcpClientAsync()));
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // The listener was stopped, while it waited or before it did.
        }

        await Task.WhenAll(exchanges);
    }

    private async Task AnswerAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                var stream = client.GetStream();
                var head = new StringBuilder();
                var one = new byte[1];
                while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
                {
                    if (await stream.ReadAsync(one) == 0)
                    {
                        return;
                    }

                    head.Append((char)one[0]);
                }

                _requests.Enqueue(head.ToString());
                await stream.WriteAsync(_answer(head.ToString()));
                client.Client.Shutdown(SocketShutdown.Send);

                // The client closes when it has read; closing first could take bytes away that it has not read yet.
                while (await stream.ReadAsync(one) > 0)
                {
                }
            }
            catch (Exception exception) when (exception is IOException or SocketException)
            {
                // The client has left.
            }
        }
    }
}
