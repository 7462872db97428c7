namespace HttpCaching.Storage;

/// <summary>
/// Lets the processes that share a store agree on which of them asks the origin for something that none of them has. Nothing depends on it but the number of
/// requests that reach the origin: whoever can't agree in time asks for itself.
/// </summary>
/// <remarks>Members may be called by many threads at once. They may throw: the cache then goes on as if there were no agreement.</remarks>
public interface IHttpCacheFlights
{
    /// <summary>Takes the lead in a flight, if nobody has it.</summary>
    /// <param name="name">Which flight: 64 printable characters that tell nothing of the request.</param>
    /// <param name="cancellationToken">Ends the wait for the engine, not for another one's flight.</param>
    /// <returns>One's part in the flight; the caller disposes it.</returns>
    ValueTask<HttpCacheFlight> EnterAsync(string name, CancellationToken cancellationToken);
}
