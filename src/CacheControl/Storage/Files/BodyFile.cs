using Microsoft.Win32.SafeHandles;

namespace HttpCaching.Storage.Files;

/// <summary>An open body file whose header was checked. Keeps the body readable after its name is gone.</summary>
internal sealed class BodyFile : IDisposable
{
    // A system call costs as much as the check of so many bytes.
    private const int LeastRemembered = 16 * 1024;
    private const int MostRemembered = 64;

    private readonly SafeFileHandle _file;
    private readonly BlockSeal _seal;
    private readonly FileIdentity _identity;
    private HolderCount _holders;
    private long _checkedBlocks;
    private volatile bool _remembersChecks;

    private BodyFile(SafeFileHandle file, BlockSeal seal, FileIdentity identity, long length)
    {
        _file = file;
        _seal = seal;
        _identity = identity;
        Length = length;
    }

    public long Length { get; }

    /// <summary>Opens a body.</summary>
    /// <param name="path">Its path.</param>
    /// <param name="seal">The store's seal.</param>
    /// <param name="id">The identity that the head names.</param>
    /// <param name="length">The length that the head names.</param>
    /// <param name="isGone">Whether there is no such file. If this is false and the answer is null, the file is damaged.</param>
    public static BodyFile? TryOpen(string path, FileSeal seal, FileId id, long length, out bool isGone)
    {
        var file = FileModes.TryOpenToRead(path, out var status, out var isForeign);
        isGone = file is null && !isForeign;
        if (file is null)
        {
            return null;
        }

        Span<byte> header = stackalloc byte[FileLayout.HeaderBytes];
        if (FileModes.Read(file, header, 0) == header.Length
            && FileLayout.TryReadHeader(header, FileLayout.BodyMagic, seal.Kind, out var stated, out var found)
            && stated == length && found == id && (status.IsKnown ? (long)status.Identity.Size : RandomAccess.GetLength(file)) == FileLayout.BodyFileBytes(length))
        {
            return new BodyFile(file, seal.For(id), status.Identity, length);
        }

        file.Dispose();
        return null;
    }

    /// <summary>The number of content bytes in a block.</summary>
    public int BlockLength(long index) => (int)Math.Min(FileLayout.BlockContentBytes, Length - (index * FileLayout.BlockContentBytes));

    /// <summary>Reads a block's content and checks it.</summary>
    /// <param name="index">The number of the block.</param>
    /// <param name="length">The number of its content bytes.</param>
    /// <param name="room">The place for them. If the trailer has room behind them, one read takes both; what was there is put back.</param>
    /// <exception cref="IOException">The block is cut short or damaged.</exception>
    public void ReadBlock(long index, int length, Span<byte> room)
    {
        var position = FileLayout.HeaderBytes + (index * FileLayout.BlockBytes);
        Span<byte> trailer = stackalloc byte[FileLayout.TrailerBytes];
        var content = room[..length];
        bool isWhole;
        if (room.Length - length >= FileLayout.TrailerBytes)
        {
            Span<byte> behind = stackalloc byte[FileLayout.TrailerBytes];
            var place = room.Slice(length, FileLayout.TrailerBytes);
            place.CopyTo(behind);
            isWhole = ReadAll(room[..(length + FileLayout.TrailerBytes)], position);
            place.CopyTo(trailer);
            behind.CopyTo(place);
        }
        else
        {
            isWhole = ReadAll(content, position) && ReadAll(trailer, position + length);
        }

        if (!isWhole)
        {
            throw new IOException("The stored body has been truncated.");
        }

        if (length >= LeastRemembered && WasChecked(index))
        {
            return;
        }

        if (!_seal.TryOpen(index, content, trailer))
        {
            throw new IOException("The stored body is damaged.");
        }

        if (_remembersChecks && index < MostRemembered)
        {
            Interlocked.Or(ref _checkedBlocks, 1L << (int)index);
        }
    }

    /// <summary>
    /// Checks each block only once from now on, until the next call, while the file is untouched. For a body that stays open and is read often, and is not encrypted.
    /// </summary>
    public void RememberChecks()
    {
        Volatile.Write(ref _checkedBlocks, 0);
        _remembersChecks = true;
    }

    /// <summary>Adds a holder, which must dispose it too. Returns false if the last holder has released it.</summary>
    public bool TryShare() => _holders.TryAdd();

    /// <summary>Releases one holder. The last one closes the file.</summary>
    public void Dispose()
    {
        if (_holders.Remove())
        {
            _file.Dispose();
            _seal.Dispose();
        }
    }

    /// <summary>Whether a block was found good, and the file has not changed since it was opened. Asked after the block has been read.</summary>
    private bool WasChecked(long index) =>
        index < MostRemembered && (Volatile.Read(ref _checkedBlocks) & (1L << (int)index)) != 0
        && LinuxCalls.TryGetIdentity(_file, out var found) && found == _identity;

    private bool ReadAll(Span<byte> bytes, long position)
    {
        while (!bytes.IsEmpty)
        {
            var count = FileModes.Read(_file, bytes, position);
            if (count == 0)
            {
                return false;
            }

            bytes = bytes[count..];
            position += count;
        }

        return true;
    }
}
