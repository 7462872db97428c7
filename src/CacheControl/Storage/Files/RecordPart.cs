namespace HttpCaching.Storage.Files;

/// <summary>One stored response of a record.</summary>
/// <param name="Head">The head.</param>
/// <param name="HeadBytes">The encoded head, copied from record to record without encoding it again; empty if the record was read for a snapshot.</param>
/// <param name="Inline">The body, if it is in the record.</param>
/// <param name="BodyFile">The identity of the body file, if there is one.</param>
internal sealed record RecordPart(StoredResponse Head, ReadOnlyMemory<byte> HeadBytes, ReadOnlyMemory<byte> Inline, FileId? BodyFile)
{
    /// <summary>The bytes that it takes within the record.</summary>
    public int RecordBytes => FileLayout.PartBytes + HeadBytes.Length + Inline.Length;
}
