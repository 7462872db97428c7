namespace HttpCaching.Storage.InMemory;

/// <summary>
/// The rented segments of one body, and the number of those who may look into them: the writer, the store, and every snapshot and reader. The last one who
/// lets go gives the segments back, once. Whoever forgets to let go leaves them to the collector, which harms nobody.
/// </summary>
/// <remarks>
/// What makes it safe: a holder is counted before it looks and lets go after its last look; nobody is let in once the number has been zero; an instance
/// belongs to one body and is never used again. Holders see to it themselves that they let go once.
/// </remarks>
/// <param name="pool">Where the segments come from, and go.</param>
internal sealed class SegmentHold(SegmentPool pool)
{
    // Added to by the writer alone, who holds it; read again when nobody does.
    private readonly List<byte[]> _rented = [];
    private HolderCount _holders;

    /// <summary>Whether there is anything to give back.</summary>
    public bool IsEmpty => _rented.Count == 0;

    /// <summary>Rents one more segment. Called by the writer, while it holds this.</summary>
    public byte[] Rent()
    {
        var segment = pool.Rent();
        _rented.Add(segment);
        return segment;
    }

    /// <summary>Adds a holder; false if the last one has let go, and the bytes are another's.</summary>
    public bool TryShare() => _holders.TryAdd();

    /// <summary>Takes a holder away. It may have been the last one.</summary>
    public void Release()
    {
        if (!_holders.Remove())
        {
            return;
        }

        foreach (var segment in _rented)
        {
            pool.Return(segment);
        }

        _rented.Clear();
    }
}
