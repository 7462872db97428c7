namespace HttpCaching.Storage;

/// <summary>
/// Lets the processes that share a store agree which of them asks the origin for a response that none of them has. Only the number of
/// requests to the origin depends on it. If a process can't agree in time, it asks the origin itself.
/// </summary>
/// <remarks>Members may be called by many threads at the same time. They may throw: the cache then continues without an agreement.</remarks>
public interface IHttpCacheFlights
{
    /// <summary>Takes the lead in a flight, if no other process has it.</summary>
    /// <param name="name">The name of the flight: 64 printable characters that reveal nothing about the request.</param>
    /// <param name="cancellationToken">Ends the wait for the engine, not for another process's flight.</param>
    /// <returns>The part of this process in the flight; the caller disposes it.</returns>
    ValueTask<HttpCacheFlight> EnterAsync(string name, CancellationToken cancellationToken);
}
