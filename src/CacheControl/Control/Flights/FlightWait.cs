using HttpCaching.Control.Time;

namespace HttpCaching.Control.Flights;

/// <summary>The wait for a flight, created by the second request. The followers continue on threads of their own.</summary>
/// <param name="options">The options of the task, see <see cref="Dispatch.Options"/>.</param>
internal sealed class FlightWait(TaskCreationOptions options) : TaskCompletionSource<FlightResult>(options)
{
    /// <summary>The number of followers that wait for the head now; changed and read under the lock of the flights.</summary>
    public int Waiters { get; set; }

    /// <summary>The timer that ends a wait that takes too long; set and read under the lock of the flights.</summary>
    public ITimer? Timer { get; set; }
}
