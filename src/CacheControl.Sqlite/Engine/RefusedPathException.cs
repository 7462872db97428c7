namespace HttpCaching.Sqlite.Engine;

/// <summary>A path that no store may use. The message names the store, the path and what to do.</summary>
internal sealed class RefusedPathException(string message, Exception? cause = null) : IOException(message, cause)
{
    /// <summary>The exception for a path that the system or SQLite refuses during opening.</summary>
    /// <param name="path">The path that the user gave.</param>
    /// <param name="cause">The original exception, which does not name the store and may not name the path.</param>
    public static Exception Of(string path, Exception cause)
    {
        var message = $"The path of the {nameof(SqliteHttpCacheStore)}, '{path}', can't be used: {cause.Message} "
            + "Give the store the path of a file that this process may make and write to, in a directory that it may write to as well.";
        return cause is UnauthorizedAccessException ? new UnauthorizedAccessException(message, cause) : new IOException(message, cause);
    }
}
