namespace HttpCaching.Control.Guard;

/// <summary>Stands for a <see cref="WideRemoval"/> that has not been carried out, or is still under way.</summary>
internal sealed class PendingWideRemoval
{
    private static readonly TimeSpan PauseWhilePartIsAway = TimeSpan.FromSeconds(1);

    private int _claimed;
    private long _partWasAway;
    private volatile Task? _attempt;

    /// <summary>The last attempt, which may outlive the call that began it.</summary>
    public Task? Attempt
    {
        get => _attempt;
        set => _attempt = value;
    }

    /// <summary>Notes that a part of the store could not be reached: for a second, reads don't make the store go through the rest again.</summary>
    /// <param name="time">The clock.</param>
    public void PartIsAway(TimeProvider time) => Volatile.Write(ref _partWasAway, Math.Max(1, time.GetTimestamp()));

    /// <summary>Whether an attempt is under way, or has just failed because a part of the store could not be reached.</summary>
    /// <param name="time">The clock.</param>
    public bool IsHeldUp(TimeProvider time) =>
        _attempt is { IsCompleted: false } || (Volatile.Read(ref _partWasAway) is var since and not 0 && time.GetElapsedTime(since) < PauseWhilePartIsAway);

    /// <summary>Whether the caller may begin an attempt: one at a time.</summary>
    /// <param name="time">The clock.</param>
    public bool TryClaim(TimeProvider time)
    {
        if (Interlocked.Exchange(ref _claimed, 1) != 0)
        {
            return false;
        }

        // Asked with the claim in hand: the attempt before may have ended just now.
        if (IsHeldUp(time))
        {
            Release();
            return false;
        }

        return true;
    }

    /// <summary>Gives the claim back.</summary>
    public void Release() => Volatile.Write(ref _claimed, 0);
}
