using Microsoft.Win32.SafeHandles;

namespace HttpCaching.Storage.Files;

/// <summary>An open body file whose header was checked. Keeps the body readable after its name is gone.</summary>
internal sealed class BodyFile : IDisposable
{
    private readonly SafeFileHandle _file;
    private readonly BlockSeal _seal;
    private HolderCount _holders;

    private BodyFile(SafeFileHandle file, BlockSeal seal, long length)
    {
        _file = file;
        _seal = seal;
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
            return new BodyFile(file, seal.For(id), length);
        }

        file.Dispose();
        return null;
    }

    /// <summary>The number of content bytes in a block.</summary>
    public int BlockLength(long index) => (int)Math.Min(FileLayout.BlockContentBytes, Length - (index * FileLayout.BlockContentBytes));

    /// <summary>Reads a block's content and checks it.</summary>
    /// <exception cref="IOException">The block is cut short or damaged.</exception>
    public void ReadBlock(long index, Span<byte> content)
    {
        var position = FileLayout.HeaderBytes + (index * FileLayout.BlockBytes);
        Span<byte> trailer = stackalloc byte[FileLayout.TrailerBytes];
        if (!ReadAll(content, position) || !ReadAll(trailer, position + content.Length))
        {
            throw new IOException("The stored body has been truncated.");
        }

        if (!_seal.TryOpen(index, content, trailer))
        {
            throw new IOException("The stored body is damaged.");
        }
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
