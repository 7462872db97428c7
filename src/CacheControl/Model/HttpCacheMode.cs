namespace HttpCaching;

/// <summary>How one request wants to use the cache: the six modes of the Fetch standard, and one that stores nothing.</summary>
public enum HttpCacheMode
{
    /// <summary>A fresh stored response is used, a stale one is validated, anything else is fetched and stored.</summary>
    Default,

    /// <summary>The stored responses are neither looked at nor changed.</summary>
    NoStore,

    /// <summary>Fetched without looking at what is stored; the response is stored.</summary>
    Reload,

    /// <summary>A stored response is used only after the origin has confirmed it.</summary>
    NoCache,

    /// <summary>A stored response is used even if it is stale (unless it forbids that); anything else is fetched and stored.</summary>
    ForceCache,

    /// <summary>As <see cref="ForceCache"/>, but never fetched: without a usable stored response the answer is 504.</summary>
    OnlyIfCached,

    /// <summary>A fresh stored response is used, a stale one is validated, anything else is fetched. Nothing is stored or refreshed.</summary>
    ReadOnly,
}
