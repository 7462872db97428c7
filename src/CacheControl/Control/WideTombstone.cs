namespace CacheControl.Control;

/// <summary>Stands for a <see cref="WideRemoval"/> that has not been carried out, or is still under way.</summary>
internal sealed class WideTombstone
{
    private int _claimed;
    private volatile Task? _attempt;

    /// <summary>The last attempt, which may outlive whoever began it.</summary>
    public Task? Attempt
    {
        get => _attempt;
        set => _attempt = value;
    }

    /// <summary>Whether the caller may begin an attempt: one at a time.</summary>
    public bool TryClaim() => _attempt is not { IsCompleted: false } && Interlocked.Exchange(ref _claimed, 1) == 0;

    /// <summary>Gives the claim back.</summary>
    public void Release() => Volatile.Write(ref _claimed, 0);
}
