namespace HttpCaching.Policy;

/// <summary>Origins: scheme, host and port (RFC 9110 §4.3.1).</summary>
internal static class OriginRules
{
    /// <summary>The origin of a normalised absolute URI, as its beginning up to the path.</summary>
    public static string OriginOf(string targetUri)
    {
        var authority = targetUri.IndexOf("://", StringComparison.Ordinal);
        var path = authority < 0 ? -1 : targetUri.IndexOf('/', authority + 3);
        return path < 0 ? targetUri : targetUri[..path];
    }
}
