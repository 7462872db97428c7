namespace HttpCaching.Tests.Issues.Hanging;

/// <summary>A request that a peer keeps waiting, sent in one of the ways.</summary>
/// <param name="way">The way.</param>
internal sealed class RequestUnderWay(WayOfCalling way) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly CancellationTokenSource _token = new();

    /// <summary>Whether the client's timeout ends it.</summary>
    private bool EndsByTimeout => way is WayOfCalling.AsyncTimeout or WayOfCalling.BlockingTimeout;

    /// <summary>Sends it, and reads the body.</summary>
    public Task<string> SendAsync(HttpMessageHandler handler, HttpRequestMessage request)
    {
        var client = new HttpClient(handler, disposeHandler: false) { Timeout = EndsByTimeout ? TimeSpan.FromMilliseconds(500) : Timeout.InfiniteTimeSpan };
        return way is WayOfCalling.AsyncToken or WayOfCalling.AsyncTimeout
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
        if (!EndsByTimeout)
        {
            await hanging;
            await _token.CancelAsync();
        }

        var failure = (await sending.WaitAsync(Patience).Invoking(s => s).Should().ThrowAsync<TaskCanceledException>()).Which;
        if (EndsByTimeout)
        {
            failure.InnerException.Should().BeOfType<TimeoutException>();
        }
    }

    public void Dispose() => _token.Dispose();
}
