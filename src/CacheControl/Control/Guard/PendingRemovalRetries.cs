namespace HttpCaching.Control.Guard;

/// <summary>
/// Tries again in the background what the store has still to remove, until it has been removed: other processes go on with what should be gone until then, and the
/// URI may never be read again in this one.
/// </summary>
/// <param name="makeUp">Tries all pending removals once; true if none is left. Never throws.</param>
/// <param name="hasMore">Whether a pending removal can be tried.</param>
/// <param name="time">The clock of the pauses.</param>
internal sealed class PendingRemovalRetries(Func<Task<bool>> makeUp, Func<bool> hasMore, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _stop = new();
    private int _isRunning;

    /// <summary>Begins to try, unless that goes on already.</summary>
    public void Begin()
    {
        if (_stop.IsCancellationRequested || Interlocked.Exchange(ref _isRunning, 1) != 0)
        {
            return;
        }

        using (ExecutionContext.IsFlowSuppressed() ? default : ExecutionContext.SuppressFlow())
        {
            _ = Task.Run(RunAsync);
        }
    }

    /// <summary>Ends the trials; one that is under way ends by itself.</summary>
    public void Dispose() => _stop.Cancel();

    private async Task RunAsync()
    {
        for (var pause = FirstPause; ; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            await Task.Delay(pause, time, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (_stop.IsCancellationRequested || await makeUp().ConfigureAwait(false))
            {
                break;
            }
        }

        Volatile.Write(ref _isRunning, 0);
        if (hasMore())
        {
            // It came between the last trial and its end.
            Begin();
        }
    }
}
