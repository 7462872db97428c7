namespace HttpCaching.Redis.Records;

/// <summary>The place of some bytes in a record.</summary>
/// <param name="Start">The position of the first.</param>
/// <param name="Length">Their number.</param>
internal readonly record struct RecordSlice(int Start, int Length)
{
    /// <summary>The position after the last.</summary>
    public int End => Start + Length;

    /// <summary>The bytes.</summary>
    /// <param name="record">All bytes of the record.</param>
    public ReadOnlySpan<byte> Of(ReadOnlySpan<byte> record) => record.Slice(Start, Length);
}
