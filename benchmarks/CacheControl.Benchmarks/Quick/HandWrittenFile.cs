using Microsoft.Win32.SafeHandles;

namespace HttpCaching.Benchmarks.Quick;

/// <summary>
/// The least that keeps a passing body of known length in a file: a place taken beforehand, pieces of 256 KiB, and a rename; of the last four files the
/// oldest is replaced, as a full store does it.
/// </summary>
/// <param name="directory">Where the files lie.</param>
internal sealed class HandWrittenFile(string directory)
{
    private const int Kept = 4;

    private readonly byte[] _piece = new byte[256 * 1024];
    private SafeFileHandle? _file;
    private int _used;
    private long _written;
    private int _number;

    private string TemporaryPath => Path.Combine(directory, "by-hand.tmp");

    /// <summary>Begins the next file.</summary>
    public void Begin()
    {
        (_used, _written) = (0, 0);
        _file = File.OpenHandle(TemporaryPath, FileMode.CreateNew, FileAccess.Write, preallocationSize: BodyServer.Bytes);
    }

    /// <summary>Adds bytes.</summary>
    public void Append(ReadOnlySpan<byte> data)
    {
        while (!data.IsEmpty)
        {
            var count = Math.Min(data.Length, _piece.Length - _used);
            data[..count].CopyTo(_piece.AsSpan(_used));
            data = data[count..];
            _used += count;
            if (_used == _piece.Length)
            {
                RandomAccess.Write(_file!, _piece, _written);
                (_written, _used) = (_written + _used, 0);
            }
        }
    }

    /// <summary>Puts the file in the place of the oldest one.</summary>
    public void End()
    {
        RandomAccess.Write(_file!, _piece.AsSpan(0, _used), _written);
        _file!.Dispose();
        File.Move(TemporaryPath, Path.Combine(directory, $"by-hand.{_number++ % Kept}"), overwrite: true);
    }
}
