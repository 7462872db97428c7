namespace HttpCaching.Storage.Files;

/// <summary>A path that no store may use. The message names the store, the path and what to do.</summary>
internal sealed class RefusedPathException(string message) : IOException(message)
{
    /// <summary>The exception for a path at which the system refuses something while the store is opened.</summary>
    /// <param name="path">The path that the user gave.</param>
    /// <param name="cause">What the system said, which names neither the store nor always the path.</param>
    public static Exception Of(string path, Exception cause)
    {
        var message = $"The path of the {nameof(FileHttpCacheStore)}, '{path}', can't be used: {cause.Message} "
            + "Give the store a directory that this process may make and write to.";
        return cause is UnauthorizedAccessException ? new UnauthorizedAccessException(message, cause) : new IOException(message, cause);
    }
}
