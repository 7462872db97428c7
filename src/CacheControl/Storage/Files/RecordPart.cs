namespace HttpCaching.Storage.Files;

/// <summary>One stored response of a record.</summary>
/// <param name="Head">The head.</param>
/// <param name="HeadBytes">The head as it stands in the record, copied from record to record without being coded anew.</param>
/// <param name="Inline">The body, if it stands in the record.</param>
/// <param name="BodyFile">The identity of the body file, if there is one.</param>
internal sealed record RecordPart(StoredResponse Head, ReadOnlyMemory<byte> HeadBytes, ReadOnlyMemory<byte> Inline, FileId? BodyFile)
{
    /// <summary>What it takes within the record.</summary>
    public int RecordBytes => FileLayout.PartBytes + HeadBytes.Length + Inline.Length;
}
