namespace HttpCaching.Control.Flights;

/// <summary>
/// One exchange with the origin that others may join: first they wait for its head, then they read its body along. What makes waiting possible is
/// created by the second request; a flight that nobody joins is this object and one entry of a table.
/// </summary>
internal sealed class Flight(in FlightKey key, RequestCollapser owner)
{
    private readonly FlightKey _key = key;
    private Flight? _next;

    /// <summary>The next one of its chain: the table's.</summary>
    public ref Flight? Next => ref _next;

    public ref readonly FlightKey Key => ref _key;

    public RequestCollapser Owner { get; } = owner;

    // From here on: changed under the owner's lock only.

    /// <summary>How many wait for the head now.</summary>
    public int Waiters => Wait?.Waiters ?? 0;

    /// <summary>What came of it; null as long as the head is awaited.</summary>
    public FlightResult? Result { get; set; }

    /// <summary>What the waiters wait for; null if nobody has ever waited.</summary>
    public FlightWait? Wait { get; set; }

    /// <summary>The exchange has failed, and everybody who waits fails with it; unless it was only its own caller who lost patience.</summary>
    /// <param name="exception">What was thrown.</param>
    /// <param name="cancellationToken">The token of the caller who asked.</param>
    public void Fail(Exception exception, CancellationToken cancellationToken) =>
        Owner.Settle(this, IsEverybodys(exception, cancellationToken) ? new FlightResult.Failed(exception) : FlightResult.Abandoned.Instance);

    /// <summary>A stored response stands in for the origin's: the waiters look whether theirs may, too.</summary>
    /// <param name="isDisconnected">Whether no response came at all.</param>
    public void StandIn(bool isDisconnected)
    {
        if (Result is null)
        {
            Owner.Settle(this, new FlightResult.StoodIn(isDisconnected));
        }
    }

    /// <summary>The one who asked has its answer, or none; if that told nobody anything, nobody waits for it any longer.</summary>
    public void Release()
    {
        if (Result is null)
        {
            Owner.Settle(this, FlightResult.Refused.Instance);
        }
    }

    // A programming error, or an error in the one request, says nothing about the others'.
    private static bool IsEverybodys(Exception exception, CancellationToken cancellationToken) => exception switch
    {
        OperationCanceledException => !cancellationToken.IsCancellationRequested,
        HttpRequestException { HttpRequestError: HttpRequestError.VersionNegotiationError or HttpRequestError.UserAuthenticationError } => false,

        // The platform has no kind for a request that it can't send: a field that is not ASCII, a coding without content.
        HttpRequestException { HttpRequestError: HttpRequestError.Unknown, InnerException: null or InvalidOperationException or ArgumentException or NotSupportedException } => false,
        HttpRequestException or IOException or TimeoutException => true,
        _ => false,
    };
}
