using System.Buffers;

namespace HttpCaching.Storage.Files;

/// <summary>A complete body in memory, small enough for a record. Owns its array, which is from the shared pool.</summary>
internal sealed class SmallBody(byte[] pooled, int length, StoreDirectory directory, FileStoreSettings settings) : WrittenBody
{
    private byte[]? _pooled = pooled;

    /// <inheritdoc/>
    public override ReadOnlyMemory<byte> Inline => _pooled.AsMemory(0, length);

    /// <summary>Writes the body to a file, because the record has become too large.</summary>
    public SealedBodyFile ToFile()
    {
        using var file = new OpenBodyFile(directory, settings, preallocate: 0);
        file.Append(Inline.Span);
        return file.Seal();
    }

    public override void Dispose()
    {
        if (_pooled is { } array)
        {
            _pooled = null;
            ArrayPool<byte>.Shared.Return(array);
        }
    }
}
