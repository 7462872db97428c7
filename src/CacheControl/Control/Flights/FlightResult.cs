namespace HttpCaching.Control.Flights;

/// <summary>The result of an exchange that may have followers. A closed set; a response whose body is being read is a <see cref="SharedBody"/>.</summary>
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
    /// <param name="pinned">The validated response.</param>
    /// <param name="head">Its updated head.</param>
    public sealed class Validated(StoredResponse pinned, StoredResponse head) : FlightResult
    {
        public StoredResponse Pinned { get; } = pinned;

        public StoredResponse Head { get; } = head;
    }

    /// <summary>No response came.</summary>
    /// <param name="exception">The exception.</param>
    public sealed class Failed(Exception exception) : FlightResult
    {
        public Exception Exception { get; } = exception;
    }

    /// <summary>The leader served a stored response, because the origin answered with an error or took too long.</summary>
    /// <param name="isDisconnected">Whether no response came at all.</param>
    public sealed class StoodIn(bool isDisconnected) : FlightResult
    {
        public bool IsDisconnected { get; } = isDisconnected;
    }

    /// <summary>The response is for the leader only.</summary>
    public sealed class Refused : FlightResult
    {
        public static Refused Instance { get; } = new();
    }

    /// <summary>The leader has given up: one of the followers must ask.</summary>
    public sealed class Abandoned : FlightResult
    {
        public static Abandoned Instance { get; } = new();
    }

    /// <summary>The leader found the response in the store after all, stored by another process: all followers should look again.</summary>
    public sealed class Elsewhere : FlightResult
    {
        public static Elsewhere Instance { get; } = new();
    }

    /// <summary>The followers have waited too long.</summary>
    public sealed class Overdue : FlightResult
    {
        public static Overdue Instance { get; } = new();
    }
}
