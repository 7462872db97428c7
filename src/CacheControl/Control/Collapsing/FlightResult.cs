using CacheControl.Model;

namespace CacheControl.Control.Collapsing;

/// <summary>What came of an exchange that others may be waiting for. A closed set.</summary>
internal abstract record FlightResult
{
    private protected FlightResult()
    {
    }

    /// <summary>A response that may be reused; its body is being read.</summary>
    /// <param name="Head">Its head, as it is stored.</param>
    /// <param name="Body">Its body.</param>
    public sealed record Shared(StoredResponse Head, SharedBody Body) : FlightResult;

    /// <summary>A response that may be reused and has no body.</summary>
    /// <param name="Head">Its head, as it is stored.</param>
    public sealed record Bodiless(StoredResponse Head) : FlightResult;

    /// <summary>The origin has confirmed a stored response.</summary>
    /// <param name="Pinned">The response that was asked about.</param>
    /// <param name="Head">Its updated head.</param>
    public sealed record Validated(StoredResponse Pinned, StoredResponse Head) : FlightResult;

    /// <summary>No response came.</summary>
    /// <param name="Exception">What came instead.</param>
    public sealed record Failed(Exception Exception) : FlightResult;

    /// <summary>The origin answered with an error that a stored response stood in for.</summary>
    /// <param name="StatusCode">The status code of the error.</param>
    public sealed record StoodIn(int StatusCode) : FlightResult;

    /// <summary>The response is for the one who asked only.</summary>
    public sealed record Refused : FlightResult
    {
        public static Refused Instance { get; } = new();
    }

    /// <summary>The one who asked has given up: somebody else has to ask.</summary>
    public sealed record Abandoned : FlightResult
    {
        public static Abandoned Instance { get; } = new();
    }

    /// <summary>It took too long to wait for.</summary>
    public sealed record Overdue : FlightResult
    {
        public static Overdue Instance { get; } = new();
    }
}
