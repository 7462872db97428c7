using HttpCaching.DistributedCache.Engines;

namespace HttpCaching.DistributedCache;

/// <summary>Writes chunks with a longer retention than any record that refers to them.</summary>
internal sealed class ChunkWriter(Engine engine, KeyNames names, DistributedStoreSettings settings)
{
    /// <summary>Writes a chunk.</summary>
    /// <param name="name">The name of the body.</param>
    /// <param name="index">The number of the chunk.</param>
    /// <param name="content">Its content.</param>
    /// <param name="until">The time until which a record may refer to it, in ticks of UTC.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public ValueTask WriteAsync(BodyName name, int index, ReadOnlyMemory<byte> content, long until, CancellationToken cancellationToken)
    {
        // The grace is for readers that read the record at the last moment, and for clocks that differ.
        var left = TimeSpan.FromTicks(Math.Max(0, until - settings.NowTicks));
        return engine.SetAsync(
            names.OfChunk(name, index), ChunkFormat.Write(name, index, content), left + settings.Grace, slides: false, cancellationToken);
    }
}
