namespace HttpCaching.Storage;

/// <summary>A path that can't be used. The message names the store, the path and what to do.</summary>
internal sealed class RefusedPathException(string message) : IOException(message)
{
    /// <summary>The exception for a path at which the system refuses something while it is opened.</summary>
    /// <param name="user">The store or the option that the path was given to.</param>
    /// <param name="path">The path that the user gave.</param>
    /// <param name="cause">What the system said, which names neither the store nor always the path.</param>
    /// <param name="kind">What the user is.</param>
    public static Exception Of(string user, string path, Exception cause, string kind = "store")
    {
        var message = $"The path of the {user}, '{path}', can't be used: {cause.Message} "
            + $"Give the {kind} a directory that this process may make and write to.";
        return cause is UnauthorizedAccessException ? new UnauthorizedAccessException(message, cause) : new IOException(message, cause);
    }
}
