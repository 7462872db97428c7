namespace HttpCaching.Tests.Interleavings;

/// <summary>What is stored when a schedule begins.</summary>
internal enum Initially
{
    /// <summary>Nothing: a GET is a miss.</summary>
    Empty,

    /// <summary>A fresh response: a GET is a hit.</summary>
    Fresh,

    /// <summary>A stale response: a GET validates.</summary>
    Stale,

    /// <summary>A stale response that may be served while it is validated in the background.</summary>
    StaleWhileRevalidate,

    /// <summary>A stale response that may stand in for an origin that fails, or that lets the caller wait too long.</summary>
    StaleIfError,
}

/// <summary>What goes on at the same time, all of it about one resource.</summary>
internal enum Act
{
    /// <summary>A plain GET, read to its end.</summary>
    Get,

    /// <summary>A GET with the caller's own If-None-Match, which names the first version.</summary>
    ConditionalGet,

    /// <summary>A GET of a part.</summary>
    RangeGet,

    Head,

    /// <summary>An unsafe request, which changes the resource and so invalidates what is stored.</summary>
    Put,

    /// <summary>A plain GET whose caller gives up at some time.</summary>
    CancelledGet,

    /// <summary>A plain GET whose caller disposes the response in the middle of the body.</summary>
    HalfReadGet,

    /// <summary>The store drops the response for want of space.</summary>
    Evict,

    /// <summary>Everything is removed through the cache.</summary>
    Clear,

    /// <summary>Another process sees that the resource has changed, and replaces the stored response in the same store.</summary>
    ForeignReplace,

    /// <summary>Another process validates the stored response, and so replaces its head in the same store.</summary>
    ForeignRefresh,

    /// <summary>The next call to the store fails.</summary>
    StoreFault,

    /// <summary>The next call to the store hangs.</summary>
    StoreHang,

    /// <summary>The next request that reaches the origin fails.</summary>
    OriginFault,

    /// <summary>The next request that reaches the origin is answered by 503.</summary>
    OriginError,

    /// <summary>Time passes: what is fresh becomes stale, and patience ends.</summary>
    Minute,
}

/// <summary>An initial state and the operations that meet in it.</summary>
/// <param name="State">What is stored.</param>
/// <param name="Acts">The operations, numbered from 1.</param>
internal sealed record Scenario(Initially State, params Act[] Acts)
{
    /// <summary>Those that send a request through the cache.</summary>
    public IEnumerable<Act> Requests => Acts.Where(IsRequest);

    public static bool IsRequest(Act act) => act <= Act.HalfReadGet;

    public override string ToString() => $"{State}: {string.Join(" + ", Acts)}";

    /// <summary>A line of a test that runs one schedule of it again.</summary>
    public string Replay(IEnumerable<int> choices) =>
        $"Schedule.Replay(new Scenario(Initially.{State}, {string.Join(", ", Acts.Select(a => "Act." + a))}), [{string.Join(", ", choices)}]);";
}
