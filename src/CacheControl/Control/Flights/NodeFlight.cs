
namespace HttpCaching.Control.Flights;

/// <summary>What a flight of this process is among the nodes.</summary>
/// <param name="name">Its name there.</param>
/// <param name="start">When this process first asked for it, as a timestamp.</param>
internal sealed class NodeFlight(string name, long start)
{
    private HttpCacheFlight? _lead;

    public string Name { get; } = name;

    public long Start { get; } = start;

    /// <summary>Whether there is nothing to wait for any more.</summary>
    public bool IsSettled { get; set; }

    public void Lead(HttpCacheFlight lead)
    {
        IsSettled = true;
        Volatile.Write(ref _lead, lead);
    }

    /// <summary>Takes the lead out, to end it; null if there is none, or none any more.</summary>
    public HttpCacheFlight? TakeLead() => Interlocked.Exchange(ref _lead, null);
}
