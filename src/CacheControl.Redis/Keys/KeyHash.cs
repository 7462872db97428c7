using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace HttpCaching.Redis.Keys;

/// <summary>Makes short names of texts that reveal nothing about them: the beginning of their SHA-256.</summary>
internal static class KeyHash
{
    /// <summary>The number of characters of a name: 128 bits in Base64url.</summary>
    public const int Characters = 22;

    private const int Bytes = 16;
    private const int MostOnStack = 512;

    /// <summary>The name of a text.</summary>
    /// <param name="text">The text.</param>
    public static string NameOf(string text)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        Hash(string.Empty, text, hash);
        return Base64Url.EncodeToString(hash[..Bytes]);
    }

    /// <summary>The hash of two texts. It differs from that of two other texts with the same concatenation.</summary>
    /// <param name="first">Holds no NUL.</param>
    /// <param name="second">Any text.</param>
    /// <param name="hash">The destination of 32 bytes.</param>
    public static void Hash(string first, string second, Span<byte> hash)
    {
        var most = Encoding.UTF8.GetMaxByteCount(first.Length + 1 + second.Length);
        var rented = most <= MostOnStack ? null : ArrayPool<byte>.Shared.Rent(most);
        Span<byte> bytes = rented ?? stackalloc byte[MostOnStack];
        var length = Encoding.UTF8.GetBytes(first, bytes);
        bytes[length++] = 0;
        length += Encoding.UTF8.GetBytes(second, bytes[length..]);
        SHA256.HashData(bytes[..length], hash);
        if (rented is not null)
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    /// <summary>Writes the name for 16 bytes of a hash.</summary>
    /// <param name="hash">The bytes.</param>
    /// <param name="destination">22 characters.</param>
    public static void Write(ReadOnlySpan<byte> hash, Span<char> destination) => Base64Url.EncodeToChars(hash[..Bytes], destination);
}
