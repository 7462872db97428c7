namespace HttpCaching.Storage.Tiers;

/// <summary>The front's knowledge of a key that it holds for the back. Each promoted head refers to it.</summary>
/// <param name="count">The number of the key's responses in the back.</param>
/// <param name="first">The first confirmation.</param>
internal sealed class Promotion(int count, Confirmation first)
{
    private volatile Confirmation _last = first;

    public int Count { get; } = count;

    /// <summary>The last confirmation by the back.</summary>
    public Confirmation Last
    {
        get => _last;
        set => _last = value;
    }
}
