using System.Buffers;
using Microsoft.Win32.SafeHandles;

namespace HttpCaching.Storage.Files;

/// <summary>
/// A body file that is being written, in pieces of 256 KiB that begin at multiples of that: writing a page in two steps costs half as much again. While the
/// file is open, it is locked, so that no process takes it for an orphan. Sealing passes it to the caller: nothing can be written to a sealed file.
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

    // A piece of the file. Behind it, the bytes of the last block that belong to the next piece: as many as the header shifts the blocks.
    private readonly byte[] _piece;
    private SafeFileHandle? _file;
    private long _length;

    /// <summary>Makes a file under a temporary name.</summary>
    /// <param name="directory">The store's directory.</param>
    /// <param name="settings">Its settings.</param>
    /// <param name="preallocate">The bytes of disk to reserve.</param>
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

    /// <summary>Writes the remaining bytes. The file is then complete, but still under its temporary name. The caller owns it.</summary>
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
            // Deleted first, so that no process can lock it in between.
            FileModes.TryDelete(_path);
            _file.Dispose();
            _file = null;
            Release();
        }
    }

    /// <summary>The position in the piece where a block begins.</summary>
    private static int PlaceOf(int block) => FileLayout.HeaderBytes + (block * FileLayout.BlockBytes);

    private void Release()
    {
        _seal.Dispose();
        ArrayPool<byte>.Shared.Return(_piece);
    }

    /// <summary>The number of blocks in the buffer; the last one may be shorter.</summary>
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

        // A piece that is full except for the end of its last block; at the end of the file, all remaining bytes.
        var bytes = isEnd ? end : PieceBytes;
        RandomAccess.Write(_file!, _piece.AsSpan(0, bytes), first * FileLayout.BlockBytes);
        _piece.AsSpan(bytes, end - bytes).CopyTo(_piece);
    }
}
