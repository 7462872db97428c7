namespace QuickStart;

/// <summary>Holds one request at the origin, so that something else can happen while it is in flight.</summary>
/// <param name="encoding">The Accept-Encoding of the request to hold.</param>
public sealed class Hold(string encoding)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Ends when the request has arrived.</summary>
    public Task ReachedAsync() => _reached.Task.WaitAsync(Patience);

    /// <summary>Lets it be answered.</summary>
    public void Release() => _released.TrySetResult();

    /// <summary>Passes, or is held until <see cref="Release"/>.</summary>
    /// <param name="accepted">The request's Accept-Encoding.</param>
    public async Task PassAsync(string accepted)
    {
        if (accepted == encoding)
        {
            _reached.TrySetResult();
            await _released.Task.WaitAsync(Patience);
        }
    }
}
