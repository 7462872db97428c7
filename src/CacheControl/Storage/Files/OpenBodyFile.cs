using System.Buffers;
using Microsoft.Win32.SafeHandles;

namespace HttpCaching.Storage.Files;

/// <summary>
/// A body file that is being written, in pieces of 256 KiB that begin at multiples of that: pages that are written in two goes cost half as much again. While the
/// file is open, it is locked for others, so that nobody takes it for an orphan. Sealing it gives it away: nothing can be written to what has been sealed.
/// </summary>
internal sealed class OpenBodyFile : IDisposable
{
    private const int BlocksAtOnce = 4;
    private const int PieceBytes = BlocksAtOnce * FileLayout.BlockBytes;

    private readonly FileStoreSettings _settings;
    private readonly FileId _id = FileId.Create();
    private readonly string _path;
    private readonly long _preallocated;
    private readonly BlockSeal _seal;

    // A piece of the file, and behind it what of the last block belongs to the next piece: as many bytes as the header puts the blocks out of step.
    private readonly byte[] _piece;
    private SafeFileHandle? _file;
    private long _length;

    /// <summary>Makes a file under a temporary name.</summary>
    /// <param name="directory">The store's directory.</param>
    /// <param name="settings">Its settings.</param>
    /// <param name="preallocate">How many bytes of the disk it takes at once.</param>
    public OpenBodyFile(StoreDirectory directory, FileStoreSettings settings, long preallocate)
    {
        _settings = settings;
        _preallocated = preallocate;
        _file = directory.CreateTemporary(preallocate, out _path);
        _seal = settings.Seal.For(_id);
        _piece = ArrayPool<byte>.Shared.Rent(FileLayout.HeaderBytes + PieceBytes);
        _piece.AsSpan(0, FileLayout.HeaderBytes).Clear();
    }

    public void Append(ReadOnlySpan<byte> data)
    {
        while (!data.IsEmpty)
        {
            var (block, start) = Math.DivRem(_length, FileLayout.BlockContentBytes);
            var room = FileLayout.BlockContentBytes - (int)start;
            var count = Math.Min(room, data.Length);
            data[..count].CopyTo(_piece.AsSpan(PlaceOf((int)(block % BlocksAtOnce)) + (int)start));
            data = data[count..];
            _length += count;
            if (count == room && block % BlocksAtOnce == BlocksAtOnce - 1)
            {
                Flush(BlocksAtOnce, isEnd: false);
            }
        }
    }

    /// <summary>Writes what is missing. The file is whole then, but still under its temporary name, and belongs to the answer.</summary>
    public SealedBodyFile Seal()
    {
        ObjectDisposedException.ThrowIf(_file is null, this);
        Flush(BufferedBlocks(), isEnd: true);
        Span<byte> header = stackalloc byte[FileLayout.HeaderBytes];
        FileLayout.WriteHeader(header, FileLayout.BodyMagic, _settings.Seal.Kind, _length, _id);
        RandomAccess.Write(_file, header, 0);
        var bytes = FileLayout.BodyFileBytes(_length);
        if (_preallocated > bytes)
        {
            RandomAccess.SetLength(_file, bytes);
        }

        if (_settings.Fsync)
        {
            RandomAccess.FlushToDisk(_file);
        }

        var whole = new SealedBodyFile(_file, _path, _id);
        _file = null;
        Release();
        return whole;
    }

    public void Dispose()
    {
        if (_file is not null)
        {
            // Deleted first: nobody can lock it in between.
            FileModes.TryDelete(_path);
            _file.Dispose();
            _file = null;
            Release();
        }
    }

    /// <summary>Where in the piece a block begins.</summary>
    private static int PlaceOf(int block) => FileLayout.HeaderBytes + (block * FileLayout.BlockBytes);

    private void Release()
    {
        _seal.Dispose();
        ArrayPool<byte>.Shared.Return(_piece);
    }

    /// <summary>How many blocks, the last one perhaps shorter, are in the buffer.</summary>
    private int BufferedBlocks()
    {
        var (full, rest) = Math.DivRem(_length, FileLayout.BlockContentBytes);
        return (int)(full % BlocksAtOnce) + (rest > 0 ? 1 : 0);
    }

    private void Flush(int blocks, bool isEnd)
    {
        var first = ((_length + FileLayout.BlockContentBytes - 1) / FileLayout.BlockContentBytes) - blocks;
        var end = FileLayout.HeaderBytes;
        for (var i = 0; i < blocks; i++)
        {
            var length = (int)Math.Min(FileLayout.BlockContentBytes, _length - ((first + i) * FileLayout.BlockContentBytes));
            var block = _piece.AsSpan(PlaceOf(i));
            _seal.Close(first + i, block[..length], block.Slice(length, FileLayout.TrailerBytes));
            end += length + FileLayout.TrailerBytes;
        }

        // A piece that is full but for the end of its last block; at the end of the file all that is left.
        var bytes = isEnd ? end : PieceBytes;
        RandomAccess.Write(_file!, _piece.AsSpan(0, bytes), first * FileLayout.BlockBytes);
        _piece.AsSpan(bytes, end - bytes).CopyTo(_piece);
    }
}
