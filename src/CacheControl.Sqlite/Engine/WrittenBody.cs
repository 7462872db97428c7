namespace HttpCaching.Sqlite.Engine;

/// <summary>A body at its commit: the bytes, or the number of the body that is in pieces already.</summary>
internal readonly record struct WrittenBody(ReadOnlyMemory<byte> Inline, long Chunked, long Salt, long Owner);
