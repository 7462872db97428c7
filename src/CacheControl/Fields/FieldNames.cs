using System.Collections.Frozen;
using HttpCaching.Fields.Text;

namespace HttpCaching.Fields;

/// <summary>The names of the fields this library reads or writes, and which of them belong to one connection only.</summary>
internal static class FieldNames
{
    public const string CacheControl = "Cache-Control";
    public const string Pragma = "Pragma";
    public const string Age = "Age";
    public const string Date = "Date";
    public const string Expires = "Expires";
    public const string ETag = "ETag";
    public const string LastModified = "Last-Modified";
    public const string Vary = "Vary";
    public const string Authorization = "Authorization";
    public const string Cookie = "Cookie";
    public const string SetCookie = "Set-Cookie";
    public const string Origin = "Origin";
    public const string Range = "Range";
    public const string IfRange = "If-Range";
    public const string IfNoneMatch = "If-None-Match";
    public const string IfModifiedSince = "If-Modified-Since";
    public const string IfMatch = "If-Match";
    public const string IfUnmodifiedSince = "If-Unmodified-Since";
    public const string ContentLength = "Content-Length";
    public const string ContentType = "Content-Type";
    public const string ContentEncoding = "Content-Encoding";
    public const string ContentLanguage = "Content-Language";
    public const string ContentRange = "Content-Range";
    public const string ContentMD5 = "Content-MD5";

    public const string ContentLocation = "Content-Location";
    public const string Location = "Location";
    public const string ContentDigest = "Content-Digest";
    public const string ReprDigest = "Repr-Digest";
    public const string Connection = "Connection";
    public const string TransferEncoding = "Transfer-Encoding";
    public const string Trailer = "Trailer";
    public const string Upgrade = "Upgrade";
    public const string KeepAlive = "Keep-Alive";
    public const string ProxyConnection = "Proxy-Connection";
    public const string TE = "TE";
    public const string ProxyAuthenticate = "Proxy-Authenticate";
    public const string ProxyAuthenticationInfo = "Proxy-Authentication-Info";
    public const string ProxyAuthorization = "Proxy-Authorization";
    public const string CacheStatus = "Cache-Status";
    public const string CacheGroups = "Cache-Groups";
    public const string CacheGroupInvalidation = "Cache-Group-Invalidation";
    public const string NoVarySearch = "No-Vary-Search";
    public const string ClearSiteData = "Clear-Site-Data";
    public const string RetryAfter = "Retry-After";
    public const string Accept = "Accept";
    public const string AcceptEncoding = "Accept-Encoding";
    public const string AcceptLanguage = "Accept-Language";
    public const string Host = "Host";
    public const string XHttpMethodOverride = "X-HTTP-Method-Override";
    public const string XHttpMethod = "X-HTTP-Method";
    public const string XMethodOverride = "X-Method-Override";
    public const string Warning = "Warning";
    public const string Via = "Via";

    /// <summary>Whether the field is about the connection or the proxy next to us and is never stored (RFC 9111 §3.1, RFC 9110 §7.6.1).</summary>
    /// <param name="name">The field name.</param>
    public static bool IsConnectionSpecific(string name) => name.Length switch
    {
        2 => Is(name, TE),
        7 => Is(name, Upgrade),
        10 => Is(name, Connection) || Is(name, KeepAlive),
        16 => Is(name, ProxyConnection),
        17 => Is(name, TransferEncoding),
        18 => Is(name, ProxyAuthenticate),
        19 => Is(name, ProxyAuthorization),
        25 => Is(name, ProxyAuthenticationInfo),
        _ => false,
    };

    /// <summary>Whether a request's field can change what the cache does with the request, whatever the stored responses are.</summary>
    /// <param name="name">The field name.</param>
    public static bool SteersCache(string name) => name.Length switch
    {
        4 => Is(name, Host),
        5 => Is(name, Range),
        6 => Is(name, Pragma),
        7 => Is(name, Upgrade),
        8 => Is(name, IfMatch) || Is(name, IfRange),
        13 => Is(name, CacheControl) || Is(name, Authorization) || Is(name, IfNoneMatch) || Is(name, XHttpMethod),
        17 => Is(name, IfModifiedSince) || Is(name, XMethodOverride),
        19 => Is(name, IfUnmodifiedSince),
        22 => Is(name, XHttpMethodOverride),
        _ => false,
    };

    /// <summary>The field names that Connection lists, without regard to case; options that are no names are left out (RFC 9110 §7.6.1).</summary>
    /// <param name="fields">The message's fields.</param>
    public static IReadOnlySet<string> ConnectionNominated(HttpFields fields)
    {
        HashSet<string>? names = null;
        for (var line = fields.IndexOf(Connection, 0); line >= 0; line = fields.IndexOf(Connection, line + 1))
        {
            ReadOnlySpan<char> rest = fields[line].Value;
            while (FieldText.TryTakeMember(ref rest, ',', out var member))
            {
                if (FieldText.IsToken(member))
                {
                    (names ??= new HashSet<string>(StringComparer.OrdinalIgnoreCase)).Add(member.ToString());
                }
            }
        }

        return names is null ? FrozenSet<string>.Empty : names;
    }

    private static bool Is(string name, string known) => HttpFields.SameName(name, known);
}
