namespace HttpCaching.Policy;

/// <summary>The stale windows that options and the request's own settings give; what the response says comes on top.</summary>
/// <param name="IfError">How long past its lifetime a response stands in for errors (RFC 5861 §4).</param>
/// <param name="WhileRevalidate">How long past its lifetime a response is served while it is validated in the background (RFC 5861 §3).</param>
/// <param name="WhenDisconnected">Whether any stale response stands in when the origin can't be reached (RFC 9111 §4.2.4).</param>
internal sealed record StaleLimits(TimeSpan IfError, TimeSpan WhileRevalidate, bool WhenDisconnected)
{
    /// <summary>No window.</summary>
    public static StaleLimits None { get; } = new(TimeSpan.Zero, TimeSpan.Zero, false);
}
