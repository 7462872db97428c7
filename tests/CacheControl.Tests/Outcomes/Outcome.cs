namespace HttpCaching.Tests.Outcomes;

/// <summary>One way in which a request can end.</summary>
/// <param name="Name">What happens, in words.</param>
/// <param name="Line">What the status says when the body has ended.</param>
/// <param name="Act">Brings it about, and returns the response, whose body may still be unread.</param>
internal sealed record Outcome(string Name, string Line, Func<OutcomeScene, Task<HttpResponseMessage>> Act)
{
    /// <summary>The options of the cache.</summary>
    public Action<HttpCacheOptions>? Options { get; init; }

    /// <summary>The store, if it is not one in memory.</summary>
    public Func<IHttpCacheStore>? Store { get; init; }

    /// <summary>What is done with the body.</summary>
    public BodyUse Body { get; init; }

    public override string ToString() => Name;
}

/// <summary>What a caller does with a body.</summary>
internal enum BodyUse
{
    /// <summary>Reads it to its end.</summary>
    Read,

    /// <summary>Reads it until it fails.</summary>
    ReadToFailure,

    /// <summary>Disposes it at once.</summary>
    Dispose,
}
