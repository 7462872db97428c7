using HttpCaching;

namespace QuickStart;

/// <summary>One request of the dialogue.</summary>
/// <param name="Asked">What is asked, in words.</param>
/// <param name="SendAsync">Asks it.</param>
public sealed record Step(string Asked, Func<Task<HttpResponseMessage>> SendAsync)
{
    /// <summary>The status code that the caller should see; <see langword="null"/> if that is up to the origin.</summary>
    public int? Status { get; init; }

    /// <summary>The rule that the cache should go by; <see langword="null"/> if that is up to the origin.</summary>
    public CacheReason? Reason { get; init; }

    /// <summary>How many requests the origin should see; <see langword="null"/> if that is up to the origin.</summary>
    public int? OriginRequests { get; init; }

    /// <summary>What is remarkable about the outcome; <see langword="null"/> for nothing.</summary>
    public string? Note { get; init; }

    /// <summary>The body that the caller should get; <see langword="null"/> if it does not matter here.</summary>
    public string? Body { get; init; }
}
