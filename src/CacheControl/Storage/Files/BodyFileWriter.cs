using System.Buffers;

namespace HttpCaching.Storage.Files;

/// <summary>Takes a body: into memory while it is small, into a temporary file of its own from then on.</summary>
internal sealed class BodyFileWriter(StoreDirectory directory, FileStoreSettings settings, long? expectedLength) : IDisposable
{
    // What a length that is declared, and may be a lie, takes on the disk for the time of the write. A file that has its place is written in two thirds of the time.
    private const long MostPreallocated = 64L * 1024 * 1024;

    private byte[]? _small;
    private int _smallBytes;
    private OpenBodyFile? _file;
    private HolderCount _holders;

    /// <summary>Keeps it from being given back during a call; false if it has been. Ended by <see cref="Dispose"/>.</summary>
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

    /// <summary>Ends the body, which belongs to the answer from here on.</summary>
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

    /// <summary>Ends the use of it, one's own or what <see cref="TryHold"/> began; the last one gives back what was not finished.</summary>
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
