using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace HttpCaching.Control.Flights;

/// <summary>
/// AES in counter mode under a random key that is never written down: a read can begin and end anywhere. There is no tag, because only this process has the file.
/// Several threads may use it at the same time.
/// </summary>
internal sealed class SpoolCipher : IDisposable
{
    private const int BlockBytes = 16;
    private const int BytesAtOnce = 16 * 1024;

    private readonly Aes _aes = Aes.Create();
    private readonly Lock _lock = new();
    private bool _isDisposed;

    public SpoolCipher()
    {
        _aes.KeySize = 256;
        _aes.GenerateKey();
    }

    /// <summary>Encrypts or decrypts the bytes of a position; both are the same operation. Source and destination may be one.</summary>
    public void Apply(ReadOnlySpan<byte> source, Span<byte> destination, long position)
    {
        var stream = ArrayPool<byte>.Shared.Rent(BytesAtOnce);
        try
        {
            while (!source.IsEmpty)
            {
                var skip = (int)(position % BlockBytes);
                var count = Math.Min(source.Length, BytesAtOnce - skip);
                var blocks = stream.AsSpan(0, (skip + count + BlockBytes - 1) / BlockBytes * BlockBytes);
                Fill(blocks, position / BlockBytes);
                Xor(source[..count], stream.AsSpan(skip, count), destination);
                source = source[count..];
                destination = destination[count..];
                position += count;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(stream, clearArray: true);
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _isDisposed = true;
            _aes.Dispose();
        }
    }

    private static void Xor(ReadOnlySpan<byte> source, ReadOnlySpan<byte> stream, Span<byte> destination)
    {
        var words = source.Length / sizeof(ulong);
        var from = MemoryMarshal.Cast<byte, ulong>(source);
        var with = MemoryMarshal.Cast<byte, ulong>(stream);
        var to = MemoryMarshal.Cast<byte, ulong>(destination);
        for (var i = 0; i < words; i++)
        {
            to[i] = from[i] ^ with[i];
        }

        for (var i = words * sizeof(ulong); i < source.Length; i++)
        {
            destination[i] = (byte)(source[i] ^ stream[i]);
        }
    }

    private void Fill(Span<byte> blocks, long first)
    {
        blocks.Clear();
        for (var i = 0; i < blocks.Length / BlockBytes; i++)
        {
            BinaryPrimitives.WriteInt64LittleEndian(blocks[(i * BlockBytes)..], first + i);
        }

        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            _aes.EncryptEcb(blocks, blocks, PaddingMode.None);
        }
    }
}
