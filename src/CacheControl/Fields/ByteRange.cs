namespace HttpCaching.Fields;

/// <summary>A resolved range of bytes, both ends inclusive and zero-based (RFC 9110 §14.1.2).</summary>
/// <param name="First">The first position.</param>
/// <param name="Last">The last position, never before the first.</param>
internal readonly record struct ByteRange(long First, long Last)
{
    /// <summary>The number of bytes, at least one.</summary>
    public long Length => Last - First + 1;
}
