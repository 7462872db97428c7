namespace HttpCaching.Storage;

/// <summary>The result of a flight.</summary>
public enum HttpCacheFlightEnd
{
    /// <summary>The leader did not tell the result, or is lost. The store may have the response or not.</summary>
    Unknown,

    /// <summary>The response is in the store.</summary>
    Stored,

    /// <summary>The response was for the leader only. The next response will be for its caller only as well.</summary>
    NotStorable,

    /// <summary>No response came, or it was incomplete.</summary>
    Failed,

    /// <summary>The flight was not over within the limit.</summary>
    Overdue,
}
