namespace HttpCaching;

/// <summary>What an invalidation covers.</summary>
public enum HttpCacheInvalidationScope
{
    /// <summary>All responses of a URI.</summary>
    Uri,

    /// <summary>All responses whose URI begins with a prefix, such as an origin.</summary>
    Prefix,

    /// <summary>All responses with a tag.</summary>
    Tag,

    /// <summary>The responses that a filter selects.</summary>
    Filter,

    /// <summary>All responses.</summary>
    Everything,
}
