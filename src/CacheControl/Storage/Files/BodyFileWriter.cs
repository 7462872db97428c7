using System.Buffers;
using Microsoft.Win32.SafeHandles;

namespace CacheControl.Storage.Files;

/// <summary>
/// Takes a body: into memory while it is small, into a temporary file of its own from then on, in pieces of 256 KiB that begin at multiples of that: pages that
/// are written in two goes cost half as much again. While the file is open, it is locked for others, so that nobody takes it for an orphan.
/// </summary>
internal sealed class BodyFileWriter(StoreDirectory directory, FileStoreSettings settings, long? expectedLength) : IDisposable
{
    private const int BlocksAtOnce = 4;
    private const int PieceBytes = BlocksAtOnce * FileLayout.BlockBytes;

    // What a length that is declared, and may be a lie, takes on the disk for the time of the write. A file that has its place is written in two thirds of the time.
    private const long MostPreallocated = 64L * 1024 * 1024;

    private byte[]? _small;

    // A piece of the file, and behind it what of the last block belongs to the next piece: as many bytes as the header puts the blocks out of step.
    private byte[]? _piece;
    private SafeFileHandle? _file;
    private BlockSeal? _seal;
    private long _preallocated;

    /// <summary>The number of bytes taken.</summary>
    public long Length { get; private set; }

    /// <summary>The file's identity, if there is a file.</summary>
    public FileId? Id { get; private set; }

    /// <summary>Where the file lies; null if there is none, or when it has been moved into place.</summary>
    public string? TemporaryPath { get; private set; }

    /// <summary>The body, if there is no file.</summary>
    public ReadOnlyMemory<byte> Small => _small is null || Id is not null ? default : _small.AsMemory(0, (int)Length);

    public void Append(ReadOnlySpan<byte> data)
    {
        if (Id is null)
        {
            if (Length + data.Length <= settings.InlineBytes)
            {
                _small ??= ArrayPool<byte>.Shared.Rent(Math.Max(1, settings.InlineBytes));
                data.CopyTo(_small.AsSpan((int)Length));
                Length += data.Length;
                return;
            }

            MoveToFile();
        }

        AppendToFile(data);
    }

    /// <summary>Puts a small body into a file after all.</summary>
    public void MoveToFile()
    {
        if (Id is not null)
        {
            return;
        }

        var small = _small.AsSpan(0, (int)Length);
        _preallocated = expectedLength > settings.InlineBytes ? Math.Min(MostPreallocated, FileLayout.BodyFileBytes(expectedLength.Value)) : 0;
        _file = directory.CreateTemporary(_preallocated, out var path);
        TemporaryPath = path;
        Id = FileId.Create();
        _seal = settings.Seal.For(Id.Value);
        _piece = ArrayPool<byte>.Shared.Rent(FileLayout.HeaderBytes + PieceBytes);
        _piece.AsSpan(0, FileLayout.HeaderBytes).Clear();
        Length = 0;
        AppendToFile(small);
    }

    /// <summary>Writes what is missing. The file is whole then, but still under its temporary name.</summary>
    public void Finish()
    {
        if (Id is not { } id)
        {
            return;
        }

        Flush(BufferedBlocks(), isEnd: true);
        Span<byte> header = stackalloc byte[FileLayout.HeaderBytes];
        FileLayout.WriteHeader(header, FileLayout.BodyMagic, settings.Seal.Kind, Length, id);
        RandomAccess.Write(_file!, header, 0);
        var bytes = FileLayout.BodyFileBytes(Length);
        if (_preallocated > bytes)
        {
            RandomAccess.SetLength(_file!, bytes);
        }

        if (settings.Fsync)
        {
            RandomAccess.FlushToDisk(_file!);
        }
    }

    /// <summary>Says that the file has been moved into place, and is no longer the writer's to delete.</summary>
    public void Published() => TemporaryPath = null;

    public void Dispose()
    {
        // Deleted first: nobody can lock it in between.
        if (TemporaryPath is not null)
        {
            FileModes.TryDelete(TemporaryPath);
        }

        _file?.Dispose();
        _seal?.Dispose();
        Return(ref _small);
        Return(ref _piece);
    }

    private static void Return(ref byte[]? array)
    {
        if (array is not null)
        {
            ArrayPool<byte>.Shared.Return(array);
            array = null;
        }
    }

    private void AppendToFile(ReadOnlySpan<byte> data)
    {
        while (!data.IsEmpty)
        {
            var (block, start) = Math.DivRem(Length, FileLayout.BlockContentBytes);
            var room = FileLayout.BlockContentBytes - (int)start;
            var count = Math.Min(room, data.Length);
            data[..count].CopyTo(_piece.AsSpan(PlaceOf((int)(block % BlocksAtOnce)) + (int)start));
            data = data[count..];
            Length += count;
            if (count == room && block % BlocksAtOnce == BlocksAtOnce - 1)
            {
                Flush(BlocksAtOnce, isEnd: false);
            }
        }
    }

    /// <summary>How many blocks, the last one perhaps shorter, are in the buffer.</summary>
    private int BufferedBlocks()
    {
        var (full, rest) = Math.DivRem(Length, FileLayout.BlockContentBytes);
        return (int)(full % BlocksAtOnce) + (rest > 0 ? 1 : 0);
    }

    /// <summary>Where in the piece a block begins.</summary>
    private static int PlaceOf(int block) => FileLayout.HeaderBytes + (block * FileLayout.BlockBytes);

    private void Flush(int blocks, bool isEnd)
    {
        var first = ((Length + FileLayout.BlockContentBytes - 1) / FileLayout.BlockContentBytes) - blocks;
        var end = FileLayout.HeaderBytes;
        for (var i = 0; i < blocks; i++)
        {
            var length = (int)Math.Min(FileLayout.BlockContentBytes, Length - ((first + i) * FileLayout.BlockContentBytes));
            var block = _piece.AsSpan(PlaceOf(i));
            _seal!.Close(first + i, block[..length], block.Slice(length, FileLayout.TrailerBytes));
            end += length + FileLayout.TrailerBytes;
        }

        // A piece that is full but for the end of its last block; at the end of the file all that is left.
        var bytes = isEnd ? end : PieceBytes;
        RandomAccess.Write(_file!, _piece.AsSpan(0, bytes), first * FileLayout.BlockBytes);
        _piece.AsSpan(bytes, end - bytes).CopyTo(_piece);
    }
}
