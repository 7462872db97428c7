namespace HttpCaching.Sqlite.Engine;

/// <summary>A body is gone or damaged.</summary>
internal sealed class BodyGoneException(string message) : IOException(message);
