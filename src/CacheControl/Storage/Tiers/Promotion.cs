namespace CacheControl.Storage.Tiers;

/// <summary>What the front knows of a key it holds for the back: hangs on each of the promoted heads.</summary>
/// <param name="count">How many responses the key had in the back.</param>
internal sealed class Promotion(int count)
{
    private long _stamp;
    private long _confirmed;
    private long _view;

    public int Count { get; } = count;

    /// <summary>The back's stamp when it last showed these responses.</summary>
    public long Stamp => Volatile.Read(ref _stamp);

    /// <summary>When that was, as a timestamp of the clock.</summary>
    public long Confirmed => Volatile.Read(ref _confirmed);

    /// <summary>The view of the back that it belongs to: see <see cref="BackView"/>.</summary>
    public long View => Volatile.Read(ref _view);

    /// <summary>Notes that the back has shown just these responses. What was taken before the back was asked.</summary>
    public void Confirm(long stamp, long timestamp, long view)
    {
        // The view last: whoever sees it sees a time that is at least as late as that of an older one.
        Volatile.Write(ref _stamp, stamp);
        Volatile.Write(ref _confirmed, timestamp);
        Volatile.Write(ref _view, view);
    }
}
