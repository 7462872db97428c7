namespace HttpCaching.Storage;

/// <summary>Which bytes of a representation an incomplete stored response holds (RFC 9111 §3.3).</summary>
/// <param name="First">The position of the first byte held.</param>
/// <param name="Total">The complete length of the representation in bytes, or -1 if it is not known.</param>
public readonly record struct PartRange(long First, long Total);
