namespace HttpCaching.Tests.Issues.Hanging;

/// <summary>How a request is sent, and what ends it.</summary>
public enum WayOfCalling
{
    /// <summary>By SendAsync, which its token ends.</summary>
    AsyncToken,

    /// <summary>By SendAsync, which the client's timeout ends.</summary>
    AsyncTimeout,

    /// <summary>By Send, which its token ends.</summary>
    BlockingToken,

    /// <summary>By Send, which the client's timeout ends.</summary>
    BlockingTimeout,

    /// <summary>By SendAsync, which the client's disposal ends.</summary>
    AsyncDisposal,

    /// <summary>By Send, which the client's disposal ends.</summary>
    BlockingDisposal,
}
