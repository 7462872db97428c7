using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using HttpCaching.Diagnostics;
using HttpCaching.Fields;
using HttpCaching.Http;
using HttpCaching.Model;
using HttpCaching.Policy;

namespace HttpCaching.Control.Keys;

/// <summary>
/// The only maker of cache keys (RFC 9111 §2). The scope keeps responses apart: by the kind of the cache, by partitions of credentials
/// and tenants in a private cache, by extra key material, and by the content of a QUERY. The responses that a server makes itself are apart from those that its clients get of others: whose Host
/// a request to the server names is up to its sender.
/// </summary>
/// <param name="settings">The parts of keys other than the URI.</param>
/// <param name="faults">Records functions of the application that throw.</param>
internal sealed class KeyMaker(KeySettings settings, UserRuleFaults faults)
{
    // Private and shared caches may have one store, and their storage rules differ (RFC 9111 §3). The common scope is for private caches.
    private const string SharedKind = "shared";

    private const string Served = "s0:";

    private const char ContentKind = 'q';

    private static readonly string SharedScope = $"k{SharedKind.Length}:{SharedKind}";

    private readonly PlainUris _plain = new();

    /// <summary>The names that URIs have had in keys.</summary>
    public RenamedUris Renamed { get; init; } = new();

    /// <summary>The normalised target URI, or <see langword="null"/> if the cache does not handle the request.</summary>
    public string? TargetUriOf(HttpRequestMessage request)
    {
        if (request.RequestUri is not { IsAbsoluteUri: true } uri)
        {
            return null;
        }

        var headers = request.Headers.NonValidated;
        if (headers.Count > 0 && headers.TryGetValues(FieldNames.Host, out var values))
        {
            return TargetUri.Normalize(uri, values.ToString());
        }

        var text = uri.OriginalString;
        if (_plain.Contains(text))
        {
            return text;
        }

        var normal = TargetUri.Normalize(uri, null, out var isPlain);
        if (isPlain)
        {
            _plain.Add(text);
        }

        return normal;
    }

    /// <summary>Whether all requests without credentials, settings and Host of their own have keys of one scope.</summary>
    /// <param name="scope">The scope.</param>
    public bool HasOneScope(out string? scope)
    {
        scope = settings.IsShared ? SharedScope : null;
        return settings is { PartitionSelector: null, Material: null, Name: null, Fields.Count: 0 };
    }

    /// <summary>That scope for the responses that a server makes itself.</summary>
    /// <param name="scope">The scope of others' responses.</param>
    public static string ServedScope(string? scope) => scope + Served;

    /// <summary>Makes the key of a request.</summary>
    /// <param name="request">The request.</param>
    /// <param name="presented">Its head.</param>
    /// <param name="own">Its settings.</param>
    /// <param name="rule">What makes URIs one key.</param>
    /// <param name="key">The key, if the answer is true.</param>
    /// <param name="contentDigest">The digest of the content of a QUERY.</param>
    /// <returns>False if a function of the application has thrown: without its part, the key could be another user's.</returns>
    public bool TryFor(HttpRequestMessage request, RequestHead presented, RequestSettings own, KeyRule rule, out CacheKey key, string? contentDigest = null)
    {
        key = default;
        var partition = own.Partition;
        if (!TryUriOf(presented.TargetUri, own, rule, out var uri)
            || (partition is null && !TryAsk(settings.PartitionSelector, UserRule.PartitionSelector, request, out partition))
            || !TryAsk(settings.Material, UserRule.KeyMaterial, request, out var material))
        {
            return false;
        }

        partition ??= CredentialPartition(request, presented);
        var authority = presented.Fields.Count == 0 ? null : OtherAuthority(presented);
        key = partition is null && material is null && authority is null && contentDigest is null && settings.Fields.Count == 0 && settings.Name is null && !own.IsServed
            ? new CacheKey(uri, settings.IsShared ? SharedScope : null)
            : new CacheKey(uri, ScopeOf(presented, own.IsServed, partition, material, authority, contentDigest));
        return true;
    }

    /// <summary>The URIs of the keys that requests for a URI have had, other than the URI, as far as this process remembers them.</summary>
    /// <param name="targetUri">The normalised URI.</param>
    public IEnumerable<string> RenamedOf(string targetUri) => Renamed.Of(targetUri);

    /// <summary>The URI of a request's key: its own, or another one of its origin that the request or a rule gives in place of it.</summary>
    /// <param name="targetUri">The target URI.</param>
    /// <param name="own">The settings of the request.</param>
    /// <param name="rule">What makes URIs one key.</param>
    /// <param name="uri">The URI, if the answer is true.</param>
    /// <returns>False if the function of the rule has thrown.</returns>
    public bool TryUriOf(string targetUri, RequestSettings own, KeyRule rule, out string uri)
    {
        uri = targetUri;
        if (own.KeyName is null && rule.IsNone)
        {
            return true;
        }

        if (own.KeyName is { } name)
        {
            // A fragment is in no target URI, so that a name is never another request's URI.
            uri = string.Concat(OriginRules.OriginOf(targetUri), "/#", Uri.EscapeDataString(name));
        }
        else if (!TryUriUnder(targetUri, rule, out uri))
        {
            return false;
        }

        // The keys of rules of the options are found by those rules.
        if ((own.KeyName is not null || own.Rule is not null) && uri != targetUri)
        {
            Renamed.Note(targetUri, uri);
        }

        return true;
    }

    /// <summary>The URI of the keys of requests that a rule of the options is for.</summary>
    /// <param name="targetUri">The target URI.</param>
    /// <param name="rule">What makes URIs one key.</param>
    /// <param name="uri">The URI, if the answer is true.</param>
    /// <returns>False if the function of the rule has thrown.</returns>
    public bool TryUriUnder(string targetUri, KeyRule rule, out string uri)
    {
        uri = targetUri;
        try
        {
            uri = rule.WithoutWhatDoesNotMatter(rule.Function is { } function ? UriOf(targetUri, function) : targetUri);
            return true;
        }
        catch (Exception exception)
        {
            faults.Note(UserRule.KeyFunction, exception);
            return false;
        }
    }

    private string UriOf(string targetUri, Func<Uri, string?> function)
    {
        if (function(new Uri(targetUri)) is not { } name)
        {
            return targetUri;
        }

        var origin = OriginRules.OriginOf(targetUri);
        return Uri.TryCreate(new Uri(origin + "/"), name, out var uri) && TargetUri.Normalize(uri, null) is { } normal
            && OriginRules.OriginOf(normal) == origin && normal.Length <= settings.MaximumUriLength
            ? normal
            : throw new InvalidOperationException(
                $"The function of KeyOf returned a text that is no URI of the request's origin, or is longer than {settings.MaximumUriLength} characters; return a path and query, such as /products/5.");
    }

    private bool TryAsk(Func<HttpRequestMessage, string?>? select, UserRule rule, HttpRequestMessage request, out string? value)
    {
        value = null;
        return select is null || TryAskApplication(select, rule, request, out value);
    }

    private bool TryAskApplication(Func<HttpRequestMessage, string?> select, UserRule rule, HttpRequestMessage request, out string? value)
    {
        try
        {
            value = select(request);
            return true;
        }
        catch (Exception exception)
        {
            faults.Note(rule, exception);
            value = null;
            return false;
        }
    }

    private string? ScopeOf(RequestHead presented, bool isServed, string? partition, string? material, string? authority, string? contentDigest)
    {
        var scope = new StringBuilder();
        AppendPart(scope, 'k', settings.IsShared ? SharedKind : null);
        AppendPart(scope, 's', isServed ? string.Empty : null);
        AppendPart(scope, 'n', settings.Name);
        AppendPart(scope, 'p', partition);
        AppendPart(scope, 'm', material);
        AppendPart(scope, 'a', authority);
        AppendPart(scope, ContentKind, contentDigest);
        foreach (var name in settings.Fields)
        {
            AppendPart(scope, 'f', presented.Fields.Combined(name) ?? "\0");
        }

        return scope.Length == 0 ? null : scope.ToString();
    }

    /// <summary>
    /// The authority that a request with a Host field is sent to, if it differs from the Host: the field names the wanted response, not the server. Null if
    /// they are the same.
    /// </summary>
    private static string? OtherAuthority(RequestHead presented)
    {
        if (!presented.Fields.Contains(FieldNames.Host) || presented.RequestUri is not { } uri)
        {
            return null;
        }

        var origin = OriginRules.OriginOf(TargetUri.Normalize(uri, null) ?? uri.GetLeftPart(UriPartial.Path));
        return origin == OriginRules.OriginOf(presented.TargetUri) ? null : origin;
    }

    /// <summary>The partition of a scope: all of it but the content of a QUERY, which tells questions apart and not who asks; null for the common one.</summary>
    /// <param name="scope">The scope.</param>
    public static string? PartitionOf(string? scope)
    {
        for (var at = 0; at < scope?.Length;)
        {
            // A store may hold what another version has written.
            var colon = scope.IndexOf(':', at);
            if (colon < 0 || !int.TryParse(scope.AsSpan(at + 1, colon - at - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var length) || length > scope.Length - colon - 1)
            {
                return scope;
            }

            var end = colon + 1 + length;
            if (scope[at] == ContentKind)
            {
                scope = scope.Remove(at, end - at);
                break;
            }

            at = end;
        }

        return string.IsNullOrEmpty(scope) || scope == SharedScope ? null : scope;
    }

    /// <summary>A keyed hash that replaces a secret in keys and in stored responses.</summary>
    public string Hash(string secret) =>
        Convert.ToHexStringLower(HMACSHA256.HashData(settings.HashKey.Value, Encoding.UTF8.GetBytes(secret)).AsSpan(0, 16));

    /// <summary>The partition of the credentials on a request, in a private cache that may serve several people (RFC 9111 §7.3).</summary>
    private string? CredentialPartition(HttpRequestMessage request, RequestHead presented)
    {
        if (settings.SingleUser)
        {
            return null;
        }

        // Asking for the part makes the runtime parse the whole URI. A normalised one has no such part.
        var text = request.RequestUri!.OriginalString;
        var userInfo = text != presented.TargetUri && text.Contains('@') ? request.RequestUri.UserInfo : string.Empty;
        var authorization = presented.Fields.Count == 0 ? null : presented.Fields.Combined(FieldNames.Authorization);
        if (userInfo.Length == 0 && (authorization is null || settings.IsShared))
        {
            return null;
        }

        return "credential " + Hash(userInfo.Length == 0 ? authorization! : userInfo + "\n" + authorization);
    }

    /// <summary>Length prefixes keep the parts apart, whatever they contain.</summary>
    private static void AppendPart(StringBuilder scope, char kind, string? value)
    {
        if (value is not null)
        {
            scope.Append(kind).Append(value.Length).Append(':').Append(value);
        }
    }
}
