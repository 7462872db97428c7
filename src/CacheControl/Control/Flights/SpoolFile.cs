using System.Buffers;
using Microsoft.Win32.SafeHandles;

namespace HttpCaching.Control.Flights;

/// <summary>
/// A temporary file without a name, encrypted under a key that only this object has. A store may have promised that no part of a response is stored in the clear, and the
/// folder for temporary files is not the store's. No place is written twice, so that no part of the key's stream is used twice.
/// </summary>
internal sealed class SpoolFile : IDisposable
{
    private readonly FileStream _stream;
    private readonly SafeFileHandle _file;
    private readonly SpoolCipher _cipher = new();

    private SpoolFile(FileStream stream)
    {
        _stream = stream;
        _file = stream.SafeFileHandle;
    }

    /// <summary>The time of the last write.</summary>
    public DateTime LastWrite => File.GetLastWriteTimeUtc(_file);

    /// <summary>Makes a file. On Unix its name is removed immediately. Elsewhere the system deletes it when it is closed, also after its process was killed.</summary>
    public static SpoolFile Create(string path)
    {
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.ReadWrite,
            Share = FileShare.None,
            BufferSize = 0,
        };
        if (OperatingSystem.IsWindows())
        {
            options.Options = FileOptions.DeleteOnClose | FileOptions.Asynchronous;
            return new SpoolFile(new FileStream(path, options));
        }

        // Shared: for the moment in which the file has a name, a lock tells sweeping processes that it is in use.
        options.Share = FileShare.ReadWrite | FileShare.Delete;
        options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        var stream = new FileStream(path, options);
        try
        {
            File.Delete(path);
            return new SpoolFile(stream);
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    public async ValueTask WriteAsync(ReadOnlyMemory<byte> data, long position)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(data.Length);
        try
        {
            _cipher.Apply(data.Span, buffer, position);
            await RandomAccess.WriteAsync(_file, buffer.AsMemory(0, data.Length), position).ConfigureAwait(false);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    public void Write(ReadOnlySpan<byte> data, long position)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(data.Length);
        try
        {
            _cipher.Apply(data, buffer, position);
            RandomAccess.Write(_file, buffer.AsSpan(0, data.Length), position);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    public async ValueTask<int> ReadAsync(Memory<byte> buffer, long position, CancellationToken cancellationToken)
    {
        var count = await RandomAccess.ReadAsync(_file, buffer, position, cancellationToken).ConfigureAwait(false);
        _cipher.Apply(buffer.Span[..count], buffer.Span, position);
        return count;
    }

    public int Read(Span<byte> buffer, long position)
    {
        var count = RandomAccess.Read(_file, buffer, position);
        _cipher.Apply(buffer[..count], buffer, position);
        return count;
    }

    public void Dispose()
    {
        _stream.Dispose();
        _cipher.Dispose();
    }
}
