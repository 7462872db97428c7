namespace HttpCaching.Storage.Files;

/// <summary>A completely written body: in memory, or a file under a temporary name. Nothing can be added to it.</summary>
internal abstract class WrittenBody : IDisposable
{
    /// <summary>The bytes, if they go into the record.</summary>
    public abstract ReadOnlyMemory<byte> Inline { get; }

    /// <inheritdoc/>
    public abstract void Dispose();
}
