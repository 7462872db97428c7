namespace HttpCaching.Tests.Issues.Hanging;

/// <summary>A request that a peer keeps waiting, sent in one of the ways.</summary>
/// <param name="way">The way.</param>
internal sealed class RequestUnderWay(WayOfCalling way) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly CancellationTokenSource _token = new();
    private readonly TaskCompletionSource _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private HttpClient? _client;

    /// <summary>Whether the client's timeout ends it.</summary>
    private bool EndsByTimeout => way is WayOfCalling.AsyncTimeout or WayOfCalling.BlockingTimeout;

    /// <summary>Sends it, and reads the body.</summary>
    public Task<string> SendAsync(HttpMessageHandler handler, HttpRequestMessage request)
    {
        var client = _client = new HttpClient(new Beginning(_begun) { InnerHandler = handler }, disposeHandler: false) { Timeout = EndsByTimeout ? TimeSpan.FromMilliseconds(500) : Timeout.InfiniteTimeSpan };
        return way is WayOfCalling.AsyncToken or WayOfCalling.AsyncTimeout or WayOfCalling.AsyncDisposal
            ? Task.Run(async () =>
            {
                using var response = await client.SendAsync(request, _token.Token);
                return await response.Content.ReadAsStringAsync();
            })
            : Task.Factory.StartNew(
                () =>
                {
                    // Not on the pool: a thread that blocks there makes the others wait.
                    using var response = client.Send(request, _token.Token);
                    using var reader = new StreamReader(response.Content.ReadAsStream());
                    return reader.ReadToEnd();
                },
                CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    /// <summary>Has it ended from outside once it is kept waiting, and demands that it ends as that of any client.</summary>
    public async Task ShouldEndAsync(Task<string> sending, Task hanging)
    {
        await EndAsync(hanging);
        var failure = (await sending.WaitAsync(Patience).Invoking(s => s).Should().ThrowAsync<TaskCanceledException>()).Which;
        if (EndsByTimeout)
        {
            failure.InnerException.Should().BeOfType<TimeoutException>();
        }
    }

    /// <summary>Has it ended from outside once it is kept waiting, unless its timeout will.</summary>
    public async Task EndAsync(Task hanging)
    {
        if (!EndsByTimeout)
        {
            // That it is kept waiting may be known of another request for the same already.
            await _begun.Task.WaitAsync(Patience);
            await hanging;
            if (way is WayOfCalling.AsyncDisposal or WayOfCalling.BlockingDisposal)
            {
                _client!.Dispose();
            }
            else
            {
                await _token.CancelAsync();
            }
        }
    }

    public void Dispose()
    {
        _client?.Dispose();
        _token.Dispose();
    }

    /// <summary>Tells when the client has begun to send.</summary>
    private sealed class Beginning(TaskCompletionSource begun) : DelegatingHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            begun.TrySetResult();
            return base.SendAsync(request, cancellationToken);
        }

        protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            begun.TrySetResult();
            return base.Send(request, cancellationToken);
        }
    }
}
