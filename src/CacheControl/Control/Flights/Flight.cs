namespace HttpCaching.Control.Flights;

/// <summary>
/// One exchange with the origin that other requests may join: first they wait for its head, then they read its body as it arrives. The second request creates
/// the objects for waiting. A flight without followers is only this object and one entry of a table.
/// </summary>
internal sealed class Flight(in FlightKey key, RequestCollapser owner)
{
    private readonly FlightKey _key = key;
    private Flight? _next;

    /// <summary>The next flight of its chain; belongs to the table.</summary>
    public ref Flight? Next => ref _next;

    public ref readonly FlightKey Key => ref _key;

    public RequestCollapser Owner { get; } = owner;

    // From here on: changed only under the owner's lock.

    /// <summary>The number of followers that wait for the head now.</summary>
    public int Waiters => Wait?.Waiters ?? 0;

    /// <summary>The result; null while the head is awaited.</summary>
    public FlightResult? Result { get; set; }

    /// <summary>The task of the followers; null if there has been none.</summary>
    public FlightWait? Wait { get; set; }

    /// <summary>The exchange has failed, and all followers fail with it, unless only the leader gave up.</summary>
    /// <param name="exception">The exception.</param>
    /// <param name="cancellationToken">The token of the leader.</param>
    public void Fail(Exception exception, CancellationToken cancellationToken) =>
        Owner.Settle(this, IsEverybodys(exception, cancellationToken) ? new FlightResult.Failed(exception) : FlightResult.Abandoned.Instance);

    /// <summary>The leader serves a stored response instead of the origin's. The followers check whether they may serve theirs, too.</summary>
    /// <param name="isDisconnected">Whether no response came at all.</param>
    public void StandIn(bool isDisconnected)
    {
        if (Result is null)
        {
            Owner.Settle(this, new FlightResult.StoodIn(isDisconnected));
        }
    }

    /// <summary>The leader has its response, or none. If the flight has no result by then, no follower waits any longer.</summary>
    public void Release()
    {
        if (Result is null)
        {
            Owner.Settle(this, FlightResult.Refused.Instance);
        }
    }

    // A programming error, or an error in the leader's request, says nothing about the followers' requests.
    private static bool IsEverybodys(Exception exception, CancellationToken cancellationToken) => exception switch
    {
        OperationCanceledException => !cancellationToken.IsCancellationRequested,
        HttpRequestException { HttpRequestError: HttpRequestError.VersionNegotiationError or HttpRequestError.UserAuthenticationError } => false,

        // The platform has no kind of error for a request that it can't send: a field that is not ASCII, a coding without content.
        HttpRequestException { HttpRequestError: HttpRequestError.Unknown, InnerException: null or InvalidOperationException or ArgumentException or NotSupportedException } => false,
        HttpRequestException or IOException or TimeoutException => true,
        _ => false,
    };
}
