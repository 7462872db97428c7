namespace HttpCaching;

/// <content>The rule and the key of one request.</content>
public static partial class HttpRequestMessageExtensions
{
    private const int LongestKey = 512;

    /// <summary>
    /// Makes responses fresh for exactly this long for this request, counted from their receipt or validation, whatever lifetime they state. It changes nothing about no-store, no-cache
    /// and private. Other requests judge the stored response by their own settings.
    /// </summary>
    /// <param name="request">The request.</param>
    /// <param name="lifetime">The time; zero to validate. Not negative.</param>
    /// <returns>The request.</returns>
    /// <exception cref="ArgumentException"><paramref name="lifetime"/> is negative.</exception>
    public static HttpRequestMessage WithFreshness(this HttpRequestMessage request, TimeSpan lifetime) => request.WithCacheRule(rule => rule.FreshFor(lifetime));

    /// <summary>
    /// Gives this request a rule of its own. Each setting that it names goes over the rule of the options for the URI; the others stay as they are. A second call goes over the first.
    /// </summary>
    /// <param name="request">The request.</param>
    /// <param name="configure">Says what the rule sets, as in <see cref="HttpCacheOptions.For"/>.</param>
    /// <returns>The request.</returns>
    /// <exception cref="ArgumentException">The rule is wrong; the message lists every error and its remedy.</exception>
    public static HttpRequestMessage WithCacheRule(this HttpRequestMessage request, Action<CacheRule> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        var rule = new CacheRule();
        configure(rule);
        if (RuleErrors.Of(rule) is { Count: > 0 } errors)
        {
            throw new ArgumentException(string.Join(Environment.NewLine, errors), nameof(configure));
        }

        return Change(request, settings => settings with { Rule = settings.Rule?.Below(rule.Settings) ?? rule.Settings });
    }

    /// <summary>
    /// Says that this POST only asks, as a QUERY does, so that its response is stored under a key with its content, and served again to the same content. It invalidates nothing then. A GraphQL
    /// mutation or subscription is sent as without this, and so is content that can't be judged: encoded, in parts, not UTF-8, of unknown length, or longer than
    /// <see cref="HttpCacheLimitOptions.MaximumQueryContent"/>. Requests of other methods are not changed.
    /// </summary>
    /// <param name="request">The request.</param>
    /// <returns>The request.</returns>
    public static HttpRequestMessage WithCacheableContent(this HttpRequestMessage request) => Change(request, settings => settings with { OnlyAsks = true });

    /// <summary>
    /// Gives this request a name as its key, in place of its path and query: requests to one origin with one name are one resource. The origin, the credentials and other partitions, the kind
    /// of the cache and the content of a QUERY keep responses apart all the same, and so does <c>Vary</c>. A POST, PUT or DELETE with the name invalidates what is stored under it.
    /// </summary>
    /// <param name="request">The request.</param>
    /// <param name="key">The name: 1 to 512 characters, compared ordinally. Do not use a secret.</param>
    /// <returns>The request.</returns>
    /// <exception cref="ArgumentException"><paramref name="key"/> is empty, or longer than 512 characters.</exception>
    public static HttpRequestMessage WithCacheKey(this HttpRequestMessage request, string key)
    {
        ArgumentException.ThrowIfNullOrEmpty(key);
        if (key.Length > LongestKey)
        {
            throw new ArgumentException($"The key has {key.Length} characters; use at most {LongestKey}, such as a hash of the long text.", nameof(key));
        }

        return Change(request, settings => settings with { KeyName = key });
    }
}
