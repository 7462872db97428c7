using System.Text;
using Microsoft.AspNetCore.Http;

namespace HttpCaching.Tests.Http;

/// <summary>A real server whose bodies stop after their first bytes until the test lets them go on.</summary>
internal sealed class StallingServer : IAsyncDisposable
{
    public const string Beginning = "beginning,";

    private readonly TaskCompletionSource _goOn = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _stalled = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _aborted = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly string _rest;
    private LoopbackServer _server = null!;

    private StallingServer(string rest) => _rest = rest;

    public Uri Address => _server.Address;

    public int Count => _server.Requests.Count;

    /// <summary>Ends when a body stands still.</summary>
    public Task WhenStalled => _stalled.Task.WaitAsync(TimeSpan.FromSeconds(60));

    /// <summary>Ends when a client has ended its connection while its body stood still.</summary>
    public Task WhenAborted => _aborted.Task.WaitAsync(TimeSpan.FromSeconds(60));

    public string Whole => Beginning + _rest;

    /// <param name="isChunked">Whether no length is declared.</param>
    /// <param name="rest">What follows the beginning. A platform that drains gives up at once where much is left.</param>
    public static async Task<StallingServer> StartAsync(bool isChunked = false, int rest = 10)
    {
        var server = new StallingServer(new string('x', rest));
        server._server = await LoopbackServer.StartAsync(context => server.AnswerAsync(context, isChunked));
        return server;
    }

    public void GoOn() => _goOn.TrySetResult();

    public async ValueTask DisposeAsync()
    {
        GoOn();
        await _server.DisposeAsync();
    }

    private async Task AnswerAsync(HttpContext context, bool isChunked)
    {
        context.Response.Headers.CacheControl = "max-age=60";
        context.Response.ContentLength = isChunked ? null : Whole.Length;
        if (context.Request.Path == "/redirect")
        {
            context.Response.StatusCode = 302;
            context.Response.Headers.Location = "/target";
        }
        else if (context.Request.Path == "/target")
        {
            await context.Response.WriteAsync(Whole);
            return;
        }

        await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(Beginning));
        await context.Response.Body.FlushAsync();
        _stalled.TrySetResult();
        try
        {
            await _goOn.Task.WaitAsync(context.RequestAborted);
        }
        catch (OperationCanceledException)
        {
            _aborted.TrySetResult();
            return;
        }

        await context.Response.WriteAsync(_rest);
    }
}
