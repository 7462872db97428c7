namespace HttpCaching;

/// <summary>Why a stored response does not fit a request.</summary>
public enum CandidateMismatch
{
    /// <summary>It fits.</summary>
    None,

    /// <summary>A response to its method can't answer the request's (RFC 9111 §4).</summary>
    Method,

    /// <summary>It says private, and the cache is a shared one (RFC 9111 §5.2.2.7).</summary>
    Private,

    /// <summary>The request differs in a field that its Vary names (RFC 9111 §4.1).</summary>
    Vary,
}
