namespace CacheControl.Storage.Tiers;

/// <summary>What the front knows of a key it holds for the back: hangs on each of the promoted heads.</summary>
/// <param name="count">How many responses the key had in the back.</param>
/// <param name="epoch">The tier's epoch at that time.</param>
internal sealed class Promotion(int count, long epoch)
{
    private long _stamp;
    private long _confirmed;

    public int Count { get; } = count;

    public long Epoch { get; } = epoch;

    /// <summary>The back's stamp when it last showed these responses.</summary>
    public long Stamp => Volatile.Read(ref _stamp);

    /// <summary>When that was, as a timestamp of the clock.</summary>
    public long Confirmed => Volatile.Read(ref _confirmed);

    /// <summary>Notes that the back has shown just these responses.</summary>
    public void Confirm(long stamp, long timestamp)
    {
        Volatile.Write(ref _stamp, stamp);
        Volatile.Write(ref _confirmed, timestamp);
    }
}
