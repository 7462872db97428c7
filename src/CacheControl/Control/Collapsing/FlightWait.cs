namespace CacheControl.Control.Collapsing;

/// <summary>What makes waiting for a flight possible: created by the second request. Those who wait go on in threads of their own.</summary>
internal sealed class FlightWait() : TaskCompletionSource<FlightResult>(TaskCreationOptions.RunContinuationsAsynchronously)
{
    /// <summary>What ends the wait when it takes too long; set and read under the lock of the flights.</summary>
    public ITimer? Timer { get; set; }
}
