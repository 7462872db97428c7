using System.Net;
using System.Net.Sockets;
using System.Text;

namespace HttpCaching.Tests.Issues;

/// <summary>
/// A caller that gave up in the middle of a read left the read behind when its response was let go: the connection was drained, used again, and the forgotten
/// read took the beginning of the next response. That request then waited for ever, or failed on the rest of it.
/// </summary>
public sealed class ResponseGivenToAnother
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Get_AfterOneThatWasCancelledInTheMiddleOfARead_GetsItsOwnResponse(bool readsStream)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var stop = new CancellationTokenSource();
        var rest = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var serving = ServeAsync(listener, rest.Task, stop.Token);
        using var inner = new SocketsHttpHandler { MaxConnectionsPerServer = 1, UseProxy = false };
        using var client = new HttpClient(new CachingHandler { InnerHandler = inner }) { Timeout = Patience, BaseAddress = new Uri($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/") };

        using (var patience = new CancellationTokenSource())
        using (var response = await client.GetAsync("first", HttpCompletionOption.ResponseHeadersRead))
        {
            var reading = readsStream ? ReadAsync(response, patience.Token) : response.Content.CopyToAsync(Stream.Null, patience.Token);
            reading.IsCompleted.Should().BeFalse("the body is not whole");
            await patience.CancelAsync();
            await reading.Invoking(t => t).Should().ThrowAsync<OperationCanceledException>();
        }

        // What is left of the first response comes after it was given up, as if it had been on its way.
        rest.SetResult();
        var bodies = new List<string>();
        for (var i = 0; i < 3; i++)
        {
            bodies.Add(await client.GetStringAsync($"next/{i}"));
        }

        bodies.Should().Equal("/next/0", "/next/1", "/next/2");
        await stop.CancelAsync();
        listener.Stop();
        await serving.WaitAsync(Patience);
    }

    private static async Task ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
        while (await stream.ReadAsync(new byte[100], cancellationToken) > 0)
        {
        }
    }

    private static async Task ServeAsync(TcpListener listener, Task rest, CancellationToken stop)
    {
        var connections = new List<Task>();
        try
        {
            while (true)
            {
                connections.Add(AnswerAsync(await listener.AcceptTcpClientAsync(stop), rest, stop));
            }
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(connections);
        }
    }

    private static async Task AnswerAsync(TcpClient connection, Task rest, CancellationToken stop)
    {
        try
        {
            using (connection)
            {
                using var reader = new StreamReader(connection.GetStream(), Encoding.ASCII);
                while (await reader.ReadLineAsync(stop) is { Length: > 0 } line)
                {
                    while (await reader.ReadLineAsync(stop) is { Length: > 0 })
                    {
                    }

                    var path = line.Split(' ')[1];
                    var isFirst = path == "/first";
                    await WriteAsync($"HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\nContent-Length: {(isFirst ? 1000 : path.Length)}\r\n\r\n{(isFirst ? "some" : path)}");
                    if (isFirst)
                    {
                        await rest.WaitAsync(stop);
                        await WriteAsync(new string('x', 996));
                    }
                }
            }
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException)
        {
            // The client has closed the connection, or all is over.
        }

        async Task WriteAsync(string text) => await connection.GetStream().WriteAsync(Encoding.ASCII.GetBytes(text), stop);
    }
}
