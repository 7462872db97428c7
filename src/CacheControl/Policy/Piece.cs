namespace HttpCaching.Policy;

/// <summary>The bytes of a representation that one message holds.</summary>
/// <param name="First">The position of the first one.</param>
/// <param name="Last">The position of the last one.</param>
/// <param name="Total">The complete length of the representation, or -1 if the message does not say.</param>
internal readonly record struct Piece(long First, long Last, long Total)
{
    /// <summary>How many they are.</summary>
    public long Length => Last - First + 1;

    /// <summary>The same as a stored part.</summary>
    public PartRange Range => new(First, Total);
}
