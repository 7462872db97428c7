namespace HttpCaching;

/// <summary>Fields and methods of other specifications than RFC 9111. See <see cref="HttpCacheOptions.Extensions"/>.</summary>
public sealed class HttpCacheExtensionOptions
{
    internal HttpCacheExtensionOptions()
    {
    }

    /// <summary>
    /// Obey these targeted fields in place of Cache-Control, in order of preference, such as <c>CDN-Cache-Control</c> (RFC 9213). Default: none. Only for
    /// <see cref="CacheKind.Shared"/>.
    /// </summary>
    public IList<string> TargetedFields { get; } = [];

    /// <summary>Serve QUERY requests from stored responses to the same content (RFC 10008). Default: false.</summary>
    public bool CacheQuery { get; set; }

    /// <summary>
    /// Turn the content of QUERY, and of POST that only asks, into bytes that are the same for the same meaning, by a function for each media type. These bytes make the key in place of the content,
    /// which is sent as it is (RFC 10008 §2.7). Default: none. Not used for encoded content or under no-transform. See <see cref="QueryNormalization.Json"/> and <see cref="QueryNormalization.GraphQL"/>.
    /// </summary>
    public IDictionary<string, Func<ReadOnlyMemory<byte>, ReadOnlyMemory<byte>>> QueryNormalizers { get; } =
        new Dictionary<string, Func<ReadOnlyMemory<byte>, ReadOnlyMemory<byte>>>(StringComparer.OrdinalIgnoreCase);

    /// <summary>Tie responses of an origin together by Cache-Groups (RFC 9875). Default: true.</summary>
    public bool CacheGroups { get; set; } = true;

    /// <summary>
    /// Invalidate the other members of its cache groups with a response that an unsafe request invalidates, one step and no further (RFC 9875 §2.2.1). The groups are
    /// those of the stored responses of the request's user. Default: false.
    /// </summary>
    public bool InvalidateGroupMates { get; set; }

    /// <summary>
    /// Let a response with No-Vary-Search answer requests for other URIs of the same path whose query differs only where the field says that it does not matter. Default:
    /// false. This process remembers in memory which of the responses that it stored say so.
    /// </summary>
    public bool NoVarySearch { get; set; }

    /// <summary>Remove everything that is stored of an origin if its response over https says <c>Clear-Site-Data: "cache"</c>. Default: false.</summary>
    public bool HonorClearSiteData { get; set; }

    /// <summary>Check bodies against Content-Digest or Repr-Digest before they count as stored (RFC 9530). Default: false.</summary>
    public bool VerifyDigests { get; set; }

    /// <summary>Show the target URI as the key in Cache-Status. Default: false. It needs <see cref="HttpCacheOptions.CacheStatusName"/>.</summary>
    public bool CacheStatusIncludesKey { get; set; }
}
