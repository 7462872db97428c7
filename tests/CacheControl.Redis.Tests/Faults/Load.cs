using HttpCaching.Redis.Tests.Engines;

namespace HttpCaching.Redis.Tests.Faults;

/// <summary>Requests that go on while a test does something to the engine. Each answer is checked; the first that is wrong is thrown by whoever waits next.</summary>
internal sealed class Load : IDisposable
{
    private const int Workers = 4;

    private readonly CancellationTokenSource _stop = new();
    private readonly Task[] _workers;
    private int _made;

    public Load(ClusterClient client, string[] paths, Func<string, Task>? ask = null) => _workers =
    [
        .. Enumerable.Range(0, Workers).Select(worker => Task.Run(async () =>
        {
            var random = new Random(worker);
            while (!_stop.IsCancellationRequested)
            {
                var path = paths[random.Next(paths.Length)];
                await (ask?.Invoke(path) ?? client.AskAsync(path));
                Interlocked.Increment(ref _made);
            }
        })),
    ];

    /// <summary>Waits until so many more requests have been made.</summary>
    public async Task MakesAsync(int requests)
    {
        var until = Volatile.Read(ref _made) + requests;
        await Wait.UntilAsync(
            async () =>
            {
                if (Array.Find(_workers, w => w.IsFaulted) is { } failed)
                {
                    await failed;
                }

                return Volatile.Read(ref _made) >= until;
            },
            "for requests");
    }

    /// <summary>Ends the load, and says what was wrong.</summary>
    public async Task EndAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_workers);
    }

    public void Dispose()
    {
        _stop.Cancel();
        _stop.Dispose();
    }
}
