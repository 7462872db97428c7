namespace HttpCaching.DependencyInjection;

/// <summary>The kinds of handlers whose place matters to a cache.</summary>
internal enum HandlerKind
{
    /// <summary>Any place will do, as far as is known.</summary>
    Other,

    /// <summary>Adds credentials to requests.</summary>
    Credentials,

    /// <summary>Adds cookies to requests.</summary>
    Cookies,

    /// <summary>May add fields that differ between users, as an API key or a tenant. Whether they do can't be told from the name.</summary>
    PerUser,

    /// <summary>Repeats requests, limits them, or refuses them while the origin fails.</summary>
    Resilience,
}
