using System.Buffers;

namespace HttpCaching.Storage.Files;

/// <summary>Takes a body: into memory while it is small, and then into a temporary file.</summary>
internal sealed class BodyFileWriter(StoreDirectory directory, FileStoreSettings settings, long? expectedLength) : IDisposable
{
    // The most bytes of disk to reserve for a declared length, which may be false. A file with reserved blocks is written in two thirds of the time.
    private const long MostPreallocated = 64L * 1024 * 1024;

    private byte[]? _small;
    private int _smallBytes;
    private OpenBodyFile? _file;
    private HolderCount _holders;

    /// <summary>Prevents the release during a call. Returns false if the writer has been released. <see cref="Dispose"/> ends the hold.</summary>
    public bool TryHold() => _holders.TryAdd();

    public void Append(ReadOnlySpan<byte> data)
    {
        if (_file is null && _smallBytes + (long)data.Length <= settings.InlineBytes)
        {
            _small ??= ArrayPool<byte>.Shared.Rent(Math.Max(1, settings.InlineBytes));
            data.CopyTo(_small.AsSpan(_smallBytes));
            _smallBytes += data.Length;
            return;
        }

        if (_file is null)
        {
            var preallocate = expectedLength > settings.InlineBytes ? Math.Min(MostPreallocated, FileLayout.BodyFileBytes(expectedLength.Value)) : 0;
            _file = new OpenBodyFile(directory, settings, preallocate);
            _file.Append(_small.AsSpan(0, _smallBytes));
        }

        _file.Append(data);
    }

    /// <summary>Ends the body. The caller owns the result.</summary>
    public WrittenBody Finish()
    {
        if (_file is not null)
        {
            return _file.Seal();
        }

        var small = _small ?? [];
        _small = null;
        return new SmallBody(small, _smallBytes, directory, settings);
    }

    /// <summary>Ends one use: the owner's, or one that <see cref="TryHold"/> began. The last one releases an unfinished body.</summary>
    public void Dispose()
    {
        if (!_holders.Remove())
        {
            return;
        }

        _file?.Dispose();
        if (_small is { } array)
        {
            _small = null;
            ArrayPool<byte>.Shared.Return(array);
        }
    }
}
