namespace HttpCaching.Storage;

/// <summary>What came of a flight.</summary>
public enum HttpCacheFlightEnd
{
    /// <summary>It was not told, or the one who led is lost: the store may have the response or not.</summary>
    Unknown,

    /// <summary>The response is in the store.</summary>
    Stored,

    /// <summary>The response was for the one who asked only; the next one will be as well.</summary>
    NotStorable,

    /// <summary>No response came, or not the whole of it.</summary>
    Failed,

    /// <summary>It was not over within the limit.</summary>
    Overdue,
}
