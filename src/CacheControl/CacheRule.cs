using System.Collections.Frozen;
using HttpCaching.Http;
using HttpCaching.Policy;

namespace HttpCaching;

/// <summary>
/// Settings that differ from the options for some requests. One rule applies to a request: the one with the most specific pattern. A setting that the rule does not name stays
/// as the options and the response have it. A method that is called twice counts as it was called last.
/// </summary>
public sealed class CacheRule
{
    internal CacheRule()
    {
    }

    internal RuleSettings Settings { get; private set; } = RuleSettings.None;

    /// <summary>The methods that the rule is for; empty for all.</summary>
    internal IReadOnlyList<string> Methods { get; private set; } = [];

    /// <summary>Limits the rule to these methods. Without it, the rule is for all.</summary>
    /// <param name="methods">The methods. The letter case of those that the platform knows does not matter.</param>
    /// <returns>The rule.</returns>
    public CacheRule ForMethods(params string[] methods)
    {
        ArgumentNullException.ThrowIfNull(methods);
        Methods = [.. methods.Select(static method => SentMethod.Of(method ?? string.Empty))];
        return this;
    }

    /// <summary>
    /// Makes responses fresh for exactly this long from their receipt or validation, whatever lifetime they state. It changes nothing about no-store, no-cache and private.
    /// Errors get it if <see cref="StoreOnly"/> names their status.
    /// </summary>
    /// <param name="lifetime">The time; zero to validate each time.</param>
    /// <returns>The rule.</returns>
    public CacheRule FreshFor(TimeSpan lifetime) => Set(Settings with { Lifetime = lifetime });

    /// <summary>Makes responses fresh for at least this long from their receipt or validation. It holds for the same responses as <see cref="FreshFor"/>.</summary>
    /// <param name="lifetime">The time.</param>
    /// <returns>The rule.</returns>
    public CacheRule AtLeast(TimeSpan lifetime) => Set(Settings with { LeastLifetime = lifetime });

    /// <summary>Makes responses fresh for at most this long from their receipt or validation. It holds for all responses.</summary>
    /// <param name="lifetime">The time.</param>
    /// <returns>The rule.</returns>
    public CacheRule AtMost(TimeSpan lifetime) => Set(Settings with { LongestLifetime = lifetime });

    /// <summary>Gives responses that state no lifetime this one, as <see cref="HttpCacheOptions.DefaultFreshnessLifetime"/> does.</summary>
    /// <param name="lifetime">The lifetime.</param>
    /// <returns>The rule.</returns>
    public CacheRule FreshByDefault(TimeSpan lifetime) => Set(Settings with { DefaultLifetime = lifetime });

    /// <summary>Allows a stored response for this long past its lifetime if the origin fails, unless the response forbids that (RFC 5861 §4).</summary>
    /// <param name="window">The time.</param>
    /// <returns>The rule.</returns>
    public CacheRule StaleIfError(TimeSpan window) => Set(Settings with { StaleIfError = window });

    /// <summary>Allows a stored response for this long past its lifetime while it is validated in the background, unless the response forbids that (RFC 5861 §3).</summary>
    /// <param name="window">The time.</param>
    /// <returns>The rule.</returns>
    public CacheRule StaleWhileRevalidate(TimeSpan window) => Set(Settings with { StaleWhileRevalidate = window });

    /// <summary>Allows a stored response of any age if the origin can't be reached, unless the response forbids that (RFC 9111 §4.2.4).</summary>
    /// <returns>The rule.</returns>
    public CacheRule StaleWhenDisconnected() => Set(Settings with { StaleWhenDisconnected = true });

    /// <summary>Sets the mode of requests that choose none themselves.</summary>
    /// <param name="mode">The mode.</param>
    /// <returns>The rule.</returns>
    public CacheRule WithMode(HttpCacheMode mode) => Set(Settings with { Mode = mode });

    /// <summary>Takes requests past the cache: stored responses are neither looked at nor changed.</summary>
    /// <returns>The rule.</returns>
    public CacheRule Bypass() => Set(Settings with { Bypass = true });

    /// <summary>Ignores <c>no-store</c> of responses. The origin wrote it; be sure that it does not mean it.</summary>
    /// <returns>The rule.</returns>
    public CacheRule IgnoreNoStore() => Set(Settings with { IgnoresNoStore = true });

    /// <summary>Ignores <c>no-cache</c> of responses, where it names no fields, and <c>Pragma: no-cache</c>.</summary>
    /// <returns>The rule.</returns>
    public CacheRule IgnoreNoCache() => Set(Settings with { IgnoresNoCache = true });

    /// <summary>
    /// Ignores <c>private</c> of responses, where it names no fields. In a shared cache this holds for requests without Authorization and Cookie only: a response to one user
    /// is never given to another.
    /// </summary>
    /// <returns>The rule.</returns>
    public CacheRule IgnorePrivate() => Set(Settings with { IgnoresPrivate = true });

    /// <summary>Ignores directives of requests.</summary>
    /// <param name="directives">
    /// Their names: <c>no-cache</c> (with <c>Pragma</c>), <c>no-store</c>, <c>only-if-cached</c>, <c>max-age</c>, <c>max-stale</c>, <c>min-fresh</c>, <c>stale-if-error</c>.
    /// </param>
    /// <returns>The rule.</returns>
    public CacheRule IgnoreRequestDirectives(params string[] directives)
    {
        ArgumentNullException.ThrowIfNull(directives);
        return Set(Settings with { IgnoredRequestDirectives = [.. directives.Select(name => name?.ToLowerInvariant() ?? string.Empty)] });
    }

    /// <summary>Stores responses with these statuses only. The lifetimes of the rule hold for each of them, errors too.</summary>
    /// <param name="statusCodes">The statuses.</param>
    /// <returns>The rule.</returns>
    public CacheRule StoreOnly(params int[] statusCodes)
    {
        ArgumentNullException.ThrowIfNull(statusCodes);
        return Set(Settings with { StatusCodes = [.. statusCodes] });
    }

    /// <summary>Gives stored responses these tags. <see cref="IHttpCache.RemoveByTagAsync"/> removes all responses with a tag.</summary>
    /// <param name="tags">The tags, compared ordinally.</param>
    /// <returns>The rule.</returns>
    public CacheRule WithTags(params string[] tags)
    {
        ArgumentNullException.ThrowIfNull(tags);
        return Set(Settings with { Tags = [.. tags] });
    }

    /// <summary>
    /// Takes requests that differ by these fields as the same, whatever the Vary of responses says. A coding that the request does not accept is never served all the same.
    /// </summary>
    /// <param name="fields">
    /// The fields, such as <c>User-Agent</c>. Cookie and Authorization are refused, unless the cache has a single user, and so is Origin in a shared cache: a response to one user is never given to
    /// another.
    /// </param>
    /// <returns>The rule.</returns>
    public CacheRule IgnoreVary(params string[] fields)
    {
        ArgumentNullException.ThrowIfNull(fields);
        return Set(Settings with { IgnoredVary = fields.Select(name => name ?? string.Empty).ToFrozenSet(StringComparer.OrdinalIgnoreCase) });
    }

    /// <summary>Tells requests apart by these fields, though the Vary of responses does not name them.</summary>
    /// <param name="fields">The fields.</param>
    /// <returns>The rule.</returns>
    public CacheRule AddVary(params string[] fields)
    {
        ArgumentNullException.ThrowIfNull(fields);
        return Set(Settings with { AddedVary = [.. fields.Select(name => name ?? string.Empty)] });
    }

    /// <summary>Takes URIs that differ by these parameters of the query as the same. The origin still gets the URI as it is.</summary>
    /// <param name="parameters">Their names, percent-encoded or not; a star at the end is any text, as in <c>utm_*</c>. No star covers <c>access_token</c>.</param>
    /// <returns>The rule.</returns>
    public CacheRule IgnoreQuery(params string[] parameters)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        return Set(Settings with { Key = new KeyRule { IgnoredParameters = [.. parameters.Select(name => name ?? string.Empty)], IgnoresOrder = Settings.Key.IgnoresOrder, Function = Settings.Key.Function } });
    }

    /// <summary>Takes URIs as the same whose parameters differ in their order only. Parameters of one name keep their order.</summary>
    /// <returns>The rule.</returns>
    public CacheRule IgnoreQueryOrder() =>
        Set(Settings with { Key = new KeyRule { IgnoredParameters = Settings.Key.IgnoredParameters, IgnoresOrder = true, Function = Settings.Key.Function } });

    /// <summary>Takes URIs as one resource for which a function returns the same. Unsafe requests invalidate what the function names too.</summary>
    /// <param name="key">
    /// Returns the path and query that stand for the resource of a URI, such as <c>/products/5</c>; <see langword="null"/> for the URI itself. It runs for each request, so it must be fast. If it
    /// throws, or names another origin, the request bypasses the cache, and the log says so once.
    /// </param>
    /// <returns>The rule.</returns>
    public CacheRule KeyOf(Func<Uri, string?> key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return Set(Settings with { Key = new KeyRule { IgnoredParameters = Settings.Key.IgnoredParameters, IgnoresOrder = Settings.Key.IgnoresOrder, Function = key } });
    }

    /// <summary>
    /// Says that requests with content of these types only ask, as <see cref="HttpRequestMessageExtensions.WithCacheableContent"/> does for one request: their responses are stored under a key with
    /// the content. GraphQL mutations are left out.
    /// </summary>
    /// <param name="method">POST; no other method can be one that only asks.</param>
    /// <param name="mediaTypes">The types of their content, such as <c>application/json</c>.</param>
    /// <returns>The rule.</returns>
    public CacheRule CacheContentOf(string method, params string[] mediaTypes)
    {
        ArgumentException.ThrowIfNullOrEmpty(method);
        ArgumentNullException.ThrowIfNull(mediaTypes);

        // Of another method all are wrong, and the check at start says so with all other errors.
        var types = method == MethodRules.Post && mediaTypes.Length > 0 ? mediaTypes : [$"{method} {string.Join(", ", mediaTypes)}"];
        return Set(Settings with { ContentTypes = types.Select(type => type ?? string.Empty).ToFrozenSet(StringComparer.OrdinalIgnoreCase) });
    }

    /// <summary>Says what to do with responses that set cookies.</summary>
    /// <param name="handling">What to do.</param>
    /// <returns>The rule.</returns>
    public CacheRule SetCookie(HttpCacheSetCookie handling) => Set(Settings with { SetCookie = handling });

    private CacheRule Set(RuleSettings settings)
    {
        Settings = settings;
        return this;
    }
}
