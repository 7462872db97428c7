namespace HttpCaching;

/// <summary>Why a request went to the origin: the forward reasons of RFC 9211 §2.2.</summary>
public enum ForwardReason
{
    /// <summary>It did not: the cache answered (<c>hit</c>).</summary>
    None,

    /// <summary>The cache was configured or told not to handle the request (<c>bypass</c>).</summary>
    Bypass,

    /// <summary>The method has to be forwarded (<c>method</c>).</summary>
    Method,

    /// <summary>Nothing was stored for the URI (<c>uri-miss</c>).</summary>
    UriMiss,

    /// <summary>Something was stored for the URI, but no variant fits the request's fields (<c>vary-miss</c>).</summary>
    VaryMiss,

    /// <summary>Nothing usable was stored, without a more specific reason (<c>miss</c>).</summary>
    Miss,

    /// <summary>A fresh stored response would have fit, but the request's directives did not allow it (<c>request</c>).</summary>
    Request,

    /// <summary>The stored response was stale or had to be validated (<c>stale</c>).</summary>
    Stale,

    /// <summary>Only a part of the response was stored (<c>partial</c>).</summary>
    Partial,
}
