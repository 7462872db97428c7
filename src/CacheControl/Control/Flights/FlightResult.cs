namespace HttpCaching.Control.Flights;

/// <summary>What came of an exchange that others may be waiting for. A closed set; a response whose body is being read is a <see cref="SharedBody"/>.</summary>
internal abstract class FlightResult
{
    private protected FlightResult()
    {
    }

    /// <summary>A response that may be reused and has no body.</summary>
    /// <param name="head">Its head, as it is stored.</param>
    public sealed class Bodiless(StoredResponse head) : FlightResult
    {
        public StoredResponse Head { get; } = head;
    }

    /// <summary>The origin has confirmed a stored response.</summary>
    /// <param name="pinned">The response that was asked about.</param>
    /// <param name="head">Its updated head.</param>
    public sealed class Validated(StoredResponse pinned, StoredResponse head) : FlightResult
    {
        public StoredResponse Pinned { get; } = pinned;

        public StoredResponse Head { get; } = head;
    }

    /// <summary>No response came.</summary>
    /// <param name="exception">What came instead.</param>
    public sealed class Failed(Exception exception) : FlightResult
    {
        public Exception Exception { get; } = exception;
    }

    /// <summary>A stored response stood in for an error of the origin, or for an origin that took too long.</summary>
    /// <param name="isDisconnected">Whether no response came at all.</param>
    public sealed class StoodIn(bool isDisconnected) : FlightResult
    {
        public bool IsDisconnected { get; } = isDisconnected;
    }

    /// <summary>The response is for the one who asked only.</summary>
    public sealed class Refused : FlightResult
    {
        public static Refused Instance { get; } = new();
    }

    /// <summary>The one who asked has given up: somebody else has to ask.</summary>
    public sealed class Abandoned : FlightResult
    {
        public static Abandoned Instance { get; } = new();
    }

    /// <summary>The one who led found the response in the store after all, where another process has put it: everybody should look again.</summary>
    public sealed class Elsewhere : FlightResult
    {
        public static Elsewhere Instance { get; } = new();
    }

    /// <summary>It took too long to wait for.</summary>
    public sealed class Overdue : FlightResult
    {
        public static Overdue Instance { get; } = new();
    }
}
