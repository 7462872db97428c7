
namespace HttpCaching.Control.Flights;

/// <summary>The part of this process's flight among the nodes.</summary>
/// <param name="name">The name of the flight among the nodes.</param>
/// <param name="start">The time of this process's first call for it, as a timestamp.</param>
internal sealed class NodeFlight(string name, long start)
{
    private HttpCacheFlight? _lead;

    public string Name { get; } = name;

    public long Start { get; } = start;

    /// <summary>Whether the flight is settled, so that no request waits for it.</summary>
    public bool IsSettled { get; set; }

    public void Lead(HttpCacheFlight lead)
    {
        IsSettled = true;
        Volatile.Write(ref _lead, lead);
    }

    /// <summary>Removes and returns the lead, to end it; null if there is none.</summary>
    public HttpCacheFlight? TakeLead() => Interlocked.Exchange(ref _lead, null);
}
