using System.Net.Sockets;
using System.Text;
using HttpCaching.Tests.Http;
using Microsoft.AspNetCore.Http;

namespace HttpCaching.Tests.Issues.Hanging;

/// <summary>A server that hangs in one way from the moment that it is told to. Before, it answers with what is stale at once.</summary>
internal sealed class HangingOrigin : IAsyncDisposable
{
    public const string Whole = "beginning,end";
    private const string Beginning = "beginning,";

    private readonly HangingOf _kind;
    private readonly TaskCompletionSource _goOn = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _hanging = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private LoopbackServer _server = null!;

    private HangingOrigin(HangingOf kind) => _kind = kind;

    public Uri Address => _server.Address;

    /// <summary>Whether it hangs from now on.</summary>
    public bool Hangs { get; set; }

    /// <summary>Ends when somebody waits for it.</summary>
    public Task WhenHanging => _hanging.Task.WaitAsync(TimeSpan.FromSeconds(60));

    public static async Task<HangingOrigin> StartAsync(HangingOf kind)
    {
        var origin = new HangingOrigin(kind);
        origin._server = await LoopbackServer.StartAsync(origin.AnswerAsync);
        return origin;
    }

    /// <summary>A handler that connects to it.</summary>
    public SocketsHttpHandler Handler() => new()
    {
        ConnectCallback = async (context, cancellationToken) =>
        {
            if (Hangs && _kind == HangingOf.Connect)
            {
                await HangAsync(cancellationToken);
            }

            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                await socket.ConnectAsync(context.DnsEndPoint, cancellationToken);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        },
    };

    public void GoOn() => _goOn.TrySetResult();

    public async ValueTask DisposeAsync()
    {
        GoOn();
        await _server.DisposeAsync();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        context.Response.Headers.CacheControl = Hangs ? "max-age=60" : "max-age=0, stale-if-error=60";
        context.Response.Headers.ETag = Hangs ? "\"2\"" : "\"1\"";
        context.Response.ContentLength = Whole.Length;
        if (!Hangs)
        {
            // The next one has to connect again.
            context.Response.Headers.Connection = "close";
        }
        else if (_kind == HangingOf.Headers)
        {
            await HangAsync(context.RequestAborted);
        }
        else if (_kind == HangingOf.Body)
        {
            await context.Response.Body.WriteAsync(Encoding.ASCII.GetBytes(Beginning));
            await context.Response.Body.FlushAsync();
            await HangAsync(context.RequestAborted);
            await context.Response.Body.WriteAsync(Encoding.ASCII.GetBytes(Whole[Beginning.Length..]));
            return;
        }

        await context.Response.WriteAsync(Whole);
    }

    private async Task HangAsync(CancellationToken cancellationToken)
    {
        _hanging.TrySetResult();
        await _goOn.Task.WaitAsync(cancellationToken);
    }
}
