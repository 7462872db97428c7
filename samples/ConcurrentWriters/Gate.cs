namespace ConcurrentWriters;

/// <summary>Holds the first request that comes to one position, until it is opened. Before it is armed, and after the first, it lets everything pass.</summary>
/// <param name="position">The position.</param>
public sealed class Gate(GatePosition position)
{
    // A held request that nobody releases is a mistake in the program: better an exception than a program that hangs.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _isArmed;

    /// <summary>From now on the next request that comes by is held.</summary>
    public void Arm() => Volatile.Write(ref _isArmed, 1);

    /// <summary>Ends when a request is held.</summary>
    public Task ReachedAsync() => _reached.Task.WaitAsync(Patience);

    /// <summary>Lets the held request go on.</summary>
    public void Open() => _opened.TrySetResult();

    /// <summary>Passes the gate, or is held at it.</summary>
    /// <param name="here">Where the caller is.</param>
    public async ValueTask PassAsync(GatePosition here)
    {
        if (here == position && Interlocked.Exchange(ref _isArmed, 0) == 1)
        {
            _reached.TrySetResult();
            await _opened.Task.WaitAsync(Patience);
        }
    }
}
