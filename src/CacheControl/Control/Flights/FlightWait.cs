using HttpCaching.Control.Time;

namespace HttpCaching.Control.Flights;

/// <summary>What makes waiting for a flight possible: created by the second request. Those who wait go on in threads of their own.</summary>
/// <param name="options">How the task is made, see <see cref="Dispatch.Options"/>.</param>
internal sealed class FlightWait(TaskCreationOptions options) : TaskCompletionSource<FlightResult>(options)
{
    /// <summary>How many wait for the head now; changed and read under the lock of the flights.</summary>
    public int Waiters { get; set; }

    /// <summary>What ends the wait when it takes too long; set and read under the lock of the flights.</summary>
    public ITimer? Timer { get; set; }
}
