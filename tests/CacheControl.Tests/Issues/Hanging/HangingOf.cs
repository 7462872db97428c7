namespace HttpCaching.Tests.Issues.Hanging;

/// <summary>What of an origin never comes.</summary>
public enum HangingOf
{
    /// <summary>The connection.</summary>
    Connect,

    /// <summary>The head of the response.</summary>
    Headers,

    /// <summary>The rest of the body.</summary>
    Body,
}
