namespace HttpCaching;

/// <summary>What a rule does with responses that set cookies.</summary>
public enum HttpCacheSetCookie
{
    /// <summary>As the options have it: a private cache stores them with the cookie, except redirects; a shared one if <c>public</c>, <c>s-maxage</c> or an option permits it.</summary>
    Default,

    /// <summary>They are stored without the cookie. The caller whose request fetched the response gets it with the cookie.</summary>
    Remove,

    /// <summary>They are stored with the cookie, redirects too. Only for private caches.</summary>
    Keep,

    /// <summary>They are not stored.</summary>
    DoNotStore,
}
