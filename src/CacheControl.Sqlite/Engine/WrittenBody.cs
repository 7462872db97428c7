namespace HttpCaching.Sqlite.Engine;

/// <summary>A body at its commit: the bytes, or the number of a body that is already in pieces.</summary>
internal readonly record struct WrittenBody(ReadOnlyMemory<byte> Inline, long Chunked, long Salt, long Owner);
