namespace HttpCaching.Storage.Tiers;

/// <summary>What the front knows of a key it holds for the back: hangs on each of the promoted heads.</summary>
/// <param name="count">How many responses the key had in the back.</param>
/// <param name="first">That the back has shown them, the first time.</param>
internal sealed class Promotion(int count, Confirmation first)
{
    private volatile Confirmation _last = first;

    public int Count { get; } = count;

    /// <summary>When the back last showed just these responses.</summary>
    public Confirmation Last
    {
        get => _last;
        set => _last = value;
    }
}
