namespace HttpCaching;

/// <summary>What the cache does with a request, before it asks the origin.</summary>
public enum CacheAction
{
    /// <summary>It answers with the stored response.</summary>
    Serve,

    /// <summary>It asks the origin whether a stored response is still good.</summary>
    Validate,

    /// <summary>It asks the origin for the missing part of a stored response.</summary>
    Complete,

    /// <summary>It asks the origin, and may store the response.</summary>
    Forward,

    /// <summary>It leaves the request to the origin: what is stored is neither used nor replaced.</summary>
    Bypass,

    /// <summary>It answers with a 504 or 503 of its own: the origin must not be asked, and nothing that is stored may be used.</summary>
    Refuse,
}
