namespace HttpCaching.Sqlite.Engine;

/// <summary>A body is not there any more, or not as it was.</summary>
internal sealed class BodyGoneException(string message) : IOException(message);
