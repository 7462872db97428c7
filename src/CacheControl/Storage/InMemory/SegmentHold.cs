namespace HttpCaching.Storage.InMemory;

/// <summary>
/// The rented segments of one body, with the number of holders that may read them: the writer, the store, and every snapshot and reader. The last holder that
/// releases gives the segments back, once. If a holder never releases, the garbage collector frees the segments, which is harmless.
/// </summary>
/// <remarks>
/// Three rules make it safe. A holder is counted before its first read and releases after its last one. After the number has been zero, there is no new holder. An instance
/// belongs to one body and is never used again. Each holder makes sure that it releases once.
/// </remarks>
/// <param name="pool">The pool that the segments come from and go back to.</param>
internal sealed class SegmentHold(SegmentPool pool)
{
    // Only the writer adds segments, while it holds this. It is read again when there is no holder.
    private readonly List<byte[]> _rented = [];
    private HolderCount _holders;

    /// <summary>Whether there are segments to give back.</summary>
    public bool IsEmpty => _rented.Count == 0;

    /// <summary>Rents one more segment. Called by the writer, while it holds this.</summary>
    public byte[] Rent()
    {
        var segment = pool.Rent();
        _rented.Add(segment);
        return segment;
    }

    /// <summary>Adds a holder. Returns false if the last one has released, and the bytes belong to another body.</summary>
    public bool TryShare() => _holders.TryAdd();

    /// <summary>Removes a holder, perhaps the last one.</summary>
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
