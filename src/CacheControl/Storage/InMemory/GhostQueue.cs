namespace HttpCaching.Storage.InMemory;

/// <summary>Remembers which responses were evicted recently, without their bytes. Not thread-safe.</summary>
internal sealed class GhostQueue
{
    private readonly Dictionary<int, long> _tickets = [];
    private readonly Queue<(int Identity, long Ticket)> _order = new();
    private long _lastTicket;

    /// <summary>Adds a ghost, and drops the oldest beyond <paramref name="capacity"/>.</summary>
    public void Add(int identity, int capacity)
    {
        _tickets[identity] = ++_lastTicket;
        _order.Enqueue((identity, _lastTicket));
        while (_order.Count > capacity)
        {
            var (oldest, ticket) = _order.Dequeue();

            // It may have been removed, and added again under a later ticket.
            if (_tickets.TryGetValue(oldest, out var standing) && standing == ticket)
            {
                _tickets.Remove(oldest);
            }
        }
    }

    /// <summary>Drops a ghost. Returns false if there was none.</summary>
    public bool Remove(int identity) => _tickets.Remove(identity);

    public void Clear()
    {
        _tickets.Clear();
        _order.Clear();
    }
}
