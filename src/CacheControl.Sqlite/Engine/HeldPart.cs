namespace HttpCaching.Sqlite.Engine;

/// <summary>A response of a snapshot, with its body: already read, or in pieces in the file.</summary>
internal readonly record struct HeldPart(long EntryId, StoredResponse Head, ReadOnlyMemory<byte> Inline, ChunkedBytes? Chunked);
