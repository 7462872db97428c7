namespace HttpCaching;

/// <summary>The memory, disk and work that the cache may use for one response or for all. See <see cref="HttpCacheOptions.Limits"/>.</summary>
public sealed class HttpCacheLimitOptions
{
    internal HttpCacheLimitOptions()
    {
    }

    /// <summary>Store no response whose header lines have more characters than this. Default: 65,536.</summary>
    public int MaximumFieldLength { get; set; } = 64 * 1024;

    /// <summary>Store no response whose URI has more characters than this. Default: 8,192.</summary>
    public int MaximumUriLength { get; set; } = 8 * 1024;

    /// <summary>Read this many bytes of the content of a QUERY or of a POST that only asks to make the key; a request with more bypasses the cache. Default: 64 KiB.</summary>
    public long MaximumQueryContent { get; set; } = 64 * 1024;

    /// <summary>
    /// Keep this many bytes of shared bodies for slower readers where the store does not keep them, over all bodies, in memory and in temporary files. Default: 256 MiB.
    /// If no room is left, requests ask the origin themselves; a body that is shared already is kept whatever its length.
    /// </summary>
    public long MaximumSpooledBytes { get; set; } = 256L * 1024 * 1024;

    /// <summary>
    /// Keep this many of these bytes in memory for each body. Default: 1 MiB. The others go to a temporary file without a name, encrypted under a key that only the
    /// process has.
    /// </summary>
    public int MaximumSpoolMemory { get; set; } = 1024 * 1024;

    /// <summary>Run this many validations in the background at the same time. Default: 16.</summary>
    public int MaximumBackgroundValidations { get; set; } = 16;
}
