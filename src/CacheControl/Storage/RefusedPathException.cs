namespace HttpCaching.Storage;

/// <summary>A path that can't be used. The message names the store, the path and what to do.</summary>
internal sealed class RefusedPathException(string message) : IOException(message)
{
    /// <summary>The exception for a path that the system refuses during opening.</summary>
    /// <param name="user">The store or the option with this path.</param>
    /// <param name="path">The path that the user gave.</param>
    /// <param name="cause">The system's exception, which does not name the store and may not name the path.</param>
    /// <param name="kind">The kind of the user, for the advice.</param>
    public static Exception Of(string user, string path, Exception cause, string kind = "store")
    {
        var message = $"The path of the {user}, '{path}', can't be used: {cause.Message} "
            + $"Give the {kind} a directory that this process may make and write to.";
        return cause is UnauthorizedAccessException ? new UnauthorizedAccessException(message, cause) : new IOException(message, cause);
    }
}
