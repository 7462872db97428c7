namespace HttpCaching;

/// <summary>How bytes of an endpoint go to the server. Middleware before the cache may tell the ways apart.</summary>
internal enum WayOut
{
    /// <summary>By the stream of the body.</summary>
    Stream,

    /// <summary>By the pipe of the body, and down to the client.</summary>
    Pipe,

    /// <summary>By the pipe of the body, which is not flushed.</summary>
    UnflushedPipe,
}
