namespace HttpCaching.Control;

/// <summary>Whether an exception from below means that the origin failed.</summary>
internal static class FailureRules
{
    /// <summary>
    /// Whether the origin could not be reached or did not answer in time, so that a stored response may stand in (RFC 9111 §4.2.4). Not the caller's own
    /// cancellation, not a server that can't be trusted, and not a programming error.
    /// </summary>
    public static bool IsOriginFailure(Exception exception, CancellationToken cancellationToken) => exception switch
    {
        OperationCanceledException => !cancellationToken.IsCancellationRequested,
        HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError or HttpRequestError.UserAuthenticationError } => false,
        ArgumentException or InvalidOperationException or NotSupportedException or NullReferenceException => false,
        _ => true,
    };
}
